/* SPDX-License-Identifier: MIT */
/* run.h - one check, or one build, in a process and a world of its own */

/*
 * Theory of operation
 *
 * The judge starts a job: a process in a new room that runs one check's body,
 * or one call of the compiler, writes a verdict (a JSON object, verdict.h) into
 * a pipe and exits.  Its end is the end of everything that it started.  A job
 * that ends without a verdict has failed as a piece of the grader: `error`.
 */
#ifndef GRADER_RUN_H
#define GRADER_RUN_H

#include "course.h"
#include "trial.h"

#include <sys/types.h>

struct job {
	const struct lab *lab;
	const struct check *check; /* NULL: build `program` */
	const char *program;
	enum tool tool;		/* of a build: any but MEMCHECK */
	const char *skip_serve; /* why no server can be had, or NULL */
	int number; /* of its directory, where there is no sandbox */
};

/* Start it; *report is the pipe that its verdict will come from. */
pid_t run_job(const struct settings *set, const struct job *job, int *report);

/* The compiler's command for a program, for people to read and repeat. */
extern const char compiler_flags[];

#endif
