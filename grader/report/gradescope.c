/* SPDX-License-Identifier: MIT */
/* gradescope.c - results.json of a Gradescope autograder */

/*
 * After https://gradescope-autograders.readthedocs.io/en/latest/specs/.  All texts
 * are given as "text", so that nothing in them is taken for HTML or Markdown.
 *
 * A test of Gradescope has passed or failed; one in which the grader failed has
 * no status and no score.  The points are lacking in the sum all the same:
 * Gradescope only says that the autograder failed if there is no results.json.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_MAX 400000

/* A policy may hide a check, in the words of Gradescope. */
static const char *visibility_of(const json_t *check)
{
	static const char *const all[] = {"hidden", "after_due_date",
					  "after_published"};
	const char *wanted = get(check, "visibility");

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(wanted, all[i]) == 0)
			return all[i];
	return "visible";
}

static json_t *make_test(const struct test *t)
{
	json_t *test = json_pack(
		"{s:s, s:s, s:o, s:s, s:s, s:[s, s], s:s}", "name", t->name,
		"name_format", "text", "number", json_sprintf("%zu", t->number),
		"output", t->account, "output_format", "text", "tags", t->lab,
		t->id, "visibility", visibility_of(t->check));

	if (strcmp(t->status, "error") == 0)
		return test;
	json_object_set_new(test, "score", points_of(t->check, "points"));
	json_object_set_new(test, "max_score",
			    points_of(t->check, "max_points"));
	json_object_set_new(test, "status",
			    json_string(strcmp(t->status, "pass") == 0
						? "passed"
						: "failed"));
	return test;
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	char *summary = summary_of(result);

	(void)style;
	put_json_file(
		out,
		json_pack("{s:o, s:f, s:s, s:s, s:s, s:s, s:s, s:s, s:o}",
			  "score", json_points(sum_of_labs(result, "points")),
			  "execution_time", sum_of_labs(result, "seconds"),
			  "output", summary, "output_format", "text",
			  "test_output_format", "text", "test_name_format",
			  "text", "visibility", "visible", "stdout_visibility",
			  "hidden", "tests",
			  tests_of(result, ACCOUNTS_MAX, make_test)));
	free(summary);
}

const struct report report_gradescope = {
	.name = "gradescope", .keeps_hidden = true, .whole = whole};
