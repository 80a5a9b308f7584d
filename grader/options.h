/* SPDX-License-Identifier: MIT */
/* options.h - what the command line of `grade` asks for */
#ifndef GRADER_OPTIONS_H
#define GRADER_OPTIONS_H

#include "course.h"
#include "policy.h"
#include "report/report.h"

#include <stdint.h>

enum sandboxing { WHERE_POSSIBLE, REQUIRED, SWITCHED_OFF };

/* Both lists end in NULL. */
struct options {
	const struct lab *labs[32];
	const struct check *only[64];
	const char *only_id[64];
	size_t n_labs, n_only;
	const char *explain; /* a name, instead of grading; or NULL */
	const char *say;     /* a text, instead of grading; or NULL */
	const char *render;  /* a result, instead of grading; or NULL */
	const char *submission, *output; /* NULL: this checkout, stdout */
	const char *root, *build; /* where the course is, and the grader */
	const struct report *format;
	struct policy policy;
	struct occasion when;
	bool list, timelines, stop_at_failure, has_policy;
	int jobs;
	uint64_t seed;
	double factor;
	enum sandboxing sandboxing;
};

/* Take the command line apart.  Ends the process where there is no more to do
 * (--help), or after one line on stderr where it makes no sense. */
void parse_options(struct options *o, int argc, char **argv);

#endif
