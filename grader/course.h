/* SPDX-License-Identifier: MIT */
/* course.h - the course as data: labs, their checks, named misconceptions */
#ifndef GRADER_COURSE_H
#define GRADER_COURSE_H

#include <stdbool.h>
#include <stddef.h>

struct trial;

/* A named misconception.  `holds` is the experiment that confirms it on the
 * live program, or reads it from the evidence at hand (struct trial, seen); it
 * must not fail the trial.  Without one, only a word may name the diagnosis. */
struct diagnosis {
	const char *id;	   /* stable; also the anchor of its handout heading */
	const char *title; /* one line, no full stop */
	const char *text;  /* two or three sentences for the student */
	bool (*holds)(struct trial *t);
};

/* One claim of a handout, and the program that proves it. */
struct check {
	const char *id;
	int points;
	const char *claim;	       /* present tense, one line */
	const char *hint;	       /* a question, not the answer */
	void (*body)(struct trial *t); /* NULL: judged from the build alone */
	const struct diagnosis *const *suspects; /* NULL-terminated, or NULL */
	const char *program; /* that it cannot do without; NULL: "server" */
	bool all_programs;   /* it needs every program of the lab */
	bool gate;  /* runs before the others: where it finds no listening
		      server, theirs are skipped instead of failed */
	bool slow;  /* a start under memcheck or the like: scheduled first */
	bool races; /* it needs the programs as they are built for helgrind */
};

struct lab {
	const char *name;	     /* "03-fork": also its directory */
	const char *title;	     /* what it teaches, one line */
	const char *const *programs; /* NULL-terminated: server -> server.c */
	const struct check *const *checks; /* NULL-terminated, handout order */
	const struct diagnosis *const *suspects; /* of every failure, after the
						    check's own; or NULL */
	bool threads; /* in numbers: each reserves room for a stack */
	const struct diagnosis *const *teaches; /* the headings under Frequent
						    mistakes in its handout */
	/* What is set by labs whose servers are not TCP echoes: */
	bool local; /* they listen at a path (AF_UNIX), not on a port */
	void (*answer)(void *data, size_t n); /* what they make of a message,
						 in place */
};

/* NULL-terminated. */
extern const struct lab *const course[];

/* "3", "03" or "03-fork"; NULL if there is no such lab. */
const struct lab *find_lab(const char *name);

/* NULL if the lab has no such check. */
const struct check *find_check(const struct lab *lab, const char *id);

bool teaches(const struct lab *lab, const struct diagnosis *d);

/* Where to read about it, for a student of this lab: file#heading, of the first
 * lab that teaches it if this one does not. */
const char *taught_at(const struct diagnosis *d, const struct lab *lab);

/* NULL if there is none of that name. */
const struct diagnosis *find_diagnosis(const char *id);

#endif
