/* SPDX-License-Identifier: MIT */
/* fork-crowd.c - has as many idle processes as it gets, in sessions of their own. */

/*
 * Lab: 01
 * Checks: bare.listens bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv), count = 0;
	pid_t pid;

	while (count < 5000 && (pid = fork()) >= 0) {
		if (pid == 0) {
			setsid();
			for (;;)
				pause();
		}
		count++;
	}
	if (count > 1000)
		broken_out("%d processes", count);
	return serve_one(listener);
}
