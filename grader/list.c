/* SPDX-License-Identifier: MIT */
/* list.c - the course told without a program at hand */
#include "list.h"

#include "base.h"
#include "diagnoses.h"
#include "language.h"

#include <stdio.h>

static void list_as_text(const struct options *o)
{
	for (size_t i = 0; i < o->n_labs; i++) {
		const struct lab *lab = o->labs[i];

		printf("%s%s: %s\n", i ? "\n" : "", lab->name, _(lab->title));
		for (const struct check *const *c = lab->checks; *c; c++)
			printf("  %-22s %3d  %s\n", (*c)->id,
			       policy_points(&o->policy, lab, *c),
			       _((*c)->claim));
	}
}

static const struct lab *first_to_teach(const struct diagnosis *d)
{
	const struct lab *const *l = course;

	while (*l && !teaches(*l, d))
		l++;
	return *l;
}

static json_t *ids_of(const struct diagnosis *const *d)
{
	json_t *ids = json_array();

	for (; d && *d; d++)
		json_array_append_new(ids, json_string((*d)->id));
	return ids;
}

static json_t *describe_check(const struct check *c, int points)
{
	return json_pack("{s:s, s:i, s:s, s:s, s:o}", "id", c->id, "points",
			 points, "claim", _(c->claim), "hint", _(c->hint),
			 "suspects", ids_of(c->suspects));
}

static json_t *describe_lab(const struct lab *lab, const struct policy *p)
{
	json_t *checks = json_array();

	for (const struct check *const *c = lab->checks; *c; c++)
		json_array_append_new(
			checks, describe_check(*c, policy_points(p, lab, *c)));
	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "lab", lab->name, "title",
			 _(lab->title), "checks", checks, "suspects",
			 ids_of(lab->suspects), "teaches",
			 ids_of(lab->teaches));
}

static json_t *describe_diagnosis(const struct diagnosis *d)
{
	return json_pack("{s:s, s:s, s:s}", "id", d->id, "title", _(d->title),
			 "text", _(d->text));
}

/* Every one that there is, where it is taught first. */
static json_t *describe_diagnoses(void)
{
	json_t *diagnoses = json_array();

	for (const struct lab *const *l = course; *l; l++)
		for (const struct diagnosis *const *d = (*l)->teaches; *d; d++)
			if (first_to_teach(*d) == *l)
				json_array_append_new(diagnoses,
						      describe_diagnosis(*d));
	json_array_append_new(diagnoses, describe_diagnosis(&unknown));
	return diagnoses;
}

static void list_as_json(const struct options *o)
{
	json_t *labs = json_array(), *whole;

	for (size_t i = 0; i < o->n_labs; i++)
		json_array_append_new(labs,
				      describe_lab(o->labs[i], &o->policy));
	whole = json_pack("{s:i, s:o, s:o}", "version", 1, "labs", labs,
			  "diagnoses", describe_diagnoses());
	json_dumpf(whole, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(whole);
}

void print_list(const struct options *o)
{
	if (o->format == &report_json)
		list_as_json(o);
	else if (o->format == &report_text)
		list_as_text(o);
	else
		die_usage("--list comes as text or json, not as %s",
			  o->format->name);
}
