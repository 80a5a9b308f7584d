/* SPDX-License-Identifier: MIT */
/* grader_drawing.c - tests of the timeline as it is drawn in a terminal. */
#define _GNU_SOURCE 1
#include "report/report.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COLUMNS 100

static const struct report_style plain = {.colour = false},
				 coloured = {.colour = true};

/* ---- stories made by hand ---- */

static json_t *story_of(const char *names, int left_out)
{
	json_t *lanes = json_array();
	char *copy = strdup(names), *rest = copy, *name;

	while ((name = strsep(&rest, ",")))
		json_array_append_new(lanes, json_pack("{s:s, s:s}", "name",
						       name, "kind", "client"));
	free(copy);
	return json_pack("{s:s, s:{s:o, s:[], s:i, s:i}}", "expected",
			 "client 1 gets \"x\"", "timeline", "lanes", lanes,
			 "rows", "head", 3, "left_out", left_out);
}

static json_t *add(json_t *check, double ms, int lane, const char *kind,
		   const char *what)
{
	json_t *rows = json_object_get(json_object_get(check, "timeline"),
				       "rows"),
	       *row = json_pack("{s:f, s:i, s:s, s:s}", "ms", ms, "lane", lane,
				"kind", kind, "what", what);

	json_array_append_new(rows, row);
	return row;
}

static char *drawn_as(const struct report_style *style, const json_t *check,
		      size_t most)
{
	char *s = NULL;
	size_t n;
	FILE *out = open_memstream(&s, &n);

	put_timeline(out, style, check, most);
	assert_int_equal(fclose(out), 0);
	return s;
}

static size_t columns(const char *line, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += ((unsigned char)line[i] & 0xc0) != 0x80;
	return n;
}

static void assert_fits(const char *s)
{
	while (*s) {
		size_t n = strcspn(s, "\n");

		assert_in_range(columns(s, n), 0, COLUMNS);
		s += n + (s[n] == '\n');
	}
}

static void assert_drawn(const json_t *check, size_t most, const char *expected)
{
	char *s = drawn_as(&plain, check, most);

	assert_fits(s);
	assert_string_equal(s, expected);
	free(s);
}

static json_t *two_clients(void)
{
	json_t *c = story_of("client 1,server,child 3", 0);

	add(c, 0.5, -1, "step", "start `server 7007`");
	add(c, 1, 1, "wait", "waits in accept(3)");
	add(c, 2, 0, "step", "connects");
	add(c, 3, 1, "call", "accept(3) = 4");
	add(c, 4, 2, "wait", "waits in read(4)");
	json_object_set_new(add(c, 5, 0, "step", "closes"), "ends",
			    json_true());
	json_object_set_new(add(c, 6.125, 1, "call", "close(4) = 0"), "times",
			    json_integer(12));
	return c;
}

static const char two_clients_in_ascii[] =
	"        ms  c1 s  p3\n"
	"      0.50            start `server 7007`\n"
	"      1.00     *      server: waits in accept(3)\n"
	"      2.00  *  :      client 1: connects\n"
	"      3.00  |  *      server: accept(3) = 4\n"
	"      4.00  |  |  *   child 3: waits in read(4)\n"
	"      5.00  *  |  :   client 1: closes\n"
	"      6.12     *  :   server: close(4) = 0 (12 times)\n"
	"               |  :   x expected: client 1 gets \"x\"\n"
	"            * something happens, | is there, : waits in a call\n";

/* ---- the tests ---- */

static void draws_lanes_and_waiting(void **state)
{
	json_t *c = two_clients();

	(void)state;
	setlocale(LC_CTYPE, "C");
	assert_drawn(c, SIZE_MAX, two_clients_in_ascii);
	json_decref(c);
}

static void draws_finer_in_utf8(void **state)
{
	json_t *c = two_clients();
	char *s;

	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	s = drawn_as(&plain, c, SIZE_MAX);
	assert_non_null(
		strstr(s, "\n      5.00  ●  │  ┊   client 1: closes\n"));
	assert_non_null(strstr(s, "\n               │  ┊   ✗ expected: "));
	assert_fits(s);
	free(s);
	setlocale(LC_CTYPE, "C");
	s = drawn_as(&plain, c, SIZE_MAX);
	for (const char *p = s; *p; p++)
		assert_in_range(*p, '\n', '~');
	free(s);
	json_decref(c);
}

static void draws_the_last_rows_only(void **state)
{
	json_t *c = two_clients();

	(void)state;
	/* What the others have left behind is in the lanes, if they are drawn. */
	assert_drawn(
		c, 2,
		"        ms  c1 s \n"
		"             ... 5 more ...\n"
		"      5.00  *  |   client 1: closes\n"
		"      6.12     *   server: close(4) = 0 (12 times)\n"
		"               |   x expected: client 1 gets \"x\"\n"
		"            * something happens, | is there, : waits in a "
		"call\n");
	json_decref(c);
}

static json_t *long_story(void)
{
	json_t *c = story_of("server", 40);

	for (int i = 0; i < 6; i++)
		add(c, i, 0, "call", i < 3 ? "early()" : "late()");
	json_object_del(c, "expected");
	return c;
}

static void draws_the_gap(void **state)
{
	json_t *c = long_story();

	(void)state;
	assert_drawn(
		c, SIZE_MAX,
		"        ms  s \n"
		"      0.00  *   server: early()\n"
		"      1.00  *   server: early()\n"
		"      2.00  *   server: early()\n"
		"             ... 40 more ...\n"
		"      3.00  *   server: late()\n"
		"      4.00  *   server: late()\n"
		"      5.00  *   server: late()\n"
		"            * something happens, | is there, : waits in a "
		"call\n");
	/* Nothing is left out twice, or said twice. */
	for (size_t most = 1; most <= 5; most++) {
		char *s = drawn_as(&plain, c, most);
		size_t gaps = most > 3 ? 2 : 1;
		char first[40];

		snprintf(first, sizeof(first), "... %zu more ...\n",
			 6 - most + (most > 3 ? 0 : 40));
		assert_non_null(strstr(s, first));
		for (const char *p = s; (p = strstr(p, " more ...")); p++)
			gaps--;
		assert_int_equal(gaps, 0);
		free(s);
	}
	json_decref(c);
}

static void assert_all_fits(const json_t *c)
{
	for (size_t most = 1; most < 30; most++) {
		char *s = drawn_as(&coloured, c, most);
		char *p = s, *end;

		/* Colours take no room. */
		while ((p = strchr(p, '\033'))) {
			end = strchr(p, 'm') + 1;
			memmove(p, end, strlen(end) + 1);
		}
		assert_fits(s);
		free(s);
	}
}

static void no_line_is_too_long(void **state)
{
	static const char *const locales[] = {"C", "C.UTF-8"};
	char long_word[300], name[40], wide[400] = "";

	(void)state;
	memset(long_word, 'w', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = 0;
	for (int i = 0; i < 150; i++)
		strcat(wide, "\xc3\xaf");
	for (int n = 1; n < 260; n += n < 20 ? 1 : 60) {
		json_t *c = story_of("server", 0);
		json_t *lanes = json_object_get(json_object_get(c, "timeline"),
						"lanes");

		for (int i = 1; i < n; i++) {
			snprintf(name, sizeof(name), "client %d", i * 37);
			json_array_append_new(lanes,
					      json_pack("{s:s}", "name", name));
		}
		for (int i = 0; i < 3 * n; i++)
			json_object_set_new(add(c, i * 1e7, i % n,
						i % 2 ? "call" : "wait",
						i % 3 ? long_word : wide),
					    "times", json_integer(1000000000));
		json_object_set_new(c, "expected", json_string(long_word));
		for (int i = 0; i < 2; i++) {
			setlocale(LC_CTYPE, locales[i]);
			assert_all_fits(c);
		}
		json_decref(c);
	}
	setlocale(LC_CTYPE, "C");
}

/* Client 45 is not client 4. */
static void labels_are_whole(void **state)
{
	json_t *c = story_of("client 4,client 45,client 451", 0);
	char *s;

	(void)state;
	for (int i = 0; i < 3; i++)
		add(c, i, i, "step", "sends");
	s = drawn_as(&plain, c, SIZE_MAX);
	assert_non_null(strstr(s, " c4   c45  c451\n"));
	assert_non_null(strstr(s, "      2.00  |    |    *     client 451: "));
	free(s);
	json_decref(c);
}

static void too_many_lanes_are_not_drawn(void **state)
{
	json_t *c = story_of("server", 0);
	json_t *lanes =
		json_object_get(json_object_get(c, "timeline"), "lanes");
	char *s;

	(void)state;
	for (int i = 0; i < 300; i++) {
		json_array_append_new(lanes,
				      json_pack("{s:s}", "name", "client 1"));
		add(c, i, i, "step", "sends");
	}
	s = drawn_as(&plain, c, SIZE_MAX);
	assert_non_null(strstr(s, "        ms \n      0.00   server: sends\n"));
	assert_null(strchr(s, '|'));
	free(s);
	s = drawn_as(&plain, c, 2); /* lanes 298 and 299 */
	assert_null(strchr(s, '|'));
	free(s);
	json_decref(c);
}

/* Lanes in which nothing happens are none to be drawn, however many. */
static void idle_lanes_are_not_drawn(void **state)
{
	json_t *c = story_of("client 1", 0);
	json_t *lanes =
		json_object_get(json_object_get(c, "timeline"), "lanes");
	char *s;

	(void)state;
	for (int i = 1; i < 400; i++)
		json_array_append_new(lanes,
				      json_pack("{s:s, s:s}", "name", "child 9",
						"kind", "process"));
	add(c, 1, 0, "step", "connects");
	s = drawn_as(&plain, c, SIZE_MAX);
	assert_non_null(strstr(s, "c1"));
	assert_null(strstr(s, "p9"));
	free(s);
	json_decref(c);
}

static void colours_only_when_asked(void **state)
{
	json_t *c = two_clients();
	char *s;

	(void)state;
	json_object_set_new(add(c, 7, 1, "call", "fork() = -1 [made to fail]"),
			    "fault", json_true());
	s = drawn_as(&plain, c, SIZE_MAX);
	assert_null(strchr(s, '\033'));
	free(s);
	s = drawn_as(&coloured, c, SIZE_MAX);
	assert_non_null(strstr(s, "\033[1mclient 1: connects\033[0m\n"));
	assert_non_null(strstr(s, "\033[33mserver: fork() = -1 [made to fail]"
				  "\033[0m\n"));
	assert_non_null(strstr(s, "\033[31mx expected: client 1 gets \"x\""
				  "\033[0m\n"));
	free(s);
	json_decref(c);
}

static void disturbs_no_terminal(void **state)
{
	json_t *c = story_of("client 1\033[2J", 0);
	char *s;

	(void)state;
	add(c, 1, 0, "step", "a\nb\033[31mc\xc2\x9b");
	json_object_set_new(c, "expected", json_string("\033]0;x\007"));
	s = drawn_as(&plain, c, SIZE_MAX);
	for (const char *p = s; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	assert_non_null(strstr(s, "a?b?[31mc"));
	free(s);
	json_decref(c);
}

static void there_may_be_nothing_to_draw(void **state)
{
	json_t *c = json_object();
	char *s;

	(void)state;
	assert_drawn(c, SIZE_MAX, "");
	json_object_set_new(c, "timeline", json_object());
	s = drawn_as(&plain, c, 5);
	assert_string_equal(s, "        ms \n");
	free(s);
	json_decref(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_lanes_and_waiting),
		cmocka_unit_test(draws_finer_in_utf8),
		cmocka_unit_test(draws_the_last_rows_only),
		cmocka_unit_test(draws_the_gap),
		cmocka_unit_test(no_line_is_too_long),
		cmocka_unit_test(labels_are_whole),
		cmocka_unit_test(too_many_lanes_are_not_drawn),
		cmocka_unit_test(idle_lanes_are_not_drawn),
		cmocka_unit_test(colours_only_when_asked),
		cmocka_unit_test(disturbs_no_terminal),
		cmocka_unit_test(there_may_be_nothing_to_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
