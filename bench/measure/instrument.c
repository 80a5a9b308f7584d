/* SPDX-License-Identifier: MIT */
/* instrument.c - what every instrument uses: dying, time, numbers from the command line. */
#include "instrument.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t ns_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t now_ns(void)
{
	return ns_of(CLOCK_MONOTONIC);
}

uint64_t own_cpu_ns(void)
{
	return ns_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void complain(const char *reason, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

static void complain(const char *reason, const char *fmt, va_list args)
{
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "%s%s\n", reason ? ": " : "", reason ? reason : "");
}

void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(NULL, fmt, args);
	va_end(args);
	exit(EXIT_CANNOT);
}

void die_errno(const char *fmt, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, fmt);
	complain(reason, fmt, args);
	va_end(args);
	exit(EXIT_CANNOT);
}

void die_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(NULL, fmt, args);
	va_end(args);
	exit(EXIT_USAGE);
}

/* Digits alone, or digits and a unit of one letter: 0 if it is neither. */
static int read_number(const char *text, uint64_t unit_of_k, uint64_t *number)
{
	char *end;
	uint64_t unit = 1;

	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	*number = strtoull(text, &end, 10);
	if (errno != 0)
		return 0;
	if (unit_of_k != 0 && strchr("kKmM", *end) && *end != '\0')
		unit = strchr("kK", *end++) ? unit_of_k : unit_of_k * unit_of_k;
	return *end == '\0' && !__builtin_mul_overflow(*number, unit, number);
}

uint64_t parse_number(const char *what, const char *text, uint64_t least,
		      uint64_t most)
{
	uint64_t n;

	if (!read_number(text, 0, &n) || n < least || n > most)
		die_usage("%s %s: not a number from %llu to %llu", what, text,
			  (unsigned long long)least, (unsigned long long)most);
	return n;
}

uint64_t parse_bytes(const char *what, const char *text, uint64_t least,
		     uint64_t most)
{
	uint64_t n;

	if (!read_number(text, 1024, &n) || n < least || n > most)
		die_usage("%s %s: not a number of bytes from %llu to %llu",
			  what, text, (unsigned long long)least,
			  (unsigned long long)most);
	return n;
}

double parse_real(const char *what, const char *text, double least, double most)
{
	char *end;
	double n = strtod(text, &end);

	/* "nan" is within no limits. */
	if (*text == '\0' || *end != '\0' || !(n >= least && n <= most))
		die_usage("%s %s: not a number from %g to %g", what, text,
			  least, most);
	return n;
}
