/* SPDX-License-Identifier: MIT */
/* leave-alone.c - serves twenty clients, and is gone when the signal comes. */

/*
 * A grader that sends a signal to nobody, pid 0, sends it to itself and to
 * all of its family.
 *
 * Lab: 03
 * Checks: fork.echo fork.reaps-burst fork.summary
 * Passes: fork.echo
 * Fails: fork.summary
 */
#include "hostile.h"

static int left;

static void one_less(int signo)
{
	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		if (++left == 20)
			_exit(0);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	signal(SIGCHLD, one_less);
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client >= 0 && fork() == 0) {
			close(listener);
			echo(client, INT32_MAX);
			_exit(0);
		}
		close(client);
	}
}
