/* SPDX-License-Identifier: MIT */
/* moment.h - a date and time of day with its time zone, as ISO 8601 writes it */
#ifndef GRADER_MOMENT_H
#define GRADER_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* For messages: what parse_moment() takes. */
#define MOMENT_EXAMPLE "2027-03-01T23:59:00+01:00"
#define MOMENT_EXAMPLES MOMENT_EXAMPLE " or 2027-03-01T22:59Z"

/* "2027-03-01T23:59:00+01:00" into seconds since 1970.  Seconds and a fraction
 * of them, which is dropped, may be left out; the zone (Z, +hh:mm or -hh:mm) may
 * not: whose midnight it is must be said.  False if s is no such thing. */
bool parse_moment(const char *s, int64_t *at);

#endif
