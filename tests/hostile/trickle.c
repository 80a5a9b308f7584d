/* SPDX-License-Identifier: MIT */
/* trickle.c - does a little all the time, and never what it should. */

/*
 * A byte a second to its client, a dot to stdout: who waits for it to be
 * quiet, or for a second without progress, waits for ever.
 *
 * Lab: 01
 * Checks: bare.closes
 * Fails: bare.closes
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	int client = accept(listener, NULL, NULL);
	char byte;

	signal(SIGPIPE, SIG_IGN);
	while (read(client, &byte, 1) >= 0) {
		if (write(client, &byte, 1) < 0 || write(1, ".", 1) < 0)
			errno = 0;
		sleep(1);
	}
}
