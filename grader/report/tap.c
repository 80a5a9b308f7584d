/* SPDX-License-Identifier: MIT */
/* tap.c - TAP 14, the Test Anything Protocol: a line for each check */

/*
 * After https://testanything.org/tap-version-14-specification.html.  What could not
 * be tried is skipped.  An error of the grader must count neither as a success
 * nor as a failure: its check is skipped, and the last line bails out.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include "base.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_MAX 4000

/* What has a meaning in a line, in a description of one. */
static void put_escaped(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '#' || *s == '\\')
			fputc('\\', out);
		fputc(*s == '\n' ? ' ' : *s, out);
	}
}

/* A string of JSON is one of YAML. */
static void put_field(FILE *out, const char *name, const char *value)
{
	char *tame = harmless(value, FIELD_MAX);
	json_t *string = json_string(tame);
	char *quoted = json_dumps(string, JSON_ENCODE_ANY);

	if (*value)
		fprintf(out, "  %s: %s\n", name, quoted);
	free(quoted);
	json_decref(string);
	free(tame);
}

static void put_diagnostics(FILE *out, const struct test *t)
{
	static const char *const fields[] = {"diagnosis", "message", "expected",
					     "got",	  "hint",    "handout"};

	fputs("  ---\n", out);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		put_field(out, fields[i], get(t->check, fields[i]));
	put_field(out, "severity", "fail");
	put_field(out, "check", t->id);
	put_field(out, "steps", t->steps);
	fprintf(out, "  max_points: %g\n  duration_ms: %.0f\n  ...\n",
		json_number_value(json_object_get(t->check, "max_points")),
		t->seconds * 1000);
}

static void put_test(void *to, const struct test *t)
{
	bool failed = strcmp(t->status, "fail") == 0;
	FILE *out = to;

	fprintf(out, "%sok %zu - ", failed ? "not " : "", t->number);
	put_escaped(out, t->name);
	if (strcmp(t->status, "skip") == 0 || strcmp(t->status, "error") == 0) {
		fputs(" # SKIP ", out);
		put_escaped(out, t->account);
	}
	fputc('\n', out);
	if (failed)
		put_diagnostics(out, t);
}

/* As comments. */
static void put_notes(FILE *out, const json_t *result)
{
	char *notes = notes_of(result), *rest = notes, *line;

	while (*notes && (line = strsep(&rest, "\n")))
		fprintf(out, "# %s\n", line);
	free(notes);
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	(void)style;
	fprintf(out, "TAP version 14\n1..%zu\n", count_checks(result, NULL));
	each_test(result, SIZE_MAX, put_test, out);
	put_notes(out, result);
	if (count_checks(result, "error"))
		fprintf(out, "Bail out! %s\n", not_your_fault());
}

const struct report report_tap = {.name = "tap", .whole = whole};
