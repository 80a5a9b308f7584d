/* SPDX-License-Identifier: MIT */
/* deaf.c - ignores and blocks every signal, and never ends. */

/*
 * Lab: 03
 * Checks: fork.echo fork.summary
 * Passes: fork.echo
 * Fails: fork.summary
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int signo = 1; signo <= SIGRTMAX; signo++)
		signal(signo, SIG_IGN);
	for (;;) {
		int client = accept(listener, NULL, NULL);
		pid_t pid = client < 0 ? -1 : fork();

		if (pid == 0) {
			echo(client, INT32_MAX);
			for (;;)
				pause();
		}
		close(client);
	}
}
