/* SPDX-License-Identifier: MIT */
/* prairielearn.c - results.json of a PrairieLearn external grader */

/*
 * After docs/externalGrading.md of github.com/PrairieLearn/PrairieLearn, which
 * allows it 1 MB.  What is not gradable costs the student no attempt: that is so
 * where nothing compiles, and where the grader itself has failed.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include "base.h"

#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_MAX 150000

static json_t *make_test(const struct test *t)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s}", "name", t->name,
			 "description", t->id, "points",
			 points_of(t->check, "points"), "max_points",
			 points_of(t->check, "max_points"), "message",
			 t->account, "output",
			 strcmp(t->status, "fail") == 0 ? t->steps : "");
}

static double share_of(const json_t *result)
{
	double points = sum_of_labs(result, "points");
	double most = sum_of_labs(result, "max_points");

	return points < most ? points / most : most > 0;
}

static void add_errors(void *to, const struct test *t)
{
	if (strcmp(t->status, "fail") == 0 || strcmp(t->status, "error") == 0)
		json_array_append_new(to, json_string(t->account));
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	bool gradable =
		!count_checks(result, "error") && !nothing_compiles(result);
	char *summary = summary_of(result);
	json_t *made =
		json_pack("{s:b, s:f, s:s, s:s, s:[], s:o}", "gradable",
			  gradable, "score", gradable ? share_of(result) : 0.0,
			  "message", summary, "output", "", "images", "tests",
			  tests_of(result, ACCOUNTS_MAX, make_test));
	json_t *errors = json_array();

	(void)style;
	if (!gradable) {
		each_test(result, ACCOUNTS_MAX, add_errors, errors);
		json_object_set(made, "format_errors", errors);
	}
	json_decref(errors);
	put_json_file(out, made);
	free(summary);
}

const struct report report_prairielearn = {.name = "prairielearn",
					   .whole = whole};
