/* SPDX-License-Identifier: MIT */
/* trickle-busy.c - the same, half of the time busy and never asleep for long. */

/*
 * Lab: 01
 * Checks: bare.echo
 * Fails: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	int client = accept(listener, NULL, NULL);
	volatile long spin;

	signal(SIGPIPE, SIG_IGN);
	(void)client;
	for (;;) {
		if (write(1, ".", 1) < 0)
			errno = 0;
		for (spin = 0; spin < 10000000; spin++)
			;
		usleep(20000);
	}
}
