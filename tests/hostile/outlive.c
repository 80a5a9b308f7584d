/* SPDX-License-Identifier: MIT */
/* outlive.c - leaves daemons behind that hold its output, its port and its client. */

/*
 * They have left its session and its parent, ignore every signal that can be
 * ignored, and wait for nothing.
 *
 * Lab: 01
 * Checks: bare.listens bare.echo bare.silent
 * Passes: bare.listens bare.echo bare.silent
 */
#include "hostile.h"

static void stay(void)
{
	for (int signo = 1; signo <= SIGRTMAX; signo++)
		signal(signo, SIG_IGN);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	int client = accept(listener, NULL, NULL);

	echo(client, 1);
	for (int i = 0; i < 30; i++)
		if (detached())
			stay();
	return 0;
}
