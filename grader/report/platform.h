/* SPDX-License-Identifier: MIT */
/* platform.h - what the formats for other people's programs have in common */
#ifndef GRADER_REPORT_PLATFORM_H
#define GRADER_REPORT_PLATFORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A check as a platform knows it: a test.  The strings are harmless: no control
 * characters but line ends, nothing that XML cannot hold, nothing that the
 * systems which run graders would take for a command in their logs. */
struct test {
	const json_t *check;
	const char *status;
	char *lab, *id;
	char *name;    /* the claim; of several labs, the lab before it */
	char *account; /* what came of it, what to do now; "": it passed */
	char *steps;   /* what was done, in the end; a line each */
	char *command; /* to try only this again */
	size_t number; /* from 1, over all labs */
	double seconds;
};

/* Tell each check to `tell`, in order.  The accounts take `most` bytes in all,
 * and a fair share each. */
void each_test(const json_t *result, size_t most,
	       void (*tell)(void *to, const struct test *test), void *to);

/* The same, as a list of what `make` has made; the caller's. */
json_t *tests_of(const json_t *result, size_t most,
		 json_t *(*make)(const struct test *test));

/* How many checks have this status; NULL: any. */
size_t count_checks(const json_t *result, const char *status);

/* Of all labs: "points", "max_points" or "seconds". */
double sum_of_labs(const json_t *result, const char *key);

/* A number without a fraction is an integer in JSON, too. */
json_t *points_of(const json_t *object, const char *key);
json_t *json_points(double points);

/* Has nothing been tried, since nothing compiles? */
bool nothing_compiles(const json_t *result);

/* pass, fail or error: an error of the grader comes before all. */
const char *status_of_all(const json_t *result);

/* On the whole: the points, or that the grader has failed; and the notes. */
char *summary_of(const json_t *result);

/* What a policy has to say of the labs, a line each, the caller's; "": nothing. */
char *notes_of(const json_t *result);

/* Points that its checks have won and the lab has not: it came late. */
double taken_off(const json_t *lab);
const char *not_your_fault(void);

/* One lab's result, the caller's. */
json_t *result_of_lab(json_t *lab);

/* What the platforms may show, of at most so many bytes; the caller's. */
char *harmless(const char *s, size_t most);

/* One line, or many; ASCII, and numbers as short as they can be. */
void put_json_line(FILE *out, json_t *made);
void put_json_file(FILE *out, json_t *made);

#endif
