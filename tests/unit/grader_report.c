/* SPDX-License-Identifier: MIT */
/* grader_report.c - tests of how results are told: text and JSON. */
#define _GNU_SOURCE 1
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct report_style plain = {.colour = false},
				 coloured = {.colour = true};

/* ---- results made by hand ---- */

static json_t *check_of(const char *id, const char *status, int points)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "lab", "03-fork",
			 "id", id, "title", "it does what it should", "status",
			 status, "points", points, "max_points", 7);
}

static void set(json_t *object, const char *key, const char *s)
{
	assert_int_equal(json_object_set_new(object, key, json_string(s)), 0);
}

static void add_step(json_t *check, int n, const char *what)
{
	json_t *list = json_object_get(check, "transcript");

	if (!list) {
		list = json_array();
		json_object_set_new(check, "transcript", list);
	}
	json_array_append_new(list,
			      json_pack("{s:i, s:s}", "n", n, "what", what));
}

static json_t *failed_check(const char *id)
{
	json_t *c = check_of(id, "fail", 0);

	set(c, "diagnosis", "zombies");
	set(c, "message", "Children are not reaped");
	set(c, "explanation", "Somebody has to ask for their exit status.");
	set(c, "expected", "no zombie");
	set(c, "got", "20 zombies");
	set(c, "hint", "Who waits?");
	set(c, "handout", "labs/03-fork/README.md#zombies");
	add_step(c, 1, "start `server 7007`");
	add_step(c, 2, "expect no zombie");
	add_step(c, 3, "experiment: are there more?");
	json_object_set_new(c, "failed_step", json_integer(2));
	json_object_set_new(c, "stderr",
			    json_pack("[{s:s, s:s}]", "program", "server 7007",
				      "stderr", "\"waitpid: no\\n\""));
	return c;
}

/* Takes n checks. */
static json_t *lab_of(int n, ...)
{
	json_t *checks = json_array();
	va_list list;

	va_start(list, n);
	while (n-- > 0)
		json_array_append_new(checks, va_arg(list, json_t *));
	va_end(list);
	return json_pack("{s:s, s:i, s:i, s:f, s:o}", "lab", "03-fork",
			 "points", 85, "max_points", 100, "seconds", 1.26,
			 "checks", checks);
}

typedef void teller(FILE *out, const struct report_style *style,
		    const json_t *what);

/* What is told; the caller's to free. */
static char *told(teller *tell, const struct report_style *style,
		  const json_t *what)
{
	char *s = NULL;
	size_t n;
	FILE *out = open_memstream(&s, &n);

	assert_non_null(out);
	tell(out, style, what);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(s), n);
	return s;
}

static char *lab_told(const json_t *lab)
{
	return told(report_text.lab, &plain, lab);
}

/* cmocka cannot print more than 1023 bytes. */
static void assert_holds(const char *all, const char *part)
{
	char start[500];

	snprintf(start, sizeof(start), "%s", all);
	if (!strstr(all, part))
		assert_string_equal(start, part);
}

static void assert_lacks(const char *all, const char *part)
{
	if (strstr(all, part))
		assert_string_not_equal(part, part);
}

/* ---- formats ---- */

static void formats_are_found(void **state)
{
	(void)state;
	assert_ptr_equal(find_report("text"), &report_text);
	assert_ptr_equal(find_report("json"), &report_json);
	assert_ptr_equal(find_report("html"), &report_html);
	assert_null(find_report(""));
	assert_null(find_report("tex"));
	assert_null(find_report("JSON"));
	assert_non_null(strstr(report_names(), "text, json, html"));
	assert_non_null(strstr(report_names(), "text, json, html"));
}

/* ---- text: a line for each check ---- */

static void assert_line(const char *status, int points, const char *expected)
{
	json_t *c = check_of("fork.reaps", status, points);
	char *s = told(report_text.check, &plain, c);

	assert_string_equal(s, expected);
	free(s);
	json_decref(c);
}

static void tells_a_check_in_a_line(void **state)
{
	(void)state;
	assert_line("pass", 7,
		    "pass   fork.reaps              7/7   it does what it "
		    "should\n");
	assert_line("fail", 0,
		    "fail   fork.reaps              0/7   it does what it "
		    "should\n");
	assert_line("skip", 0,
		    "skip   fork.reaps              0/7   it does what it "
		    "should\n");
	assert_line("error", 0,
		    "error  fork.reaps              0/7   it does what it "
		    "should\n");
}

static void assert_status_colour(const char *status, const char *colour)
{
	json_t *c = check_of("fork.reaps", status, 0);
	char *s = told(report_text.check, &coloured, c);

	assert_true(strncmp(s, colour, strlen(colour)) == 0);
	assert_holds(s, "\033[0m");
	free(s);
	json_decref(c);
}

static void colours_the_status(void **state)
{
	(void)state;
	assert_status_colour("pass", "\033[32mpass");
	assert_status_colour("fail", "\033[31mfail");
	assert_status_colour("skip", "\033[33mskip");
	assert_status_colour("error", "\033[33merror");
}

/* ---- text: a lab ---- */

static void full_marks_need_few_words(void **state)
{
	json_t *lab = lab_of(2, check_of("fork.builds", "pass", 7),
			     check_of("fork.reaps", "pass", 7));
	char *s = lab_told(lab);

	(void)state;
	assert_string_equal(
		s, "\n03-fork: 85 of 100 points, 2 of 2 checks, 1.3 s\n");
	free(s);
	json_decref(lab);
}

static void tells_the_first_failure_in_full(void **state)
{
	json_t *lab = lab_of(2, check_of("fork.builds", "pass", 7),
			     failed_check("fork.reaps"));
	char *s = lab_told(lab);

	(void)state;
	assert_holds(s, "\nfork.reaps: it does what it should\n\n"
			"     1. start `server 7007`\n"
			"  >  2. expect no zombie\n"
			"     3. experiment: are there more?\n\n"
			"  expected   no zombie\n"
			"  seen       20 zombies\n"
			"  stderr     \"waitpid: no\\n\"\n");
	assert_holds(s,
		     "  stderr     \"waitpid: no\\n\"\n"
		     "  diagnosis  zombies: Children are not reaped\n"
		     "             Somebody has to ask for their exit status.\n"
		     "  hint       Who waits?\n"
		     "  read       labs/03-fork/README.md#zombies\n"
		     "  again      make check LAB=03 CHECK=fork.reaps\n"
		     "\n03-fork: 85 of 100 points, 1 of 2 checks, 1.3 s\n");
	free(s);
	json_decref(lab);
}

static void tells_the_others_in_a_line(void **state)
{
	json_t *skipped = check_of("fork.log", "skip", 0),
	       *error = check_of("fork.crash", "error", 0), *lab;
	char *s;

	(void)state;
	set(skipped, "message", "it never listens");
	set(error, "message", "no processor");
	lab = lab_of(5, skipped, failed_check("fork.reaps"),
		     failed_check("loop.client-server-gone"), error,
		     check_of("fork.restart", "pass", 7));
	s = lab_told(lab);
	assert_holds(s, "\nfork.reaps: it does");
	assert_lacks(s, "\nloop.client-server-gone: it does");
	assert_holds(s, "\n\nOthers, which the first may explain:\n"
			"  fork.log               skip: it never listens\n"
			"  loop.client-server-gone zombies: Children are not "
			"reaped\n"
			"  fork.crash             error: no processor\n\n");
	assert_holds(s, "1 of 5 checks");
	assert_lacks(s, "fork.restart");
	free(s);
	json_decref(lab);
}

static void tells_what_was_not_judged(void **state)
{
	json_t *skipped = check_of("fork.log", "skip", 0), *lab;
	char *s;

	(void)state;
	set(skipped, "message", "server.c does not compile");
	lab = lab_of(1, skipped);
	s = lab_told(lab);
	assert_string_equal(
		s, "\nNot judged:\n"
		   "  fork.log               skip: server.c does not compile\n"
		   "\n03-fork: 85 of 100 points, 0 of 1 checks, 1.3 s\n");
	free(s);
	json_decref(lab);
}

static void colours_only_when_asked(void **state)
{
	json_t *lab = lab_of(2, failed_check("fork.reaps"),
			     failed_check("fork.many"));
	char *s = lab_told(lab), *stripped;
	char *c = told(report_text.lab, &coloured, lab);
	size_t n = 0;

	(void)state;
	assert_lacks(s, "\033");
	assert_holds(c, "\033[1m");
	/* Without its escapes it is the same text. */
	stripped = malloc(strlen(c) + 1);
	for (const char *p = c; *p; p++) {
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			stripped[n++] = *p;
	}
	stripped[n] = 0;
	assert_string_equal(stripped, s);
	free(stripped);
	free(c);
	free(s);
	json_decref(lab);
}

static void wraps_long_fields(void **state)
{
	json_t *check = failed_check("fork.reaps"), *lab;
	char words[600] = "", *s, *state_of_line = NULL;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(words, i % 7 ? "word " : "x ");
	set(check, "explanation", words);
	set(check, "got", "first line\nsecond line");
	lab = lab_of(1, check);
	s = lab_told(lab);
	assert_holds(s, "  seen       first line\n             second line\n");
	for (char *line = strtok_r(s, "\n", &state_of_line); line;
	     line = strtok_r(NULL, "\n", &state_of_line)) {
		assert_in_range(strlen(line), 1, 78);
		assert_int_not_equal(line[strlen(line) - 1], ' ');
	}
	free(s);
	json_decref(lab);
}

static void leaves_source_lines_alone(void **state)
{
	static const char source[] =
		"  138 | static void log_client(const struct sockaddr_in *peer, "
		"pid_t pid)\n"
		"      |                        ~~~~~~^~~";
	json_t *check = failed_check("fork.builds"), *lab;
	char *s;

	(void)state;
	json_object_set_new(check, "got",
			    json_sprintf("a warning\n%s", source));
	lab = lab_of(1, check);
	s = lab_told(lab);
	assert_holds(s,
		     "  seen       a warning\n"
		     "               138 | static void log_client(const struct "
		     "sockaddr_in *peer, pid_t pid)\n"
		     "                   |                        ~~~~~~^~~\n");
	free(s);
	json_decref(lab);
}

static void shows_the_source_of_a_finding(void **state)
{
	json_t *check = failed_check("fork.memory"), *lab;
	char *s;

	(void)state;
	json_object_set_new(check, "source",
			    json_pack("[{s:s, s:i, s:i, s:[s, s, s]}]", "file",
				      "server.c", "line", 100, "first", 99,
				      "lines", "{", "        x\033[2J = 1;",
				      "}"));
	lab = lab_of(1, check);
	s = lab_told(lab);
	assert_holds(s, "  seen       20 zombies\n"
			"             labs/03-fork/server.c:100:\n"
			"                 99  {\n"
			"             >  100          x?[2J = 1;\n"
			"                101  }\n"
			"  stderr ");
	free(s);
	json_decref(lab);
}

static json_t *timed_check(const char *id, const char *status)
{
	json_t *c = strcmp(status, "fail") ? check_of(id, status, 7)
					   : failed_check(id),
	       *rows = json_array();

	for (int i = 0; i < 20; i++)
		json_array_append_new(
			rows, json_pack("{s:f, s:i, s:s, s:o}", "ms", (double)i,
					"lane", -1, "kind", "step", "what",
					json_sprintf("did %d.", i)));
	json_object_set_new(c, "timeline",
			    json_pack("{s:[], s:o, s:i, s:i}", "lanes", "rows",
				      rows, "head", 24, "left_out", 0));
	return c;
}

static void shows_the_end_of_the_first_timeline(void **state)
{
	json_t *lab = lab_of(3, timed_check("fork.builds", "pass"),
			     timed_check("fork.reaps", "fail"),
			     timed_check("fork.many", "fail"));
	char *s = lab_told(lab), *first = strstr(s, "did 6.");

	(void)state;
	assert_non_null(first);
	assert_holds(s, "how it went, in the end (TIMELINE=1 shows all of it)");
	assert_lacks(s, "did 5.");
	assert_lacks(first + 1, "did 6.");
	free(s);
	json_decref(lab);
}

static void shows_all_timelines_when_asked(void **state)
{
	static const struct report_style all = {.timelines = true};
	json_t *lab = lab_of(3, timed_check("fork.builds", "pass"),
			     timed_check("fork.reaps", "fail"),
			     check_of("fork.log", "pass", 7));
	char *s = told(report_text.lab, &all, lab);

	(void)state;
	assert_holds(s, "\nfork.builds: how it went\n\n");
	assert_holds(s, "\nfork.reaps: how it went\n\n");
	assert_holds(strstr(s, "fork.reaps: how"), "did 0.");
	assert_lacks(s, "fork.log: how");
	assert_lacks(s, "in the end");
	free(s);
	json_decref(lab);
}

static void shows_the_failing_step_of_a_long_story(void **state)
{
	json_t *check = failed_check("fork.reaps"), *lab;
	char *s;

	(void)state;
	json_object_del(check, "transcript");
	for (int n = 1; n <= 10; n++)
		add_step(check, n, "a step");
	for (int n = 301; n <= 340; n++)
		add_step(check, n, n == 320 ? "it broke" : "a step");
	json_object_set_new(check, "failed_step", json_integer(320));
	lab = lab_of(1, check);
	s = lab_told(lab);
	assert_holds(s, "  1. a step\n");
	assert_holds(s, "340. a step\n");
	assert_holds(s, "  >320. it broke\n");
	assert_holds(s, " steps ");
	free(s);
	json_decref(lab);
}

/* What is not there is left out, and breaks nothing. */
static void tells_a_poor_result(void **state)
{
	json_t *check = check_of("fork.reaps", "fail", 0), *lab;
	char *s;

	(void)state;
	lab = lab_of(1, check);
	s = lab_told(lab);
	assert_holds(s, "fork.reaps: it does");
	assert_lacks(s, "(null)");
	assert_lacks(s, "expected");
	free(s);
	json_decref(lab);
	lab = json_object();
	s = lab_told(lab);
	assert_lacks(s, "(null)");
	free(s);
	s = told(report_text.check, &plain, lab);
	assert_lacks(s, "(null)");
	free(s);
	json_decref(lab);
}

/* ---- nothing that a program said may reach the terminal as a command ---- */

static void assert_harmless(const char *s)
{
	for (const char *p = s; *p; p++) {
		unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];

		if (c != '\n') {
			assert_in_range(c, 32, 255);
			assert_int_not_equal(c, 127);
		}
		if (c == 0xc2) /* in UTF-8, the controls with the high bit */
			assert_in_range(next, 0xa0, 0xbf);
	}
}

static void disturbs_no_terminal(void **state)
{
	static const char *const keys[] = {"id",   "title",	"expected",
					   "got",  "diagnosis", "message",
					   "hint", "handout",	"explanation"};
	static const char bad[] = "a\033[2J\033]0;x\007\r\b\177\xc2\x9b"
				  "31mb";

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		json_t *check = failed_check("fork.reaps"), *lab;
		json_t *other = failed_check("fork.many");
		char *s;

		set(check, keys[i], bad);
		set(other, keys[i], bad);
		add_step(check, 4, bad);
		json_array_append_new(
			json_object_get(check, "stderr"),
			json_pack("{s:s, s:s}", "program", bad, "stderr", bad));
		s = told(report_text.check, &plain, check);
		assert_harmless(s);
		free(s);
		lab = lab_of(2, check, other);
		s = lab_told(lab);
		assert_harmless(s);
		assert_holds(s, "a");
		free(s);
		json_decref(lab);
	}
}

static void keeps_its_lines(void **state)
{
	json_t *check = failed_check("fork.reaps");
	char *s;

	(void)state;
	set(check, "title", "one\npass   fork.many 7/7");
	s = told(report_text.check, &plain, check);
	assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
	free(s);
	json_decref(check);
}

/* ---- JSON ---- */

static void json_is_the_result(void **state)
{
	json_t *result = json_pack("{s:i, s:[o]}", "version", 1, "labs",
				   lab_of(1, failed_check("fork.reaps"))),
	       *back;
	char *s;

	(void)state;
	assert_null(report_json.check);
	assert_null(report_json.lab);
	s = told(report_json.whole, &coloured, result);
	back = json_loads(s, 0, NULL);
	assert_non_null(back);
	assert_true(json_equal(back, result));
	assert_int_equal(s[strlen(s) - 1], '\n');
	assert_lacks(s, "\033");
	assert_true(strstr(s, "version") < strstr(s, "labs"));
	free(s);
	json_decref(back);
	json_decref(result);
}

static void json_is_ascii(void **state)
{
	json_t *result = json_pack("{s:s}", "got",
				   "\033[2J\xc2\x9b\xe2\x80\xae\xf0\x9f\x98\x80"
				   "</script>\n"),
	       *back;
	char *s = told(report_json.whole, &plain, result);

	(void)state;
	for (const char *p = s; *p; p++)
		assert_true(*p == '\n' || (*p >= 32 && *p < 127));
	back = json_loads(s, 0, NULL);
	assert_true(json_equal(back, result));
	free(s);
	json_decref(back);
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found),
		cmocka_unit_test(tells_a_check_in_a_line),
		cmocka_unit_test(colours_the_status),
		cmocka_unit_test(full_marks_need_few_words),
		cmocka_unit_test(tells_the_first_failure_in_full),
		cmocka_unit_test(tells_the_others_in_a_line),
		cmocka_unit_test(tells_what_was_not_judged),
		cmocka_unit_test(colours_only_when_asked),
		cmocka_unit_test(wraps_long_fields),
		cmocka_unit_test(leaves_source_lines_alone),
		cmocka_unit_test(shows_the_source_of_a_finding),
		cmocka_unit_test(shows_the_end_of_the_first_timeline),
		cmocka_unit_test(shows_all_timelines_when_asked),
		cmocka_unit_test(shows_the_failing_step_of_a_long_story),
		cmocka_unit_test(tells_a_poor_result),
		cmocka_unit_test(disturbs_no_terminal),
		cmocka_unit_test(keeps_its_lines),
		cmocka_unit_test(json_is_the_result),
		cmocka_unit_test(json_is_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
