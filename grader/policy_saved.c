/* SPDX-License-Identifier: MIT */
/* policy_saved.c - a policy applied to a result that was saved */
#include "policy.h"

#include "base.h"
#include "language.h"
#include "report/result.h"
#include "verdict.h"

#include <stdlib.h>

json_t *policy_skipped(const struct lab *lab, const struct check *check,
		       const char *why)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "status", VERDICT_SKIP,
			 "message", why, "lab", lab->name, "id", check->id,
			 "title", _(check->claim));
}

static void apply(const struct policy *p, const struct occasion *when,
		  json_t *result, bool keep_hidden)
{
	const struct lab *lab = find_lab(get(result, "lab"));
	json_t *checks = json_object_get(result, "checks"), *r;
	char *refusal = policy_refusal(p, when);
	size_t i;

	if (!lab)
		die_usage("the result is of a lab that is not in this course: "
			  "%.60s",
			  get(result, "lab"));
	json_array_foreach(checks, i, r)
	{
		const struct check *c = find_check(lab, get(r, "id"));

		if (!c)
			die_usage("the result is of a check that is not in "
				  "this course: %.60s",
				  get(r, "id"));
		if (refusal) {
			r = policy_skipped(lab, c, refusal);
			json_array_set_new(checks, i, r);
		}
		policy_on_check(p, when, lab, c, r);
	}
	free(refusal);
	policy_on_lab(p, when, lab, result, keep_hidden);
}

void policy_on_saved(const struct policy *p, const struct occasion *when,
		     json_t *result, bool keep_hidden)
{
	json_t *lab;
	size_t i;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
		apply(p, when, lab, keep_hidden);
}

bool has_hidden_checks(const json_t *result)
{
	const json_t *lab, *check;
	size_t i, j;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		json_array_foreach(json_object_get(lab, "checks"), j, check)
		{
			if (*get(check, "visibility"))
				return true;
		}
	}
	return false;
}
