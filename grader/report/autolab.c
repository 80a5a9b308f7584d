/* SPDX-License-Identifier: MIT */
/* autolab.c - the last two lines of an Autolab autograder */

/*
 * After docs/features/formatted-feedback.md and the parser in
 * app/controllers/assessment/autograde.rb of github.com/autolab/Autolab.  The
 * last line has a score for each problem, which is a lab; the one before it has
 * the same labs as stages, with a test for each check.
 *
 * A lab in which the grader failed has no score, so that its problem stays as it
 * was.  Without any score Autolab tells the instructor that autograding failed.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include "base.h"

#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_MAX 200000

/* The tests of a stage are told apart by their names. */
static void add_test(void *to, const struct test *t)
{
	json_t *stage = to, *test;
	char *unique = json_object_get(stage, t->name)
			       ? text("%s (%zu)", t->name, t->number)
			       : must_strdup(t->name);

	test = json_pack("{s:b}", "passed", strcmp(t->status, "pass") == 0);
	if (*t->account)
		json_object_set_new(test, "hint", json_string(t->account));
	json_object_set_new(stage, unique, test);
	free(unique);
}

static json_t *stage_of(json_t *lab)
{
	json_t *stage = json_object(), *result = result_of_lab(lab);
	char *notes = notes_of(result);

	each_test(result, ACCOUNTS_MAX, add_test, stage);
	if (*notes)
		json_object_set_new(stage, "note", json_string(notes));
	free(notes);
	json_decref(result);
	return stage;
}

static void add_score(json_t *scores, const char *problem, json_t *lab)
{
	json_t *result = result_of_lab(lab);

	if (!count_checks(result, "error"))
		json_object_set_new(scores, problem, points_of(lab, "points"));
	json_decref(result);
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	json_t *scores = json_object(), *stages = json_array(), *lab;
	json_t *feedback = json_pack("{s:s, s:o}", "_presentation", "semantic",
				     "stages", stages);
	size_t i;

	(void)style;
	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		char *name = harmless(get(lab, "lab"), SIZE_MAX);

		json_array_append_new(stages, json_string(name));
		json_object_set_new(feedback, name, stage_of(lab));
		add_score(scores, name, lab);
		free(name);
	}
	put_json_line(out, feedback);
	put_json_line(out, json_pack("{s:o}", "scores", scores));
}

const struct report report_autolab = {.name = "autolab", .whole = whole};
