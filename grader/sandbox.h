/* SPDX-License-Identifier: MIT */
/* sandbox.h - bubblewrap's command line: what a submission may see */
#ifndef GRADER_SANDBOX_H
#define GRADER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* Where the room's directories appear to a submission. */
#define SANDBOX_ROOM "/room"

/* A directory or file of the room, by its path relative to it.  It appears
 * under the same path below SANDBOX_ROOM. */
struct opening {
	const char *path;
	bool writable;
};

/* Find bubblewrap and what it can do, before any of the following; its path,
 * NULL if it is not installed. */
const char *sandbox_learn(void);

/* Make in a trial's directory what sandbox_exec() needs there. */
void sandbox_furnish(const char *room, const char *dir);

/* Replace the calling process by bubblewrap around `command`, which becomes
 * PID 1 of a pid namespace with a read-only system, the openings of the room
 * (ended by one with a NULL path), no environment, and for /tmp and /dev/shm
 * directories below `dir`, whose size and number of files are bounded.
 * Returns only on failure. */
void sandbox_exec(const char *room, const char *dir,
		  const struct opening *openings, const char *const *command);

/* The same around `true`, to find out whether it works. */
void sandbox_exec_true(const char *room, const char *dir);

#endif
