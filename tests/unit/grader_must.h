/* SPDX-License-Identifier: MIT */
/* grader_must.h - invariants of the course: all that is wrong is told at once. */
#ifndef TESTS_GRADER_MUST_H
#define TESTS_GRADER_MUST_H

#include "course.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What is wrong, a line each; cmocka cannot print more than 1023 bytes. */
static char wrong[900];

__attribute__((format(printf, 2, 3))) static inline void must(bool holds,
							      const char *fmt,
							      ...)
{
	size_t n = strlen(wrong);
	va_list args;

	if (holds)
		return;
	va_start(args, fmt);
	snprintf(wrong + n, sizeof(wrong) - n, "\n");
	n = strlen(wrong);
	vsnprintf(wrong + n, sizeof(wrong) - n, fmt, args);
	va_end(args);
}

#define TEST(f) cmocka_unit_test_setup(f, nothing_wrong_yet)
#define assert_nothing_wrong() assert_string_equal(wrong, "")

static inline int nothing_wrong_yet(void **state)
{
	(void)state;
	*wrong = 0;
	return 0;
}

#define EACH_LAB(l)                          \
	const struct lab *const *l = course; \
	*l;                                  \
	l++
#define EACH_CHECK(c, lab)                            \
	const struct check *const *c = (lab)->checks; \
	*c;                                           \
	c++
#define EACH_DIAGNOSIS(d, lab)                             \
	const struct diagnosis *const *d = (lab)->teaches; \
	*d;                                                \
	d++

#endif
