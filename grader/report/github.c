/* SPDX-License-Identifier: MIT */
/* github.c - the result of a grader of GitHub Classroom */

/*
 * As classroom-resources/autograding-grading-reporter reads it (src/main.js,
 * src/notify-classroom.js): from an environment variable, in base64, where the
 * step that grades has left it as its output `result`.  Encoding is the step's
 * affair (`base64 -w0`); here comes the JSON, in one line, and short enough that
 * its base64 fits into one string of an environment, 128 KiB.
 *
 * The reporter sends no points where max_score is 0.  So it is where the grader
 * itself has failed, and the status is "error": the job fails, nobody is graded.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_MAX 20000
#define FILE_MAX 100

static const char *status_of(const struct test *t)
{
	return strcmp(t->status, "skip") == 0 ? "fail" : t->status;
}

static json_t *make_test(const struct test *t)
{
	const json_t *place =
		json_array_get(json_object_get(t->check, "source"), 0);
	char *file = harmless(get(place, "file"), FILE_MAX);
	json_t *test =
		json_pack("{s:s, s:s, s:s, s:s, s:o, s:i, s:o, s:o}", "name",
			  t->name, "status", status_of(t), "message",
			  t->account, "test_code", t->command, "filename",
			  place ? json_sprintf("labs/%s/%s", t->lab, file)
				: json_string(""),
			  "line_no", number(place, "line"), "execution_time",
			  json_sprintf("%.2fs", t->seconds), "score",
			  points_of(t->check, "points"));

	free(file);
	return test;
}

/* The reporter adds up the tests, so what lateness costs is one of them. */
static void add_penalties(json_t *tests, const json_t *result)
{
	json_t *lab;
	size_t i;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		json_t *alone = result_of_lab(lab);
		char *name = harmless(get(lab, "lab"), FILE_MAX);
		char *notes = notes_of(alone);

		if (taken_off(lab) > 0)
			json_array_append_new(
				tests,
				json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, "
					  "s:o}",
					  "name", name, "status", "fail",
					  "message", notes, "test_code", "",
					  "filename", "", "line_no", 0,
					  "execution_time", "0.00s", "score",
					  json_points(-taken_off(lab))));
		free(notes);
		free(name);
		json_decref(alone);
	}
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	json_t *tests = tests_of(result, ACCOUNTS_MAX, make_test);
	double most = count_checks(result, "error")
			      ? 0
			      : sum_of_labs(result, "max_points");

	(void)style;
	add_penalties(tests, result);
	put_json_line(out,
		      json_pack("{s:i, s:s, s:o, s:o}", "version", 1, "status",
				status_of_all(result), "max_score",
				json_points(most), "tests", tests));
}

const struct report report_github = {.name = "github", .whole = whole};
