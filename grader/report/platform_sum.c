/* SPDX-License-Identifier: MIT */
/* platform_sum.c - what a result amounts to, for the formats of platforms */
#include "platform.h"

#include "result.h"

#include "base.h"
#include "language.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_MAX 1000

size_t count_checks(const json_t *result, const char *status)
{
	const json_t *lab, *check;
	size_t i, j, n = 0;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		json_array_foreach(json_object_get(lab, "checks"), j, check)
			n += !status || status_is(check, status);
	}
	return n;
}

double sum_of_labs(const json_t *result, const char *key)
{
	const json_t *lab;
	double sum = 0;
	size_t i;

	json_array_foreach(json_object_get(result, "labs"), i, lab) sum +=
		json_number_value(json_object_get(lab, key));
	return sum;
}

json_t *json_points(double points)
{
	json_int_t n = (json_int_t)points;

	return (double)n == points ? json_integer(n) : json_real(points);
}

json_t *points_of(const json_t *object, const char *key)
{
	return json_points(json_number_value(json_object_get(object, key)));
}

bool nothing_compiles(const json_t *result)
{
	const json_t *lab, *check;
	size_t i, j, broken = 0;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		json_array_foreach(json_object_get(lab, "checks"), j, check)
		{
			bool fails = strcmp(get(check, "diagnosis"),
					    "does-not-compile") == 0;

			if (!fails && !status_is(check, "skip"))
				return false;
			broken += fails;
		}
	}
	return broken > 0;
}

const char *status_of_all(const json_t *result)
{
	if (count_checks(result, "error"))
		return "error";
	return count_checks(result, "pass") == count_checks(result, NULL)
		       ? "pass"
		       : "fail";
}

const char *not_your_fault(void)
{
	return _("The grader itself failed. That is not your fault: run it "
		 "again, and report it.");
}

json_t *result_of_lab(json_t *lab)
{
	return json_pack("{s:[O]}", "labs", lab);
}

static void add_notes(struct bytes *to, const json_t *lab)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(lab, "notes"), i, note)
	{
		const char *s = json_string_value(note);
		char *tame = harmless(s ? s : "", NOTE_MAX);

		bytes_add(to, "\n", to->n > 0);
		bytes_add(to, tame, strlen(tame));
		free(tame);
	}
}

char *notes_of(const json_t *result)
{
	struct bytes all = {0};
	const json_t *lab;
	size_t i;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
		add_notes(&all, lab);
	bytes_add(&all, "", 1);
	return (char *)all.data;
}

char *summary_of(const json_t *result)
{
	char *points =
		sentence("%d of %d points", (int)sum_of_labs(result, "points"),
			 (int)sum_of_labs(result, "max_points"));
	char *notes = notes_of(result), *all;

	all = text("%s%s%s",
		   count_checks(result, "error") ? not_your_fault() : points,
		   *notes ? "\n" : "", notes);
	free(notes);
	free(points);
	return all;
}

double taken_off(const json_t *lab)
{
	double won = 0,
	       kept = json_number_value(json_object_get(lab, "points"));
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(lab, "checks"), i, check) won +=
		json_number_value(json_object_get(check, "points"));
	return won > kept ? won - kept : 0;
}

/* Five digits are enough for seconds and shares. */
static void put_json(FILE *out, json_t *made, size_t flags)
{
	if (json_dumpf(made, out,
		       flags | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(5)) < 0)
		die("a report that is no JSON");
	fputc('\n', out);
	json_decref(made);
}

void put_json_line(FILE *out, json_t *made)
{
	put_json(out, made, 0);
}

void put_json_file(FILE *out, json_t *made)
{
	put_json(out, made, JSON_INDENT(2));
}
