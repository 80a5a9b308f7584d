/* SPDX-License-Identifier: MIT */
/* interrupted.h - was this call cut short by a signal? */
#ifndef COMMON_INTERRUPTED_H
#define COMMON_INTERRUPTED_H

#include <errno.h>
#include <stdbool.h>

/*
 * A call that waits returns -1 with EINTR when a signal handler ran meanwhile
 * (signal(7), "Interruption of system calls"): nothing failed, and the call
 * has done nothing yet, so that it can be made again:
 *
 *	do
 *		n = read(fd, buf, size);
 *	while (interrupted(n));
 *
 * Two calls are not to be repeated: connect(2), which goes on by itself, and
 * close(2), after which the descriptor is gone.
 */
static inline bool interrupted(long result)
{
	return result < 0 && errno == EINTR;
}

#endif
