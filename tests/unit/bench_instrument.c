/* SPDX-License-Identifier: MIT */
/* bench_instrument.c - tests of how instruments read numbers, and refuse what is none. */
#include "instrument.h"

#include "common_child.h"

static void numbers_are_taken(void **state)
{
	(void)state;
	assert_int_equal(parse_number("-n", "1", 1, 9), 1);
	assert_int_equal(parse_number("-n", "9", 1, 9), 9);
	assert_int_equal(
		parse_number("-n", "18446744073709551615", 0, UINT64_MAX),
		UINT64_MAX);
}

static void bytes_have_units(void **state)
{
	(void)state;
	assert_int_equal(parse_bytes("-b", "64", 1, UINT64_MAX), 64);
	assert_int_equal(parse_bytes("-b", "4k", 1, UINT64_MAX), 4096);
	assert_int_equal(parse_bytes("-b", "4K", 1, UINT64_MAX), 4096);
	assert_int_equal(parse_bytes("-b", "3M", 1, UINT64_MAX), 3 << 20);
}

static void reals_are_taken(void **state)
{
	(void)state;
	assert_true(parse_real("-t", "0.5", 0.001, 10) == 0.5);
	assert_true(parse_real("-t", "10", 0.001, 10) == 10.0);
	assert_true(parse_real("-t", "1e-3", 0.001, 10) == 0.001);
}

/* In a child: what is to be parsed. */
static const char *text;

static void number(void)
{
	parse_number("-n", text, 1, 1000000);
}

static void bytes(void)
{
	parse_bytes("-b", text, 1, 1 << 30);
}

static void real(void)
{
	parse_real("-t", text, 0.001, 10);
}

static void refuses(void (*body)(void), const char *what)
{
	struct ending end;

	text = what;
	end = end_of(body);
	if (!WIFEXITED(end.status) || WEXITSTATUS(end.status) != EXIT_USAGE)
		fail_msg("\"%s\" ends with %#x", what, (unsigned)end.status);
	if (!strstr(end.said, what) || !strstr(end.said, "not a number") ||
	    strchr(end.said, '\n') != strrchr(end.said, '\n'))
		fail_msg("\"%s\" is told so: %s", what, end.said);
}

static void all_else_is_bad_usage(void **state)
{
	static const char *const no_number[] = {
		"",  "x",  "-1", "+1",	" 1",	   "1 ",
		"0", "1x", "1K", "1.5", "1000001", "18446744073709551617",
	};
	static const char *const no_bytes[] = {
		"", "K", "0K", "4KK", "4 K", "1G", "18014398509481985K", "-1K",
	};
	static const char *const no_real[] = {
		"", "x", "0", "10.1", "1x", "-1", "nan", "inf", "1e99",
	};

	(void)state;
	for (size_t i = 0; i < sizeof no_number / sizeof *no_number; i++)
		refuses(number, no_number[i]);
	for (size_t i = 0; i < sizeof no_bytes / sizeof *no_bytes; i++)
		refuses(bytes, no_bytes[i]);
	for (size_t i = 0; i < sizeof no_real / sizeof *no_real; i++)
		refuses(real, no_real[i]);
}

static void cannot(void)
{
	errno = ENOENT;
	die_errno("%s", "x");
}

static void who_cannot_says_why(void **state)
{
	struct ending end = end_of(cannot);

	(void)state;
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), EXIT_CANNOT);
	assert_string_equal(end.said,
			    "bench_instrument: x: No such file or directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_taken),
		cmocka_unit_test(bytes_have_units),
		cmocka_unit_test(reals_are_taken),
		cmocka_unit_test(all_else_is_bad_usage),
		cmocka_unit_test(who_cannot_says_why),
	};

	return cmocka_run_group_tests_name("instrument", tests, NULL, NULL);
}
