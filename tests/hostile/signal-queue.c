/* SPDX-License-Identifier: MIT */
/* signal-queue.c - fills the queue of signals that its user may have pending. */

/*
 * The kernel counts them for a user, not for a process: whoever has filled the
 * queue has filled it for all trials at the same time, and timer_create(2) fails.
 *
 * Lab: 01
 * Checks: bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"

#define STOP 5000

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv), queued = 0;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	while (queued < STOP && sigqueue(getpid(), SIGRTMIN,
					 (union sigval){.sival_int = 1}) == 0)
		queued++;
	if (queued == STOP)
		broken_out("%d signals pending ", queued);
	return serve_one(listener);
}
