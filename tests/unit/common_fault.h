/* SPDX-License-Identifier: MIT */
/* common_fault.h - make the next calls of a system call fail. */
#ifndef TESTS_COMMON_FAULT_H
#define TESTS_COMMON_FAULT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A test program that is linked with --wrap=xyz has its own __wrap_xyz, which
 * asks must_fail("xyz") and else goes on to __real_xyz.  One fault is planned
 * at a time; `calls` counts the calls it looks at, failed or not.
 */
static struct {
	const char *call;
	int error, times, calls;
} fault;

static inline void plan_fault(const char *call, int error, int times)
{
	fault.call = call;
	fault.error = error;
	fault.times = times;
	fault.calls = 0;
}

static inline bool must_fail(const char *call)
{
	if (fault.call == NULL || strcmp(fault.call, call) != 0)
		return false;
	fault.calls++;
	if (fault.times == 0)
		return false;
	fault.times--;
	errno = fault.error;
	return true;
}

/* Calls looked at since the plan was made; the plan ends here. */
static inline int calls_made(void)
{
	fault.call = NULL;
	return fault.calls;
}

#endif
