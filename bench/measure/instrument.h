/* SPDX-License-Identifier: MIT */
/* instrument.h - what every instrument uses: dying, time, numbers from the command line. */
#ifndef MEASURE_INSTRUMENT_H
#define MEASURE_INSTRUMENT_H

#include <stdint.h>

/* Exit statuses of an instrument: the server, or what was measured, did wrong;
 * the command line makes no sense; the instrument cannot do its job here. */
enum { EXIT_WRONG = 1, EXIT_USAGE, EXIT_CANNOT };

#define NS_PER_S UINT64_C(1000000000)

/* CLOCK_MONOTONIC in nanoseconds: some 25 of them, without a system call. */
uint64_t now_ns(void);

/* CPU time of this process so far, in nanoseconds. */
uint64_t own_cpu_ns(void);

/* One line on stderr, "prog: text", and EXIT_CANNOT.  The second adds
 * ": strerror(errno)", the third ends in EXIT_USAGE. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void die_errno(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void die_usage(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* The number that an option's text spells; anything else, or one out of these
 * limits, is bad usage.  `what` is the option's name.  parse_bytes() takes 4K
 * and 1M, too. */
uint64_t parse_number(const char *what, const char *text, uint64_t least,
		      uint64_t most);
uint64_t parse_bytes(const char *what, const char *text, uint64_t least,
		     uint64_t most);
double parse_real(const char *what, const char *text, double least,
		  double most);

#endif
