/* SPDX-License-Identifier: MIT */
/* exercism.c - results.json of an Exercism test runner, version 3 */

/*
 * After https://exercism.org/docs/building/tooling/test-runners/interface.  The
 * whole is an error where nothing compiles, and where the grader itself has
 * failed: there is no verdict then.  A check that could not be tried is an error
 * as well, of that test alone.  Checks belong to no numbered task.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include "base.h"

#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_MAX 400000
#define MESSAGE_MAX 60000 /* of 65535 characters */
#define OUTPUT_MAX 500

/* What the program said by itself. */
static char *output_of(const json_t *check)
{
	static const char truncated[] =
		"\nOutput was truncated. Please limit to 500 chars";
	const json_t *first =
		json_array_get(json_object_get(check, "stderr"), 0);
	char *all = harmless(get(first, "stderr"), SIZE_MAX), *head, *cut;

	if (strlen(all) <= OUTPUT_MAX)
		return all;
	head = harmless(all, OUTPUT_MAX - strlen(truncated));
	cut = text("%s%s", head, truncated);
	free(head);
	free(all);
	return cut;
}

static json_t *make_test(const struct test *t)
{
	bool ran = strcmp(t->status, "skip") != 0;
	char *output = output_of(t->check);
	json_t *test =
		json_pack("{s:s, s:s, s:s}", "name", t->name, "status",
			  ran ? t->status : "error", "test_code", t->steps);

	if (*t->account)
		json_object_set_new(test, "message", json_string(t->account));
	if (*output)
		json_object_set_new(test, "output", json_string(output));
	free(output);
	return test;
}

/* The failed builds, as the compiler tells them. */
static void add_build(void *to, const struct test *t)
{
	char *said = harmless(get(t->check, "got"), MESSAGE_MAX);

	if (strcmp(t->status, "fail") == 0) {
		bytes_add(to, said, strlen(said));
		bytes_add(to, "\n", 1);
	}
	free(said);
}

static json_t *message_of(const json_t *result)
{
	struct bytes all = {0};
	json_t *message;
	char *tame;

	if (count_checks(result, "error"))
		return json_string(not_your_fault());
	each_test(result, 0, add_build, &all);
	bytes_add(&all, "", 1);
	tame = harmless((char *)all.data, MESSAGE_MAX);
	message = json_string(tame);
	free(tame);
	bytes_free(&all);
	return message;
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	const char *status =
		nothing_compiles(result) ? "error" : status_of_all(result);
	json_t *made =
		json_pack("{s:i, s:s, s:o}", "version", 3, "status", status,
			  "tests", tests_of(result, ACCOUNTS_MAX, make_test));

	(void)style;
	if (strcmp(status, "error") == 0)
		json_object_set_new(made, "message", message_of(result));
	put_json_file(out, made);
}

const struct report report_exercism = {.name = "exercism", .whole = whole};
