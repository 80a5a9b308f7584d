/* SPDX-License-Identifier: MIT */
/* policy.h - what the instructor decides: weights, hidden checks, lateness, attempts, feedback */
#ifndef GRADER_POLICY_H
#define GRADER_POLICY_H

#include "course.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A policy is applied to what the judge has found, before any report sees it, so
 * every format follows it.  policy.ini beside this file is the course's own, with
 * what each line means.
 */

enum section {
	NO_SECTION,
	MAXIMUM,
	WEIGHT,
	HIDDEN,
	DUE,
	LATE,
	ATTEMPTS,
	FEEDBACK
};

/* A line on labs (MAXIMUM, DUE) or checks (WEIGHT, HIDDEN). */
struct rule {
	enum section section;
	int line;
	char *pattern; /* a name; one that ends in * stands for all so begun */
	char *written; /* the value, as it stands in the file */
	int64_t value; /* points, weight, or seconds since 1970 */
};

/* Values of HIDDEN that are no dates. */
#define HIDDEN_NEVER INT64_MIN
#define HIDDEN_ALWAYS INT64_MAX
#define HIDDEN_UNTIL_DUE (INT64_MAX - 1)

/* Lateness is counted in periods of so many seconds. */
#define POLICY_HOUR 3600
#define POLICY_DAY 86400

struct policy {
	struct rule
		*rule; /* by their lines; of those that match the last counts */
	size_t n;
	int period, percent, at_most; /* of lateness */
	int until;		      /* so many periods; 0: without end */
	int attempts;		      /* allowed; 0: any number */
	int hints, explanations;      /* are shown */
};

/* What is true of one submission and of this hour. */
struct occasion {
	const char *submitted; /* as it was given; NULL: nobody said */
	int64_t submitted_at;
	int64_t now;
	int attempt; /* 0: nobody said */
};

/* The course's own: nothing is changed. */
extern const struct policy course_policy;

/* Read a policy from a file of that name.  NULL; or, if it is not one, what is
 * wrong, "NAME:LINE: ...; what is allowed", in memory that the caller frees. */
char *policy_parse(struct policy *p, FILE *in, const char *name);

/* The same for a path; ends the process if anything is wrong. */
void policy_read(struct policy *p, const char *path);

void policy_free(struct policy *p);

/* The last rule of a section that matches the name; NULL: none. */
const struct rule *policy_rule(const struct policy *p, enum section section,
			       const char *name);

/* What a check gives: whole points, of which those of a lab sum to its maximum. */
int policy_points(const struct policy *p, const struct lab *lab,
		  const struct check *check);

/* Is the check not for the student's eyes, at this hour? */
bool policy_hides(const struct policy *p, const struct occasion *when,
		  const struct lab *lab, const struct check *check);

/* Put a check's result under the policy: points, visibility, feedback. */
void policy_on_check(const struct policy *p, const struct occasion *when,
		     const struct lab *lab, const struct check *check,
		     json_t *result);

/* Sum up a lab's result from its checks, take off what lateness costs, and note
 * what was done.  Hidden checks are taken out of it unless they are to stay. */
void policy_on_lab(const struct policy *p, const struct occasion *when,
		   const struct lab *lab, json_t *result, bool keep_hidden);

/* Put a result that `grade -f json` has saved under the policy, whatever policy
 * it was under before. */
void policy_on_saved(const struct policy *p, const struct occasion *when,
		     json_t *result, bool keep_hidden);

bool has_hidden_checks(const json_t *result);

/* The result of a check that is not tried at all. */
json_t *policy_skipped(const struct lab *lab, const struct check *check,
		       const char *why);

/* Why nothing may be judged any more: one line for the student, which the caller
 * frees; or NULL. */
char *policy_refusal(const struct policy *p, const struct occasion *when);

#endif
