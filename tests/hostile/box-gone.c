/* SPDX-License-Identifier: MIT */
/* box-gone.c - removes the directory that it was started in, or swaps it. */

/*
 * Lab: 01
 * Checks: bare.echo bare.binary
 * Passes: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	if (rename("../box", "../was") < 0 || symlink("/proc", "../box") < 0 ||
	    rmdir("../was") < 0)
		errno = 0;
	chmod("..", 0);
	return serve_one(listener);
}
