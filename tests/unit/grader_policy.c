/* SPDX-License-Identifier: MIT */
/* grader_policy.c - policies: how they are read, and what they do to results. */
#include "base.h"
#include "moment.h"
#include "policy.h"

/* After what it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *parse(struct policy *p, const char *content)
{
	FILE *in = fmemopen((void *)(uintptr_t)content, strlen(content), "r");
	char *wrong;

	assert_non_null(in);
	wrong = policy_parse(p, in, "my.ini");
	fclose(in);
	return wrong;
}

static void must_parse(struct policy *p, const char *content)
{
	char *wrong = parse(p, content);

	if (wrong)
		fail_msg("%s", wrong);
}

static int64_t moment(const char *s)
{
	int64_t at;

	assert_true(parse_moment(s, &at));
	return at;
}

/* ---- moments ---- */

static void moments_have_a_zone(void **state)
{
	static const char *const same[] = {
		"2027-03-01T23:59:00+01:00", "2027-03-01T22:59:00Z",
		"2027-03-01T22:59Z",	     "2027-03-01T22:59:00.999999Z",
		"2027-03-02T04:29:00+05:30", "2027-03-01T14:59-08:00",
	};
	static const char *const bad[] = {
		"",
		"now",
		"2027-03-01",
		"2027-03-01T23:59:00",
		"2027-03-01 23:59:00Z",
		"2027-03-01T23:59:00z",
		"2027-3-1T23:59Z",
		"27-03-01T23:59Z",
		"2027-02-30T00:00Z",
		"2027-13-01T00:00Z",
		"2027-00-01T00:00Z",
		"2027-01-00T00:00Z",
		"2027-01-01T24:00Z",
		"2027-01-01T00:60Z",
		"2027-01-01T00:00:61Z",
		"2027-01-01T00:00:00.Z",
		"2027-01-01T00:00+24:00",
		"2027-01-01T00:00+01:60",
		"2027-01-01T00:00+0100",
		"2027-01-01T00:00+01",
		"2027-01-01T00:00Z ",
		"2027-01-01T00:00+01:00x",
		"-027-01-01T00:00Z",
		"2027-01-01T00:00Europe/Berlin",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_int_equal(moment(same[i]), 1803941940);
	assert_int_equal(moment("1970-01-01T00:00:01Z"), 1);
	assert_int_equal(moment("2028-02-29T00:00Z") -
				 moment("2028-02-28T00:00Z"),
			 86400);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (parse_moment(bad[i], &at))
			fail_msg("taken for a moment: %s", bad[i]);
}

/* ---- reading ---- */

/* policy.ini; with examples, the # before each is taken away. */
static char *policy_ini(bool examples)
{
	char *s = slurp("grader/policy.ini", 100000), *line = s;

	assert_non_null(s);
	while (examples && (line = strchr(line, '\n'))) {
		line++;
		if (*line == '#' && line[1] != ' ' && line[1] != '\n')
			*line = ' ';
	}
	return s;
}

static void same_keys(const struct policy *a, const struct policy *b)
{
	assert_int_equal(a->period, b->period);
	assert_int_equal(a->percent, b->percent);
	assert_int_equal(a->at_most, b->at_most);
	assert_int_equal(a->until, b->until);
	assert_int_equal(a->attempts, b->attempts);
	assert_int_equal(a->hints, b->hints);
	assert_int_equal(a->explanations, b->explanations);
}

static void the_file_that_explains_it_changes_nothing(void **state)
{
	char *s = policy_ini(false);
	struct policy p;

	(void)state;
	must_parse(&p, s);
	assert_int_equal(p.n, 0);
	same_keys(&p, &course_policy);
	policy_free(&p);
	free(s);
}

static void its_examples_are_right_and_its_defaults_true(void **state)
{
	char *s = policy_ini(true);
	struct policy p;

	(void)state;
	must_parse(&p, s);
	assert_int_equal(p.n, 7);
	same_keys(&p, &course_policy);
	policy_free(&p);
	free(s);
}

static void takes_what_editors_leave(void **state)
{
	struct policy p;

	(void)state;
	must_parse(&p, "\xef\xbb\xbf# a comment\r\n; another\r\n\r\n"
		       " [ late ] # here\r\n\tpercent=10;so many\r\n"
		       "per  =  hour\r\n[due]\r\n 1 = 2027-03-01T22:59Z");
	assert_int_equal(p.percent, 10);
	assert_int_equal(p.period, 3600);
	assert_int_equal(policy_rule(&p, DUE, "01-bare")->value, 1803941940);
	assert_null(policy_rule(&p, DUE, "02-loop"));
	policy_free(&p);
}

#define LONG_NAME "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const struct {
	const char *file, *says;
} bad[] = {
	{"x", "my.ini:1: x: a line is [section], key = value, or # comment"},
	{"\n\n= 3\n", "my.ini:3: = 3: a line is"},
	{"[late\n", "my.ini:1: [late: a line is"},
	{"percent = 1\n",
	 "my.ini:1: percent stands in no section; one must come first, of: "
	 "maximum, weight, hidden, due, late, attempts, feedback"},
	{"[]\n", "my.ini:1: no section is called []; there are: maximum, "},
	{"[Late]\n", "no section is called [Late]; there are: maximum, "},
	{"[late]\npercents = 1\n",
	 "my.ini:2: no key is called percents in [late]; there are: per, "
	 "percent, at-most, until"},
	{"[late]\nallowed = 1\n", "no key is called allowed in [late]"},
	{"[late]\n" LONG_NAME "mmm = 1\n", "no key is called " LONG_NAME " in"},
	{"[late]\npercent = 10\n\npercent = 20\n",
	 "my.ini:4: percent stands in line 2 already; it is wanted once"},
	{"[late]\npercent =\n", "percent = : not a whole number from 0 to 100"},
	{"[late]\npercent = 101\n",
	 "percent = 101: not a whole number from 0 to 100"},
	{"[late]\npercent = -1\n", "percent = -1: not a whole number"},
	{"[late]\npercent = 1e1\n", "percent = 1e1: not a whole number"},
	{"[late]\npercent = 10%\n", "percent = 10%: not a whole number"},
	{"[late]\npercent = 18446744073709551617\n", "not a whole number"},
	{"[late]\nper = week\n", "per = week: neither hour nor day"},
	{"[late]\npercent = 10\n",
	 "[late] has a penalty, but no lab a date in [due]"},
	{"[feedback]\nhints = yes\n", "hints = yes: neither off nor on"},
	{"[attempts]\nallowed = many\n",
	 "allowed = many: not a whole number from 0 to 1000000"},
	{"[maximum]\n03-forks = 10\n",
	 "my.ini:2: no lab is called 03-forks; there are: 01-bare, "},
	{"[maximum]\n03* = 10\n", "no lab is called 03*; there are"},
	{"[maximum]\n03 = 10001\n",
	 "03 = 10001: not a whole number from 0 to 10000"},
	{"[weight]\nfork.reap = 1\n",
	 "no check is called fork.reap; make list"},
	{"[weight]\nforks.* = 1\n", "no check is called forks.*; make list"},
	{"[weight]\n*.reaps = 1\n",
	 "*.reaps: a * may stand at the end only, as in fork.*"},
	{"[weight]\nfork.reaps = 1001\n",
	 "fork.reaps = 1001: not a whole number from 0 to 1000"},
	{"[weight]\nfork.* = 0\n\n[late]\n",
	 "my.ini:2: no check of 03-fork has any weight left"},
	{"[due]\n* = 2027-03-01T23:59\n",
	 "* = 2027-03-01T23:59: not a date with its time zone, like "
	 "2027-03-01T23:59:00+01:00 or 2027-03-01T22:59Z"},
	{"[hidden]\nfork.* = soon\n",
	 "or 2027-03-01T22:59Z, nor due, always or never"},
	{"[hidden]\n\nfork.* = due\n[due]\n01 = 2027-03-01T22:59Z\n",
	 "my.ini:3: fork.* = due: 03-fork has no date; give it one in [due]"},
};

static void says_where_and_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct policy p;
		char *wrong = parse(&p, bad[i].file);

		if (!wrong) {
			fail_msg("taken for a policy: %s", bad[i].file);
			continue;
		}
		if (!strstr(wrong, bad[i].says))
			fail_msg("it says: %s\nnot: %s", wrong, bad[i].says);
		assert_int_equal(strncmp(wrong, "my.ini:", 7), 0);
		assert_null(strchr(wrong, '\n'));
		free(wrong);
		policy_free(&p);
	}
}

static void reads_no_line_without_end(void **state)
{
	struct policy p;
	FILE *in = fopen("/dev/zero", "r");
	char *wrong;

	(void)state;
	assert_non_null(in);
	wrong = policy_parse(&p, in, "zero");
	assert_non_null(strstr(wrong, "zero:1: no line of text: it has a NUL"));
	free(wrong);
	fclose(in);
}

/* ---- points ---- */

static int points(const struct policy *p, const char *id)
{
	for (const struct lab *const *l = course; *l; l++)
		if (find_check(*l, id))
			return policy_points(p, *l, find_check(*l, id));
	fail_msg("no check %s", id);
	return -1;
}

static int sum(const struct policy *p, const struct lab *lab)
{
	int all = 0;

	for (const struct check *const *c = lab->checks; *c; c++) {
		int own = policy_points(p, lab, *c);

		assert_true(own >= 0);
		all += own;
	}
	return all;
}

static void the_course_keeps_its_points(void **state)
{
	(void)state;
	for (const struct lab *const *l = course; *l; l++)
		for (const struct check *const *c = (*l)->checks; *c; c++)
			assert_int_equal(policy_points(&course_policy, *l, *c),
					 (*c)->points);
}

/* Eleven checks share a hundred points: one is left over. */
static void the_first_of_equals_gets_what_is_left(void **state)
{
	struct policy p;

	(void)state;
	must_parse(&p, "[weight]\nbare.* = 1\n");
	assert_int_equal(points(&p, "bare.builds"), 10);
	assert_int_equal(points(&p, "bare.listens"), 9);
	assert_int_equal(points(&p, "bare.memory"), 9);
	assert_int_equal(points(&p, "fork.reaps"), 7);
	policy_free(&p);
}

/* Shares of 10: 4.44, 4.44 and 1.11. The point that is left over goes to the
 * first of those that lost 0.44. */
static void who_lost_most_gets_what_is_left(void **state)
{
	struct policy p;

	(void)state;
	must_parse(&p, "[maximum]\n1 = 10\n[weight]\nbare.* = 0\n"
		       "bare.memory = 4\nbare.builds = 1\nbare.echo = 4\n");
	assert_int_equal(points(&p, "bare.builds"), 1);
	assert_int_equal(points(&p, "bare.echo"), 5);
	assert_int_equal(points(&p, "bare.memory"), 4);
	assert_int_equal(points(&p, "bare.exact"), 0);
	policy_free(&p);
}

static void shares_sum_to_the_maximum(void **state)
{
	(void)state;
	for (int most = 0; most < 250; most += 7) {
		char *s = text("[maximum]\n* = %d\n[weight]\n*=%d\nfork.*=3\n"
			       "fork.reaps=0\nloop.e*=1000\n",
			       most, most % 5 + 1);
		struct policy p;

		must_parse(&p, s);
		for (const struct lab *const *l = course; *l; l++)
			assert_int_equal(sum(&p, *l), most);
		assert_int_equal(points(&p, "fork.reaps"), 0);
		policy_free(&p);
		free(s);
	}
}

/* ---- results ---- */

static json_t *result_of(const struct lab *lab, const struct check *c,
			 const char *status)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "lab",
			 lab->name, "id", c->id, "status", status, "hint",
			 "why?", "message", "m", "explanation", "e", "handout",
			 "h");
}

/* Lab 03, where all but fork.reaps has passed, under this policy. */
static json_t *lab_under(const struct policy *p, const struct occasion *when,
			 bool keep_hidden)
{
	const struct lab *lab = find_lab("03");
	json_t *result = json_pack("{s:s, s:[]}", "lab", lab->name, "checks");

	for (const struct check *const *c = lab->checks; *c; c++) {
		bool fails = strcmp((*c)->id, "fork.reaps") == 0;
		json_t *r = result_of(lab, *c, fails ? "fail" : "pass");

		policy_on_check(p, when, lab, *c, r);
		json_array_append_new(json_object_get(result, "checks"), r);
	}
	policy_on_lab(p, when, lab, result, keep_hidden);
	return result;
}

static int number_of(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return (int)json_integer_value(json_object_get(object, key));
}

static void assert_notes(const json_t *lab, const char *part)
{
	const json_t *note;
	size_t i;

	json_array_foreach(
		json_object_get(lab, "notes"), i,
		note) if (strstr(json_string_value(note), part)) return;
	fail_msg("no note says: %s", part);
}

static void nothing_is_added_by_the_course(void **state)
{
	struct occasion when = {.now = moment("2027-01-01T00:00Z"),
				.submitted = "2027-01-01T00:00Z",
				.submitted_at = moment("2027-01-01T00:00Z"),
				.attempt = 9};
	json_t *lab = lab_under(&course_policy, &when, false);

	(void)state;
	assert_int_equal(number_of(lab, "points"), 93);
	assert_int_equal(number_of(lab, "max_points"), 100);
	assert_int_equal(json_object_size(lab), 4);
	assert_null(policy_refusal(&course_policy, &when));
	json_decref(lab);
}

static void feedback_is_switched_off(void **state)
{
	const struct lab *lab = find_lab("03");
	const struct check *c = find_check(lab, "fork.reaps");
	struct occasion when = {0};
	json_t *r = result_of(lab, c, "fail");
	struct policy p;

	(void)state;
	must_parse(&p, "[feedback]\nhints = off\n");
	policy_on_check(&p, &when, lab, c, r);
	assert_null(json_object_get(r, "hint"));
	assert_non_null(json_object_get(r, "explanation"));
	must_parse(&p, "[feedback]\nexplanations = off\n");
	policy_on_check(&p, &when, lab, c, r);
	assert_null(json_object_get(r, "explanation"));
	assert_null(json_object_get(r, "handout"));
	assert_non_null(json_object_get(r, "message"));
	json_decref(r);
}

static const char hiding[] =
	"[hidden]\nfork.* = 2027-03-01T22:59Z\nfork.builds = never\n"
	"bare.echo = due\nbare.exact = always\n"
	"[due]\n01 = 2027-06-01T00:00:00Z\n";

static bool hides(const struct policy *p, const char *id, const char *now)
{
	struct occasion when = {.now = moment(now)};

	for (const struct lab *const *l = course; *l; l++)
		if (find_check(*l, id))
			return policy_hides(p, &when, *l, find_check(*l, id));
	fail_msg("no check %s", id);
	return false;
}

static void hides_until_the_date(void **state)
{
	struct policy p;

	(void)state;
	must_parse(&p, hiding);
	assert_true(hides(&p, "fork.reaps", "2027-03-01T22:58:59Z"));
	assert_false(hides(&p, "fork.reaps", "2027-03-01T22:59:00Z"));
	assert_false(hides(&p, "fork.builds", "2000-01-01T00:00Z"));
	assert_true(hides(&p, "bare.echo", "2027-05-31T23:59:59Z"));
	assert_false(hides(&p, "bare.echo", "2027-06-01T00:00:00Z"));
	assert_true(hides(&p, "bare.exact", "9999-12-31T23:59:59Z"));
	assert_false(hides(&p, "bare.listens", "2000-01-01T00:00Z"));
	policy_free(&p);
}

static void hidden_checks_are_taken_out_and_counted(void **state)
{
	struct occasion when = {.now = moment("2027-01-01T00:00Z")};
	struct policy p;
	json_t *lab;
	char *s;

	(void)state;
	must_parse(&p, "[hidden]\nfork.reaps* = 2027-03-01T22:59Z\n");
	lab = lab_under(&p, &when, false);
	s = json_dumps(lab, 0);
	assert_null(strstr(s, "fork.reaps"));
	assert_int_equal(number_of(lab, "points"),
			 number_of(lab, "max_points"));
	assert_int_equal(number_of(lab, "max_points"),
			 100 - points(&p, "fork.reaps") -
				 points(&p, "fork.reaps-burst"));
	assert_int_equal(number_of(json_object_get(lab, "hidden"), "checks"),
			 2);
	assert_notes(lab, "not counted here: 2 more checks");
	free(s);
	json_decref(lab);
	policy_free(&p);
}

static void a_platform_gets_hidden_checks_with_a_mark(void **state)
{
	struct occasion when = {.now = moment("2027-01-01T00:00Z")};
	struct policy p;
	json_t *lab;
	char *s;

	(void)state;
	must_parse(&p, "[hidden]\nfork.reaps = 2027-03-01T22:59Z\n"
		       "fork.log = due\n[due]\n3 = 2027-03-01T22:59Z\n");
	lab = lab_under(&p, &when, true);
	s = json_dumps(lab, JSON_COMPACT);
	assert_non_null(strstr(s, "\"visibility\":\"hidden\""));
	assert_non_null(strstr(s, "\"visibility\":\"after_due_date\""));
	assert_int_equal(number_of(lab, "points"), 93);
	assert_int_equal(number_of(lab, "max_points"), 100);
	assert_null(json_object_get(lab, "hidden"));
	free(s);
	json_decref(lab);
	policy_free(&p);
}

/* ---- lateness ---- */

static const char due_per_day[] =
	"[due]\n3 = 2027-03-01T00:00:00+01:00\n"
	"[late]\nper = day\npercent = 10\nat-most = 25\nuntil = 4\n";

/* What is left of the 93 points. */
static int left_when(const char *policy, const char *submitted)
{
	struct occasion when = {.submitted = submitted,
				.submitted_at = moment(submitted)};
	struct policy p;
	json_t *lab;
	int left;

	must_parse(&p, policy);
	lab = lab_under(&p, &when, false);
	left = number_of(lab, "points");
	assert_int_equal(left == 93, !json_object_get(lab, "penalty"));
	if (json_object_get(lab, "penalty"))
		assert_int_equal(
			left + number_of(json_object_get(lab, "penalty"),
					 "points"),
			number_of(lab, "earned"));
	else
		assert_null(json_object_get(lab, "notes"));
	json_decref(lab);
	policy_free(&p);
	return left;
}

static void each_period_begun_counts(void **state)
{
	static const char per_hour[] =
		"[due]\n* = 2027-03-01T00:00Z\n[late]\nper = hour\npercent = 3\n";

	(void)state;
	assert_int_equal(left_when(due_per_day, "2027-02-28T23:00:00Z"), 93);
	assert_int_equal(left_when(due_per_day, "2027-02-28T23:00:01Z"), 84);
	assert_int_equal(left_when(due_per_day, "2027-03-02T00:00:00+01:00"),
			 84);
	assert_int_equal(left_when(due_per_day, "2027-03-02T00:00:01+01:00"),
			 75);
	assert_int_equal(left_when(due_per_day, "2027-03-03T12:00Z"), 70);
	assert_int_equal(left_when(due_per_day, "2027-03-04T23:00:00Z"), 70);
	assert_int_equal(left_when(due_per_day, "2027-03-04T23:00:01Z"), 0);
	assert_int_equal(left_when(per_hour, "2027-03-01T00:00:00Z"), 93);
	assert_int_equal(left_when(per_hour, "2027-03-01T02:00:01Z"), 85);
	assert_int_equal(left_when(per_hour, "9999-03-01T02:00:01Z"), 0);
}

static void a_penalty_says_how_it_was_computed(void **state)
{
	struct occasion when = {.submitted = "2027-03-02T12:00:00+01:00",
				.submitted_at =
					moment("2027-03-02T12:00:00+01:00")};
	struct policy p;
	json_t *lab;

	(void)state;
	must_parse(&p, due_per_day);
	lab = lab_under(&p, &when, false);
	assert_notes(lab, "due 2027-03-01T00:00:00+01:00 and came "
			  "2027-03-02T12:00:00+01:00");
	assert_notes(lab, "2 days have begun since then, at 10 % for each and "
			  "at most 25 %: of 93 points 20 % are taken off, "
			  "which is, rounded down, 18.");
	json_decref(lab);
	policy_free(&p);
}

static void without_a_time_nothing_is_taken_off_and_that_is_said(void **state)
{
	struct occasion when = {0};
	struct policy p;
	json_t *lab;

	(void)state;
	must_parse(&p, due_per_day);
	lab = lab_under(&p, &when, false);
	assert_int_equal(number_of(lab, "points"), 93);
	assert_notes(lab, "Nobody said when this came");
	json_decref(lab);
	policy_free(&p);
}

/* ---- attempts ---- */

static void attempts_are_counted(void **state)
{
	struct occasion third = {.attempt = 3}, fourth = {.attempt = 4},
			some = {0};
	struct policy p;
	json_t *lab;
	char *why;

	(void)state;
	must_parse(&p, "[attempts]\nallowed = 3\n");
	assert_null(policy_refusal(&p, &third));
	assert_null(policy_refusal(&p, &some));
	why = policy_refusal(&p, &fourth);
	assert_string_equal(
		why, "this is attempt 4, and 3 are allowed: nothing was tried");
	free(why);
	lab = lab_under(&p, &third, false);
	assert_notes(lab, "Attempt 3 of 3.");
	json_decref(lab);
	lab = lab_under(&p, &some, false);
	assert_notes(lab, "nobody said which one this is");
	json_decref(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_have_a_zone),
		cmocka_unit_test(the_file_that_explains_it_changes_nothing),
		cmocka_unit_test(its_examples_are_right_and_its_defaults_true),
		cmocka_unit_test(takes_what_editors_leave),
		cmocka_unit_test(says_where_and_what_is_wrong),
		cmocka_unit_test(reads_no_line_without_end),
		cmocka_unit_test(the_course_keeps_its_points),
		cmocka_unit_test(the_first_of_equals_gets_what_is_left),
		cmocka_unit_test(who_lost_most_gets_what_is_left),
		cmocka_unit_test(shares_sum_to_the_maximum),
		cmocka_unit_test(nothing_is_added_by_the_course),
		cmocka_unit_test(feedback_is_switched_off),
		cmocka_unit_test(hides_until_the_date),
		cmocka_unit_test(hidden_checks_are_taken_out_and_counted),
		cmocka_unit_test(a_platform_gets_hidden_checks_with_a_mark),
		cmocka_unit_test(each_period_begun_counts),
		cmocka_unit_test(a_penalty_says_how_it_was_computed),
		cmocka_unit_test(
			without_a_time_nothing_is_taken_off_and_that_is_said),
		cmocka_unit_test(attempts_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
