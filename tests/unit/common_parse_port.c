/* SPDX-License-Identifier: MIT */
/* common_parse_port.c - tests of parse_port. */
#include "parse_port.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

static void takes_ports(void **state)
{
	(void)state;
	assert_int_equal(parse_port("1"), 1);
	assert_int_equal(parse_port("80"), 80);
	assert_int_equal(parse_port("7000"), 7000);
	assert_int_equal(parse_port("65534"), 65534);
	assert_int_equal(parse_port("65535"), 65535);
}

static void takes_every_port(void **state)
{
	char text[16];

	(void)state;
	for (int port = 1; port <= 65535; port++) {
		snprintf(text, sizeof(text), "%d", port);
		assert_int_equal(parse_port(text), port);
	}
}

static void zeros_in_front_are_decimal(void **state)
{
	(void)state;
	assert_int_equal(parse_port("0080"), 80);
	assert_int_equal(parse_port("000000000000000000065535"), 65535);
}

static void refuses_all_else(void **state)
{
	static const char *const wrong[] = {
		"",
		"0",
		"00000",
		"65536",
		"70000",
		"655350",
		"-1",
		"-80",
		"+80",
		" 80",
		"80 ",
		"8 0",
		"80x",
		"x80",
		"abc",
		"0x50",
		"80.0",
		"80\n",
		"1e3",
		"80:90",
		"/80",
		":",
		"\xb2",
		"4294967376",
		"1/5",
		"1:5",
		"99999999999999999999999999999999",
		"18446744073709551696",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (parse_port(wrong[i]) != -1)
			fail_msg("took \"%s\" for a port", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_ports),
		cmocka_unit_test(takes_every_port),
		cmocka_unit_test(zeros_in_front_are_decimal),
		cmocka_unit_test(refuses_all_else),
	};

	return cmocka_run_group_tests_name("parse_port", tests, NULL, NULL);
}
