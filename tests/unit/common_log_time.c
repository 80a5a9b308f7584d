/* SPDX-License-Identifier: MIT */
/* common_log_time.c - tests of the date and time in a line of log. */
#include "log_time.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

enum { DAY = 86400, ENOUGH = 30 };

static void assert_text(time_t seconds, long ns, long offset, const char *is)
{
	const struct timespec when = {seconds, ns};
	char text[ENOUGH];

	log_time_text(text, sizeof(text), &when, offset);
	assert_string_equal(text, is);
}

static void known_moments(void **state)
{
	(void)state;
	assert_text(0, 0, 0, "1970-01-01 00:00:00.000 +0000");
	assert_text(951782399, 0, 0, "2000-02-28 23:59:59.000 +0000");
	assert_text(951782400, 0, 0, "2000-02-29 00:00:00.000 +0000");
	assert_text(1709251199, 0, 0, "2024-02-29 23:59:59.000 +0000");
	assert_text(1735689599, 0, 0, "2024-12-31 23:59:59.000 +0000");
	assert_text(4107542400, 0, 0, "2100-03-01 00:00:00.000 +0000");
}

static void milliseconds_are_not_rounded_up(void **state)
{
	(void)state;
	assert_text(1, 999999999, 0, "1970-01-01 00:00:01.999 +0000");
	assert_text(1, 7000000, 0, "1970-01-01 00:00:01.007 +0000");
	assert_text(1, 999999, 0, "1970-01-01 00:00:01.000 +0000");
}

static void the_offset_moves_time_and_date(void **state)
{
	(void)state;
	assert_text(1714559696, 789000000, 7200,
		    "2024-05-01 12:34:56.789 +0200");
	assert_text(1714559696, 789000000, 19800,
		    "2024-05-01 16:04:56.789 +0530");
	assert_text(1714521600, 0, -12600, "2024-04-30 20:30:00.000 -0330");
	assert_text(1714599000, 0, 43200, "2024-05-02 09:30:00.000 +1200");
	assert_text(1714521600, 0, -1800, "2024-04-30 23:30:00.000 -0030");
}

/* Compared with the C library, for each day until the year 2120. */
static void every_day_is_right(void **state)
{
	char is[64];

	(void)state;
	for (time_t t = 43200; t < 150L * 366 * DAY; t += DAY) {
		struct tm utc;

		gmtime_r(&t, &utc);
		strftime(is, sizeof(is), "%Y-%m-%d %H:%M:%S.000 +0000", &utc);
		assert_text(t, 0, 0, is);
	}
}

static void a_small_buffer_is_not_overrun(void **state)
{
	const struct timespec when = {0};
	char text[12] = "xxxxxxxxxxx";

	(void)state;
	log_time_text(text, 8, &when, 0);
	assert_string_equal(text, "1970-01");
	assert_int_equal(text[8], 'x');
}

static void assert_offset(const char *zone, long offset)
{
	setenv("TZ", zone, 1);
	assert_int_equal(log_utc_offset(), offset);
	unsetenv("TZ");
}

static void the_offset_is_that_of_the_zone(void **state)
{
	(void)state;
	assert_offset("UTC0", 0);
	assert_offset("IST-5:30", 19800);
	assert_offset("NST3:30", -12600);
	assert_offset("LINT-14", 50400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_moments),
		cmocka_unit_test(milliseconds_are_not_rounded_up),
		cmocka_unit_test(the_offset_moves_time_and_date),
		cmocka_unit_test(every_day_is_right),
		cmocka_unit_test(a_small_buffer_is_not_overrun),
		cmocka_unit_test(the_offset_is_that_of_the_zone),
	};

	return cmocka_run_group_tests_name("log_time", tests, NULL, NULL);
}
