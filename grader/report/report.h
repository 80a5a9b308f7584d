/* SPDX-License-Identifier: MIT */
/* report.h - a format in which results are told */
#ifndef GRADER_REPORT_H
#define GRADER_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct report_style {
	bool colour;
	const char *root; /* of the course: the handouts are in there */
	bool timelines;	  /* of every check that has one, and whole */
};

/* All results are JSON objects as README.md in this directory's parent lists
 * them.  A format sees each check as soon as it is known, in the handout's
 * order, then each lab, then the whole; NULL: not interested. */
struct report {
	const char *name;
	/* Before anything is graded: ends the process, with one line, where
	 * this format could not be told. */
	void (*begin)(void);
	/* Read by the instructor, or by a platform that hides what is marked so:
	 * no other format is given a check that its "visibility" hides. */
	bool keeps_hidden;
	void (*check)(FILE *out, const struct report_style *style,
		      const json_t *check);
	void (*lab)(FILE *out, const struct report_style *style,
		    const json_t *lab);
	/* The first failure, when nothing is told after it. */
	void (*failure)(FILE *out, const struct report_style *style,
			const json_t *check);
	void (*whole)(FILE *out, const struct report_style *style,
		      const json_t *result);
};

extern const struct report report_text, report_json, report_html, report_junit,
	report_tap, report_gradescope, report_github, report_classroom50,
	report_autolab, report_exercism, report_prairielearn;

/* To the terminal goes nothing that it would obey.  All strings are harmless
 * when they come here; this is the last gate. */
void put_harmless(FILE *out, const char *s, size_t n);

/* The timeline of a check (timeline.h), if it has one: its last `most` rows. */
void put_timeline(FILE *out, const struct report_style *style,
		  const json_t *check, size_t most);

/* NULL if there is no format of that name. */
const struct report *find_report(const char *name);

/* "text, json", for messages. */
const char *report_names(void);

#endif
