/* SPDX-License-Identifier: MIT */
/* policy.c - a policy applied to results */
#include "policy.h"

#include "base.h"
#include "language.h"
#include "report/result.h"

#include <stdlib.h>

/* Points */

static int64_t weight_of(const struct policy *p, const struct check *c)
{
	const struct rule *rule = policy_rule(p, WEIGHT, c->id);

	return rule ? rule->value : c->points;
}

static int64_t maximum_of(const struct policy *p, const struct lab *lab)
{
	const struct rule *rule = policy_rule(p, MAXIMUM, lab->name);
	int64_t sum = 0;

	for (const struct check *const *c = lab->checks; *c; c++)
		sum += (*c)->points;
	return rule ? rule->value : sum;
}

/* By largest remainders: each share is rounded down, and the points left over go
 * one each to those that lost most; of equals, to the first in the handout. */
int policy_points(const struct policy *p, const struct lab *lab,
		  const struct check *check)
{
	int64_t most = maximum_of(p, lab), all = 0, left = most, before = 0;
	int64_t own = weight_of(p, check);
	bool passed = false;

	for (const struct check *const *c = lab->checks; *c; c++)
		all += weight_of(p, *c);
	if (!all) /* not of a lab of the course: see check_rules() */
		return 0;
	for (const struct check *const *c = lab->checks; *c; c++) {
		int64_t rest = weight_of(p, *c) * most % all;
		int64_t own_rest = own * most % all;

		passed |= *c == check;
		left -= weight_of(p, *c) * most / all;
		before += rest > own_rest || (rest == own_rest && !passed);
	}
	return (int)(own * most / all + (before < left));
}

/* What the student may see */

/* NULL: it is not hidden now. */
static const char *hidden_as(const struct policy *p,
			     const struct occasion *when, const struct lab *lab,
			     const struct check *check)
{
	const struct rule *rule = policy_rule(p, HIDDEN, check->id);
	bool until_due = rule && rule->value == HIDDEN_UNTIL_DUE;

	if (until_due)
		rule = policy_rule(p, DUE, lab->name);
	if (!rule || when->now >= rule->value)
		return NULL;
	return until_due ? "after_due_date" : "hidden";
}

bool policy_hides(const struct policy *p, const struct occasion *when,
		  const struct lab *lab, const struct check *check)
{
	return hidden_as(p, when, lab, check);
}

static void set(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

void policy_on_check(const struct policy *p, const struct occasion *when,
		     const struct lab *lab, const struct check *check,
		     json_t *result)
{
	const char *hidden = hidden_as(p, when, lab, check);
	int most = policy_points(p, lab, check);

	set(result, "points", status_is(result, "pass") ? most : 0);
	set(result, "max_points", most);
	json_object_del(result, "visibility");
	if (hidden)
		json_object_set_new(result, "visibility", json_string(hidden));
	if (!p->hints)
		json_object_del(result, "hint");
	if (!p->explanations) {
		json_object_del(result, "explanation");
		json_object_del(result, "handout");
	}
}

/* Notes: a sentence for the reader on each thing that was done. */

static void note(json_t *lab, char *words)
{
	if (!json_object_get(lab, "notes"))
		json_object_set_new(lab, "notes", json_array());
	json_array_append_new(json_object_get(lab, "notes"),
			      json_string(words));
	free(words);
}

static void take_out_hidden(json_t *lab)
{
	json_t *checks = json_object_get(lab, "checks"), *check;
	json_int_t points = 0;
	size_t n = 0;

	for (size_t i = json_array_size(checks); i-- > 0;) {
		check = json_array_get(checks, i);
		if (!*get(check, "visibility"))
			continue;
		points += number(check, "max_points");
		n++;
		json_array_remove(checks, i);
	}
	if (!n)
		return;
	json_object_set_new(lab, "hidden",
			    json_pack("{s:I, s:I}", "checks", (json_int_t)n,
				      "max_points", points));
	note(lab, sentence("Hidden for now, and not counted here: %d more "
			   "checks, for %d points.",
			   (int)n, (int)points));
}

static void sum_up(json_t *lab)
{
	const json_t *checks = json_object_get(lab, "checks"), *check;
	int64_t points = 0, most = 0;
	size_t i;

	json_array_foreach(checks, i, check)
	{
		points += number(check, "points");
		most += number(check, "max_points");
	}
	set(lab, "points", points);
	set(lab, "max_points", most);
}

/* Lateness */

static bool costs(const struct policy *p)
{
	return p->percent || p->until;
}

/* Each period that has begun counts as a whole one. */
static int64_t periods(const struct policy *p, int64_t late)
{
	return (late + p->period - 1) / p->period;
}

static bool is_too_late(const struct policy *p, int64_t late)
{
	return p->until && periods(p, late) > p->until;
}

static int percent_off(const struct policy *p, int64_t late)
{
	int64_t percent = periods(p, late) * p->percent;

	if (is_too_late(p, late))
		return 100;
	return (int)(percent < p->at_most ? percent : p->at_most);
}

static char *how_it_was_computed(const struct policy *p, int64_t late,
				 int percent, int earned, int off)
{
	const char *unit = p->period == POLICY_HOUR ? _("hours") : _("days");

	if (is_too_late(p, late))
		return sentence("Nothing counts that comes more than %d %s "
				"late: of %d points none is left.",
				p->until, unit, earned);
	return sentence("%lld %s have begun since then, at %d %% for each and "
			"at most %d %%: of %d points %d %% are taken off, "
			"which is, rounded down, %d.",
			(long long)periods(p, late), unit, p->percent,
			p->at_most, earned, percent, off);
}

static void take_off(const struct policy *p, const struct rule *due,
		     const struct occasion *when, json_t *lab)
{
	int64_t late = when->submitted_at - due->value;
	int percent = percent_off(p, late), earned = number(lab, "points");
	int off = earned * percent / 100;
	char *how = how_it_was_computed(p, late, percent, earned, off);

	set(lab, "points", earned - off);
	set(lab, "earned", earned);
	json_object_set_new(
		lab, "penalty",
		json_pack("{s:i, s:i}", "percent", percent, "points", off));
	note(lab, sentence("Late: it was due %s and came %s. %s", due->written,
			   when->submitted, how));
	free(how);
}

static void judge_lateness(const struct policy *p, const struct occasion *when,
			   const char *name, json_t *lab)
{
	const struct rule *due = policy_rule(p, DUE, name);

	if (!due || !costs(p))
		return;
	if (!when->submitted)
		note(lab, sentence("Due %s. Nobody said when this came, so "
				   "nothing is taken off for lateness.",
				   due->written));
	else if (when->submitted_at > due->value)
		take_off(p, due, when, lab);
}

static void tell_attempt(const struct policy *p, const struct occasion *when,
			 json_t *lab)
{
	if (p->attempts && when->attempt)
		note(lab,
		     sentence("Attempt %d of %d.", when->attempt, p->attempts));
	else if (p->attempts)
		note(lab, sentence("%d attempts are allowed; nobody said which "
				   "one this is.",
				   p->attempts));
}

void policy_on_lab(const struct policy *p, const struct occasion *when,
		   const struct lab *lab, json_t *result, bool keep_hidden)
{
	static const char *const ours[] = {"earned", "penalty", "hidden",
					   "notes"};

	/* A saved result may have been under a policy before. */
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		json_object_del(result, ours[i]);
	if (!keep_hidden)
		take_out_hidden(result);
	sum_up(result);
	judge_lateness(p, when, lab->name, result);
	tell_attempt(p, when, result);
}

char *policy_refusal(const struct policy *p, const struct occasion *when)
{
	if (!p->attempts || when->attempt <= p->attempts)
		return NULL;
	return sentence("this is attempt %d, and %d are allowed: nothing was "
			"tried",
			when->attempt, p->attempts);
}
