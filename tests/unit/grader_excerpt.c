/* SPDX-License-Identifier: MIT */
/* grader_excerpt.c - tests of the source lines that are shown with a finding. */
#define _GNU_SOURCE 1
#include "excerpt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const programs[] = {"server", "dgram_server", NULL};
static const struct lab lab = {.name = "09-excerpt", .programs = programs};

#define SEVEN "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"

static const char *server = SEVEN;
static size_t server_n;

/* What is shown for what was said, of a server.c with this content. */
static json_t *shown(const char *said)
{
	static const char other[] = "the other";
	struct staged_file files[] = {
		{.path = (char *)"src/01-bare/server.c"},
		{.path = (char *)"src/09-excerpt/dgram_server.c"},
		{.path = (char *)"src/09-excerpt/server.c"},
	};
	const struct stage s = {.file = files, .n = 3};
	json_t *all;

	bytes_add(&files[0].content, "wrong\nlab\n", 10);
	bytes_add(&files[1].content, other, strlen(other));
	bytes_add(&files[2].content, server,
		  server_n ? server_n : strlen(server));
	all = excerpts(&s, &lab, said);
	for (size_t i = 0; i < 3; i++)
		bytes_free(&files[i].content);
	return all;
}

/* "FILE:LINE FIRST|line|line" for each, one after the other. */
static void assert_shown(const char *said, const char *expected)
{
	json_t *all = shown(said), *e, *line;
	char seen[2000] = "";
	size_t i, j, n = 0;

	json_array_foreach(all, i, e)
	{
		n += (size_t)snprintf(
			seen + n, sizeof(seen) - n, "%s%s:%d %d", i ? "; " : "",
			json_string_value(json_object_get(e, "file")),
			(int)json_integer_value(json_object_get(e, "line")),
			(int)json_integer_value(json_object_get(e, "first")));
		json_array_foreach(json_object_get(e, "lines"), j, line)
		{
			assert_true(json_is_string(line));
			n += (size_t)snprintf(seen + n, sizeof(seen) - n, "|%s",
					      json_string_value(line));
		}
	}
	assert_string_equal(seen, expected);
	json_decref(all);
}

static void shows_the_line_and_its_neighbours(void **state)
{
	(void)state;
	assert_shown("leak (server.c:4)",
		     "server.c:4 2|two|three|four|five|six");
	assert_shown("server.c:4:17: error",
		     "server.c:4 2|two|three|four|five|six");
	assert_shown("at /build/src/server.c:4\n",
		     "server.c:4 2|two|three|four|five|six");
	assert_shown("nothing of server.c here", "");
	assert_shown("", "");
}

static void knows_the_first_and_the_last_line(void **state)
{
	(void)state;
	assert_shown("server.c:1", "server.c:1 1|one|two|three");
	assert_shown("server.c:2", "server.c:2 1|one|two|three|four");
	assert_shown("server.c:7", "server.c:7 5|five|six|seven");
	server = "no\nnewline";
	assert_shown("server.c:2", "server.c:2 1|no|newline");
	assert_shown("server.c:3", "");
	server = "";
	assert_shown("server.c:1", "");
	server = SEVEN;
}

static void a_line_that_is_not_there_is_not_shown(void **state)
{
	(void)state;
	assert_shown("server.c:0", "");
	assert_shown("server.c:8", "");
	assert_shown("server.c:-3", "");
	assert_shown("server.c: 3 errors", "");
	assert_shown("server.c:+3", "");
	assert_shown("server.c:4294967299", ""); /* 2^32 + 3 */
	assert_shown("server.c:18446744073709551614", "");
	assert_shown("server.c:99999999999999999999999999999999", "");
}

static void files_are_told_apart(void **state)
{
	(void)state;
	assert_shown("dgram_server.c:1", "dgram_server.c:1 1|the other");
	assert_shown("myserver.c:1 xserver.c:2", "");
	assert_shown("server.c:7, then (dgram_server.c:1)",
		     "server.c:7 5|five|six|seven; dgram_server.c:1 1|the "
		     "other");
	assert_shown("server.cc:1 server.h:1", "");
}

static void a_line_is_shown_once_and_few_are(void **state)
{
	json_t *all;

	(void)state;
	assert_shown("server.c:1 server.c:1\nserver.c:1",
		     "server.c:1 1|one|two|three");
	all = shown("server.c:1 server.c:2 server.c:3 server.c:4 server.c:5 "
		    "server.c:6");
	assert_int_equal(json_array_size(all), 4);
	json_decref(all);
}

static void what_it_shows_is_harmless(void **state)
{
	(void)state;
	server = "\tx\ty\n";
	assert_shown("server.c:1", "server.c:1 1|        x       y");
	server = "1234567\t8\n";
	assert_shown("server.c:1", "server.c:1 1|1234567 8");
	server = "ends\r\nas elsewhere\r\n";
	assert_shown("server.c:1", "server.c:1 1|ends|as elsewhere");
	server = "a\033[2Jb\177\rc\n";
	assert_shown("server.c:1", "server.c:1 1|a?[2Jb??c");
	server = "na\xc3\xafve\nna\xefve\n\xc2\x9b\n";
	assert_shown("server.c:1", "server.c:1 1|na\xc3\xafve|na?ve|??");
	/* What is read is not what is compiled. */
	server = "/* \xe2\x80\xae } */ \xe2\x80\xac x\n";
	assert_shown("server.c:1", "server.c:1 1|/* ??? } */ ??? x");
	server = "a\0b\nc\n";
	server_n = 6;
	assert_shown("server.c:2", "server.c:2 1|a?b|c");
	server_n = 0;
	server = SEVEN;
}

static void a_long_line_is_cut(void **state)
{
	char line[400], expected[400];

	(void)state;
	server = line;
	memset(line, 'x', 300);
	strcpy(line + 300, "\n");
	snprintf(expected, sizeof(expected), "server.c:1 1|%.160s...", line);
	assert_shown("server.c:1", expected);
	strcpy(line + 160, "\n");
	snprintf(expected, sizeof(expected), "server.c:1 1|%.160s", line);
	assert_shown("server.c:1", expected);
	/* Not in the middle of a character. */
	strcpy(line + 159, "\xc3\xaf\n");
	snprintf(expected, sizeof(expected), "server.c:1 1|%.159s...", line);
	assert_shown("server.c:1", expected);
	/* Nor does a tab at the edge go over it. */
	memset(line, '\t', 300);
	snprintf(expected, sizeof(expected), "server.c:1 1|%160s...", "");
	assert_shown("server.c:1", expected);
	memset(line, 0x80, 300);
	assert_shown("server.c:1", "server.c:1 1|...");
	server = SEVEN;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_the_line_and_its_neighbours),
		cmocka_unit_test(knows_the_first_and_the_last_line),
		cmocka_unit_test(a_line_that_is_not_there_is_not_shown),
		cmocka_unit_test(files_are_told_apart),
		cmocka_unit_test(a_line_is_shown_once_and_few_are),
		cmocka_unit_test(what_it_shows_is_harmless),
		cmocka_unit_test(a_long_line_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
