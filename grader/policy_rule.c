/* SPDX-License-Identifier: MIT */
/* policy_rule.c - the lines of a policy that speak of labs or of checks by name */
#include "policy_reader.h"

#include "base.h"
#include "moment.h"

#include <stdlib.h>
#include <string.h>

static char *lab_names(void)
{
	char *names = NULL;

	for (const struct lab *const *l = course; *l; l++)
		names = listed(names, (*l)->name);
	return names;
}

static int64_t take_moment(struct reader *r, const char *key, const char *value,
			   const char *otherwise)
{
	int64_t at = 0;

	if (!parse_moment(value, &at))
		wrong(r,
		      "%s = %.60s: not a date with its time zone, like " MOMENT_EXAMPLES
		      "%s",
		      key, value, otherwise);
	return at;
}

static int64_t take_hidden(struct reader *r, const char *key, const char *value)
{
	if (strcmp(value, "never") == 0)
		return HIDDEN_NEVER;
	if (strcmp(value, "always") == 0)
		return HIDDEN_ALWAYS;
	if (strcmp(value, "due") == 0)
		return HIDDEN_UNTIL_DUE;
	return take_moment(r, key, value, ", nor due, always or never");
}

static int64_t take_value(struct reader *r, const char *key, const char *value)
{
	switch (r->section) {
	case MAXIMUM:
		return take_whole(r, key, value, 10000);
	case WEIGHT:
		return take_whole(r, key, value, 1000);
	case HIDDEN:
		return take_hidden(r, key, value);
	default:
		return take_moment(r, key, value, "");
	}
}

static bool is_of_labs(enum section section)
{
	return section == MAXIMUM || section == DUE;
}

static bool matches(const struct rule *rule, const char *name)
{
	size_t n = strcspn(rule->pattern, "*");

	return rule->pattern[n] ? strncmp(rule->pattern, name, n) == 0
				: strcmp(rule->pattern, name) == 0;
}

const struct rule *policy_rule(const struct policy *p, enum section section,
			       const char *name)
{
	const struct rule *last = NULL;

	for (size_t i = 0; i < p->n; i++)
		if (p->rule[i].section == section && matches(&p->rule[i], name))
			last = &p->rule[i];
	return last;
}

static bool matches_any_check(const struct rule *rule)
{
	for (const struct lab *const *l = course; *l; l++)
		for (const struct check *const *c = (*l)->checks; *c; c++)
			if (matches(rule, (*c)->id))
				return true;
	return false;
}

/* A lab by its number or name, or * for all. */
static void check_lab(struct reader *r, struct rule *rule)
{
	const struct lab *lab = find_lab(rule->pattern);
	char *names;

	if (strcmp(rule->pattern, "*") == 0)
		return;
	if (lab) {
		free(rule->pattern);
		rule->pattern = must_strdup(lab->name);
		return;
	}
	names = lab_names();
	wrong(r, "no lab is called %.60s; there are: %s, or * for all",
	      rule->pattern, names);
	free(names);
}

static void check_pattern(struct reader *r, struct rule *rule)
{
	size_t star = strcspn(rule->pattern, "*");

	if (is_of_labs(rule->section))
		check_lab(r, rule);
	else if (rule->pattern[star] && rule->pattern[star + 1])
		wrong(r, "%.60s: a * may stand at the end only, as in fork.*",
		      rule->pattern);
	else if (!matches_any_check(rule))
		wrong(r,
		      "no check is called %.60s; make list prints them, and "
		      "fork.* stands for all that begin so",
		      rule->pattern);
}

void take_rule(struct reader *r, const char *key, const char *value)
{
	struct policy *p = r->policy;
	struct rule *rule;

	p->rule = realloc(p->rule, (p->n + 1) * sizeof(*p->rule));
	if (!p->rule)
		die("out of memory");
	rule = &p->rule[p->n++];
	*rule = (struct rule){.section = r->section,
			      .line = r->line,
			      .pattern = must_strdup(key),
			      .written = must_strdup(value)};
	check_pattern(r, rule);
	rule->value = take_value(r, key, value);
}

static void want_due(struct reader *r, const struct lab *lab,
		     const struct check *c)
{
	const struct rule *rule = policy_rule(r->policy, HIDDEN, c->id);

	if (!rule || rule->value != HIDDEN_UNTIL_DUE ||
	    policy_rule(r->policy, DUE, lab->name))
		return;
	r->line = rule->line;
	wrong(r, "%s = due: %s has no date; give it one in [due]",
	      rule->pattern, lab->name);
}

static void want_weight(struct reader *r, const struct lab *lab)
{
	for (const struct check *const *c = lab->checks; *c; c++) {
		const struct rule *rule =
			policy_rule(r->policy, WEIGHT, (*c)->id);

		if (!rule || rule->value)
			return;
		r->line = rule->line;
	}
	wrong(r,
	      "no check of %s has any weight left; one must have more than 0",
	      lab->name);
}

/* Where nothing is ever due nothing is ever late. */
static void want_any_due(struct reader *r)
{
	const struct policy *p = r->policy;

	for (size_t i = 0; i < p->n; i++)
		if (p->rule[i].section == DUE)
			return;
	if (p->percent || p->until)
		wrong(r, "[late] has a penalty, but no lab a date in [due]: "
			 "give it one, as in * = " MOMENT_EXAMPLE);
}

void check_rules(struct reader *r)
{
	want_any_due(r);
	for (const struct lab *const *l = course; *l; l++) {
		want_weight(r, *l);
		for (const struct check *const *c = (*l)->checks; *c; c++)
			want_due(r, *l, *c);
	}
}
