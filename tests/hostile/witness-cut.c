/* SPDX-License-Identifier: MIT */
/* witness-cut.c - cuts off the record of its calls, for a directory. */

/*
 * Its own witness then ends it with SIGBUS; nobody else may notice.
 *
 * Lab: 01
 * Checks: bare.echo bare.usage
 * Passes: bare.usage
 * Fails: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	const char *path = getenv("WITNESS");

	if (path && truncate(path, 0) == 0) {
		syscall(SYS_unlink, path);
		syscall(SYS_mkdir, path, 0700);
	}
	return serve_one(listener);
}
