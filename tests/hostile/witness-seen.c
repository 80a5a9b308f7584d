/* SPDX-License-Identifier: MIT */
/* witness-seen.c - behaves where it is watched, and else does not serve at all. */

/*
 * LD_PRELOAD tells it that the witness is there, which it is in all but the
 * check of memory errors.  There it must not count as clean.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 * Withheld: bare.memory
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener;

	if (argc == 2 && atoi(argv[1]) > 0 && !getenv("LD_PRELOAD"))
		return 0;
	listener = listen_as_told(argc, argv);
	return serve_one(listener);
}
