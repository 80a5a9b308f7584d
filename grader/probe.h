/* SPDX-License-Identifier: MIT */
/* probe.h - facts about the submission's processes, seen from outside */

/*
 * All of it comes from /proc (proc(5)), of the trial's own pid namespace, and
 * concerns the descendants of the agent.  Nothing here trusts a text: a
 * process may be gone between two lines, and may have any name it likes.
 */
#ifndef GRADER_PROBE_H
#define GRADER_PROBE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESSES_MAX 512

/* What the whole submission is doing, the least quiet thread deciding. */
enum activity {
	GONE,  /* no process of it is left, zombies apart */
	QUIET, /* every thread is blocked in a call that only an outside event
		    can end, or stopped */
	DOZING, /* every thread is blocked, some with a time-out: least_timeout */
	RUNNING, /* some thread runs, or could, or was created meanwhile */
};

struct process {
	pid_t pid, parent; /* as the trial sees them */
	char state;	   /* R, S, D, T, Z, … as in /proc/PID/stat */
};

struct look {
	enum activity activity;
	uint64_t
		fingerprint; /* equal in two looks: no thread has run between */
	uint64_t cpu_ns;     /* of all, and of all that were reaped; in ticks */
	uint64_t memory;     /* resident, in bytes, of all together */
	uint64_t least_timeout; /* ns, of those that blocked calls were given;
				   0: one of them cannot be seen */
	bool awaits_events; /* no thread merely sleeps: each would be woken by
			       what it waits for */
	bool unstopped;	    /* a thread runs, or could be woken by an event */
	bool complete;	    /* false: more than PROCESSES_MAX */
	bool steady; /* nobody was created meanwhile: who is not here is gone */
	unsigned long newest; /* pid, when it began */
	size_t n;
	struct process p[PROCESSES_MAX];
};

/* `timed`: a blocked call may end by itself though it does not look like it
 * (a timer is set, a socket has a time-out). */
void probe_look(struct look *l, pid_t agent, bool timed);

/* Descendants of the agent only, without the threads' activity: cheaper. */
void probe_processes(struct look *l, pid_t agent);

/* Ended children that their parents, other than the agent, leave unreaped. */
size_t probe_zombies(const struct look *l, pid_t agent);
size_t probe_living(const struct look *l);

/* The directory of a process's open descriptors, of which each is a link; NULL
 * if it cannot be seen.  The caller closes it. */
DIR *probe_open_descriptors(pid_t pid);

/* Open descriptors of one process; -1 if it cannot be seen. */
int probe_descriptors(pid_t pid);

/* The pid by which the process knows itself; -1 if it is gone. */
pid_t probe_inner_pid(pid_t pid);

/* Processes ever created in this pid namespace, roughly: it only grows. */
unsigned long probe_last_pid(void);

#endif
