/* SPDX-License-Identifier: MIT */
/* processes.h - a process and all its descendants: their CPU time and memory. */
#ifndef LOAD_PROCESSES_H
#define LOAD_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Look them up with processes_find(), which may be done again and again. */
struct processes {
	pid_t root;
	pid_t *pid; /* the root is the first */
	size_t n, room;
	size_t threads;	    /* of all of them */
	uint64_t reaped_ns; /* CPU time of their children that are gone */
};

/* false if the root is not there.  A process that runs at the moment may start
 * or lose children meanwhile: look when it is at rest. */
bool processes_find(struct processes *p, pid_t root);
void processes_free(struct processes *p);

/*
 * CPU time of all those found, in ns, with that of their children which they
 * have waited for.  (Linux adds these up in ns and shows them in steps of
 * 10 ms.  The time of children that nobody waits for, since SIGCHLD is
 * ignored, is lost to everybody: wait(2), Notes.)
 */
uint64_t processes_cpu_ns(const struct processes *p);

/* Finds them, and looks again until they have used no CPU time since the last
 * look and none can run, or have used a second of it, or a minute is over: then
 * the server never rests.  false as above. */
bool processes_rest(struct processes *p, pid_t root);

/* Their proportional set size: private pages in full, a page that k processes
 * share as a k-th.  -1 if somebody else's process does not show it. */
int64_t processes_pss(const struct processes *p);

#endif
