/* SPDX-License-Identifier: MIT */
/* smother-one.c - takes away PID 1's limits, priority and processor. */

/*
 * The sandbox's PID 1 has the same user, and prlimit(2), setpriority(2) and
 * sched_setscheduler(2) ask for no more than that.
 *
 * Lab: 01
 * Checks: bare.echo bare.binary
 * Passes: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	struct sched_param idle = {0};
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(1, sizeof(first), &first);
	sched_setscheduler(1, SCHED_IDLE, &idle);
	setpriority(PRIO_PROCESS, 1, 19);
	for (int what = 0; what < RLIM_NLIMITS; what++)
		prlimit(1, what, &(struct rlimit){0, 0}, NULL);
	return serve_one(listener);
}
