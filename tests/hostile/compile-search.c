/* SPDX-License-Identifier: MIT */
/* compile-search.c - asks the preprocessor which files there are to be seen. */

/*
 * Lab: 01
 * Checks: bare.builds bare.echo
 * Passes: bare.builds bare.echo
 */
#if __has_include("../../solutions/01-bare/server.c") || \
	__has_include("../solutions/01-bare/server.c") || \
	__has_include("../../../solutions/01-bare/server.c")
#error "BROKEN OUT: there are solutions"
#endif
#if __has_include("../../grader/check.h") || \
	__has_include("../../tests/tap.sh") || __has_include("/etc/shadow")
#error "BROKEN OUT: there are tests"
#endif
#if __has_include("/root/.bashrc") || __has_include("/home")
#error "BROKEN OUT: there are homes"
#endif
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC optimize("O3")
#include "hostile.h"

int main(int argc, char **argv)
{
	return serve_one(listen_as_told(argc, argv));
}
