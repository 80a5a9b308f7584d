/* SPDX-License-Identifier: MIT */
/* judge.h - all jobs of a run, as many at once as asked for */
#ifndef GRADER_JUDGE_H
#define GRADER_JUDGE_H

#include "course.h"
#include "stage.h"
#include "trial.h"

/* What is to be judged. */
struct order {
	struct settings set;
	const struct lab *const *labs;	 /* NULL-terminated */
	const struct check *const *only; /* these checks, NULL-terminated; NULL:
					    all */
	struct stage stage;
	int jobs; /* at once */
};

/* The judge's process: builds, runs every check, and writes a line of JSON for
 * each result to `out` as it is known:
 *
 *	{"lab": NAME, "check": ID, "status": …}	 a check, with its verdict
 *	{"lab": NAME, "seconds": S}		 a lab is done
 *	{"running": "ID, ID", "done": N, "of": M}	 for those who wait
 *
 * Exits with 0 when all is told. */
_Noreturn void judge(const struct order *order, const char *room, int out);

/* Is the check among those that were asked for? */
bool is_wanted(const struct order *order, const struct check *check);

#endif
