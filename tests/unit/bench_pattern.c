/* SPDX-License-Identifier: MIT */
/* bench_pattern.c - tests of what load sends, and how it knows it again. */
#include "pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int made(void **state)
{
	(void)state;
	pattern_make();
	return 0;
}

/* A chunk from here goes on as the one from there does. */
static void a_stream_has_no_seams(void **state)
{
	(void)state;
	for (uint64_t offset = 0; offset < 3 * PATTERN_LENGTH; offset += 997)
		assert_memory_equal(pattern_at(5, offset) + 1000,
				    pattern_at(5, offset + 1000),
				    PATTERN_CHUNK - 1000);
}

static void offsets_beyond_four_gibibytes(void **state)
{
	uint64_t far = PATTERN_LENGTH * (UINT64_C(1) << 20);

	(void)state;
	assert_memory_equal(pattern_at(5, 123), pattern_at(5, far + 123), 1000);
}

static void streams_begin_apart(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2000; i++)
		for (uint32_t j = i + 1; j < i + 50; j++)
			if (memcmp(pattern_at(i, 0), pattern_at(j, 0), 4) == 0)
				fail_msg("%u and %u begin alike", i, j);
}

static void bytes_are_found_where_they_are_from(void **state)
{
	(void)state;
	for (uint64_t offset = 0; offset < PATTERN_LENGTH; offset += 251) {
		long place = pattern_find(pattern_at(77, offset), 8);

		assert_true(place >= 0);
		assert_int_equal(pattern_offset(77, place), offset);
	}
}

static void bytes_of_nobody_are_not(void **state)
{
	(void)state;
	assert_int_equal(
		pattern_find((const unsigned char *)"\0\0\0\0\0\0\0", 8), -1);
	assert_int_equal(pattern_find(pattern_at(1, 0), 7), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_has_no_seams),
		cmocka_unit_test(offsets_beyond_four_gibibytes),
		cmocka_unit_test(streams_begin_apart),
		cmocka_unit_test(bytes_are_found_where_they_are_from),
		cmocka_unit_test(bytes_of_nobody_are_not),
	};

	return cmocka_run_group_tests_name("pattern", tests, made, NULL);
}
