/* SPDX-License-Identifier: MIT */
/* court.h - the judge's tasks, as its parts share them */
#ifndef GRADER_COURT_H
#define GRADER_COURT_H

#include "judge.h"
#include "run.h"

#include <jansson.h>

enum state { WAITING, RUNNING_NOW, FINISHED };

struct task {
	struct job job;
	enum state state;
	pid_t pid;
	int report;
	struct bytes said;
	json_t *verdict;
	uint64_t began;
};

struct court {
	const struct order *order;
	int out;
	struct task *task;
	size_t n, running;
};

/* The task that builds this program with this tool, NULL if there is none. */
struct task *find_build(struct court *c, const struct lab *lab,
			const char *program, enum tool tool);

/* Is it finished, with this status (verdict.h)? */
bool status_is(const struct task *t, const char *status);

/* The lab's check that the builds alone decide, and its verdict; the caller
 * owns the reference. */
const struct check *build_check(const struct lab *lab);
json_t *verdict_of_build(struct court *c, const struct lab *lab);

/* Tell whoever listens at c->out (judge.h). */
void tell_check(struct court *c, const struct lab *lab, const struct check *k,
		json_t *verdict);
void tell_if_lab_done(struct court *c, const struct lab *lab);
void tell_progress(struct court *c);

#endif
