/* SPDX-License-Identifier: MIT */
/* room.h - processes with a world of their own */

/*
 * Theory of operation
 *
 *   grade ──┬── judge           own user, mount, pid namespace; tmpfs on ROOM
 *           │     ├── trial     own mount, pid, network, IPC namespace
 *           │     │     └── bubblewrap ── agent (PID 1) ── the submission
 *           │     ├── trial …
 *
 * Every process on the left is the first of its pid namespace, and is killed
 * by the kernel when its parent dies (PR_SET_PDEATHSIG); when the first process
 * of a pid namespace is gone, everything in it is.  So nothing survives the
 * end of `grade`, whatever ended it, and waitpid() for a trial returns only
 * when all that it started is dead.  Every file lives in the judge's tmpfs,
 * which is gone with its mount namespace: there is nothing to clean up.
 *
 * The check runs in the trial, outside bubblewrap: it shares the loopback
 * interface and the System V objects with the submission, but neither can the
 * submission see it nor signal it.
 *
 * Started by root, the judge first becomes SANDBOX_UID, a user that owns
 * nothing: inside a user namespace uid 0 would otherwise still be the real
 * root for every file that the namespace shares.
 *
 * Where the kernel refuses user namespaces, a room is an ordinary process with
 * a directory below TMPDIR; it is a subreaper, so it can find and kill what
 * outlives its parent, and the judge, told by SIGTERM that its time is over,
 * does so and removes the directory.  That is for one's own code only.
 */
#ifndef GRADER_ROOM_H
#define GRADER_ROOM_H

#include <stdbool.h>
#include <sys/types.h>

#define SANDBOX_UID 65533u

/* Does bubblewrap work inside the rooms, as they are needed?  Found out by
 * doing it.  If not, *why is one line that says what was refused and what
 * would allow it. */
bool room_possible(const char **why);

/* Fork into a new judge's room.  In the child, returns 0, with *dir an empty
 * directory of its own.  In the parent, the child's pid. */
pid_t room_fork_judge(bool sandbox, const char **dir);

/* Fork into a new trial's room, inside a judge's.  In the child, returns 0,
 * with a loopback interface that is up and an empty tmpfs on dir. */
pid_t room_fork_trial(bool sandbox, const char *dir);

/* Kill whatever the calling trial has started and wait until it is gone; for
 * rooms without a pid namespace.  Ends at once when there is nothing. */
void room_kill_descendants(void);

/* Remove a directory tree, never following a symbolic link. */
void room_remove_tree(const char *dir);

#endif
