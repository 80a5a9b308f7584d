/* SPDX-License-Identifier: MIT */
/* sys_err.c - say which system call failed, and why. */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "sys_err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of each part, so that all three together always fit into a line. */
enum { NAME_BYTES = 128, WHAT_BYTES = 512, LINE_BYTES = 1024 };

static void report(int error, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The write is bare, and its result dropped: this is where failures end up,
 * there is nowhere further to report one. */
static void report(int error, const char *fmt, va_list args)
{
	char what[WHAT_BYTES], line[LINE_BYTES];
	ssize_t written;

	if (vsnprintf(what, sizeof(what), fmt, args) < 0)
		snprintf(what, sizeof(what), "%s", fmt);
	snprintf(line, sizeof(line), "%.*s: %s: %s\n", NAME_BYTES,
		 program_invocation_short_name, what, strerror(error));
	written = write(STDERR_FILENO, line, strlen(line));
	(void)written;
}

void sys_err(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	va_start(args, fmt);
	report(error, fmt, args);
	va_end(args);
	exit(EXIT_FAILURE);
}

void sys_warn(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	va_start(args, fmt);
	report(error, fmt, args);
	va_end(args);
	errno = error;
}
