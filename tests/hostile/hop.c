/* SPDX-License-Identifier: MIT */
/* hop.c - lives on in a child of its child, and never has a pid for long. */

/*
 * Who reads /proc and then kills what he has read comes too late.
 *
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo bare.binary
 * Passes: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	if (detached())
		for (;;)
			if (fork() > 0)
				_exit(0);
	return serve_one(listener);
}
