/* SPDX-License-Identifier: MIT */
/* classroom50.c - result.json of Classroom 50, schema classroom50/result/v1 */

/*
 * After wiki/Advanced-Autograding.md of github.com/foundation50/classroom50, and
 * what its collector of scores refuses.  Who has handed in what comes from the
 * environment that its runner sets; the runner adds the owner.  It has no status
 * for an error: there the exit status of the autograder must be other than 0.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include "base.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ACCOUNTS_MAX 400000

static const struct {
	const char *key, *variable, *instead;
} identity[] = {
	{"classroom", "CLASSROOM", ""},
	{"assignment", "ASSIGNMENT", ""},
	{"submission", "SUBMISSION_TAG", ""},
	{"commit", "COMMIT_URL", ""},
	{"release", "RELEASE_URL", ""},
	{"review", "REVIEW_URL", "COMMIT_URL"},
};
#define N_IDENTITY (sizeof(identity) / sizeof(*identity))

static const char *from_runner(size_t i)
{
	const char *s = getenv(identity[i].variable);

	return s && *s ? s : getenv(identity[i].instead);
}

static void begin(void)
{
	for (size_t i = 0; i < N_IDENTITY; i++) {
		const char *s = from_runner(i);

		if (!s || !*s)
			die_usage("classroom50: %s is not set; the runner of "
				  "Classroom 50 sets it",
				  identity[i].variable);
	}
}

/* It takes whole points only. */
static json_t *rounded(double points)
{
	return json_integer((json_int_t)(points + 0.5));
}

static json_t *whole_points(const json_t *object, const char *key)
{
	return rounded(json_number_value(json_object_get(object, key)));
}

static json_t *make_test(const struct test *t)
{
	return json_pack("{s:s, s:b, s:o, s:o, s:s, s:s, s:s}", "test-name",
			 *t->name ? t->name : t->id, "passed",
			 strcmp(t->status, "pass") == 0, "score",
			 whole_points(t->check, "points"), "max-score",
			 whole_points(t->check, "max_points"), "status",
			 t->status, "check", t->id, "message", t->account);
}

static json_t *identified(void)
{
	time_t now = time(NULL);
	struct tm utc;
	char date[64];
	json_t *made = json_pack("{s:s}", "schema", "classroom50/result/v1");

	for (size_t i = 0; i < N_IDENTITY; i++) {
		char *tame = harmless(from_runner(i), SIZE_MAX);

		json_object_set_new(made, identity[i].key, json_string(tame));
		free(tame);
	}
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&now, &utc));
	json_object_set_new(made, "datetime", json_string(date));
	return made;
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	json_t *made = identified();
	json_t *tests = tests_of(result, ACCOUNTS_MAX, make_test);

	(void)style;
	json_object_set_new(made, "score",
			    rounded(sum_of_labs(result, "points")));
	json_object_set_new(made, "max-score",
			    rounded(sum_of_labs(result, "max_points")));
	json_object_set_new(made, "tests", tests);
	put_json_file(out, made);
}

const struct report report_classroom50 = {
	.name = "classroom50", .begin = begin, .whole = whole};
