/* SPDX-License-Identifier: MIT */
/* log_time.h - local date and time as text, without a lock. */
#ifndef COMMON_LOG_TIME_H
#define COMMON_LOG_TIME_H

#include <stddef.h>
#include <time.h>

/*
 * localtime_r(3) takes a lock inside the C library.  A child forked while
 * another thread holds it would wait for that lock for ever at its first line
 * of log.  So the time zone is asked for once, and the rest is arithmetic.
 *
 * Simplification: a program that runs on through a change to or from summer
 * time stays with the offset it started with.  The text carries the offset,
 * and so stays true.
 */

/* Seconds to add to UTC for local time, by the time zone now in force. */
long log_utc_offset(void);

/* "2024-05-01 12:34:56.789 +0200" for a moment since 1970, in a zone so many
 * seconds ahead of UTC.  Always terminated, cut to fit; 30 bytes hold it. */
void log_time_text(char *text, size_t size, const struct timespec *when,
		   long utc_offset);

#endif
