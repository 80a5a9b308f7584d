/* SPDX-License-Identifier: MIT */
/* grader_columns.c - tests of how wide text is, and where its lines are broken. */
#define _GNU_SOURCE 1
#include "report/columns.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void counts_columns(void **state)
{
	(void)state;
	assert_int_equal(columns("recv()", 6), 6);
	assert_int_equal(columns("套接字", 9), 6);
	assert_int_equal(columns("调用 recv()。", strlen("调用 recv()。")), 13);
	assert_int_equal(columns("\xff\xff", 2), 2); /* no character at all */
}

static void cuts_no_character(void **state)
{
	(void)state;
	assert_int_equal(bytes_within("abc", 10), 3);
	assert_int_equal(bytes_within("abc", 2), 2);
	assert_int_equal(bytes_within("套接字", 5), 6);
	assert_int_equal(bytes_within("套接字", 6), 9);
	assert_int_equal(bytes_within("套接字", 1), 0);
}

static void cuts_no_character_without_utf8(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C");
	assert_int_equal(bytes_within("套接字", 4), 3);
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void assert_wrapped(const char *s, size_t indent, size_t width,
			   const char *expected)
{
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	put_wrapped(f, s, strlen(s), indent, width);
	fclose(f);
	assert_string_equal(out, expected);
	free(out);
}

static void breaks_at_spaces(void **state)
{
	(void)state;
	assert_wrapped("one two three", 0, 80, "one two three");
	assert_wrapped("one two three", 0, 7, "one two\nthree");
	assert_wrapped("one two three", 2, 9, "one two\n  three");
	assert_wrapped("a  b", 0, 80, "a  b");
	assert_wrapped("unbreakable", 0, 4, "unbreakable");
	assert_wrapped("", 0, 4, "");
	assert_wrapped("one ", 0, 4, "one");
}

static void breaks_between_characters(void **state)
{
	(void)state;
	assert_wrapped("监听套接字", 0, 6, "监听套\n接字");
	assert_wrapped("监听套接字", 2, 8, "监听套\n  接字");
	assert_wrapped("调用recv()返回", 0, 8, "调用\nrecv()返\n回");
	assert_wrapped("调用 recv() 返回", 0, 11, "调用 recv()\n返回");
}

static void keeps_punctuation_in_its_place(void **state)
{
	(void)state;
	assert_wrapped("监听，接受", 0, 4, "监\n听，\n接受");
	assert_wrapped("监听（接受）", 0, 6, "监听\n（接\n受）");
	assert_wrapped("失败。”然后", 0, 6, "失\n败。”\n然后");
}

static int with_utf8(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_columns),
		cmocka_unit_test(cuts_no_character),
		cmocka_unit_test(cuts_no_character_without_utf8),
		cmocka_unit_test(breaks_at_spaces),
		cmocka_unit_test(breaks_between_characters),
		cmocka_unit_test(keeps_punctuation_in_its_place),
	};

	return cmocka_run_group_tests(tests, with_utf8, NULL);
}
