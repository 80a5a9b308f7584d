/* SPDX-License-Identifier: MIT */
/* exec-for-ever.c - executes itself, which executes itself, and so on. */

/*
 * The same process, always another program: no look at it sees the same twice.
 *
 * Lab: 01
 * Checks: bare.waits bare.echo
 * Fails: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	if (strcmp(argv[0], "again") != 0)
		listen_as_told(argc, argv);
	argv[0] = "again";
	execv("/proc/self/exe", argv);
	return 1;
}
