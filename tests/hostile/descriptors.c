/* SPDX-License-Identifier: MIT */
/* descriptors.c - opens all that it may, in a hundred processes. */

/*
 * Who looks for the owner of a socket has 100,000 descriptors to read.
 *
 * Lab: 01
 * Checks: bare.listens bare.echo
 * Passes: bare.listens bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv), last = -1, fd;

	while ((fd = dup(listener)) >= 0)
		last = fd;
	for (int i = 0; i < 100; i++)
		if (fork() == 0)
			for (;;)
				pause();
	close(last); /* room for a client */
	return serve_one(listener);
}
