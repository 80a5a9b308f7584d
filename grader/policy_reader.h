/* SPDX-License-Identifier: MIT */
/* policy_reader.h - between the parts that read a policy file */
#ifndef GRADER_POLICY_READER_H
#define GRADER_POLICY_READER_H

#include "policy.h"

enum { N_KEYS = 7 };

struct reader {
	struct policy *policy;
	const char *name;
	int line;
	enum section section;
	int set_in[N_KEYS]; /* the line in which a key was set; 0: none */
	char *wrong;	    /* the first thing that is */
};

/* As they are written, by enum section. */
extern const char *const section_names[];

/* The line that is being read is wrong; only the first complaint is kept. */
void wrong(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "a, b" and c make "a, b, c"; NULL and a make "a".  Frees so_far; the caller
 * frees the new one. */
char *listed(char *so_far, const char *name);

/* A whole number from 0 to `most`; complains of anything else. */
int64_t take_whole(struct reader *r, const char *key, const char *value,
		   int64_t most);

/* key = value in a section on labs or checks, and in one with keys of its own. */
void take_rule(struct reader *r, const char *key, const char *value);
void take_key(struct reader *r, const char *key, const char *value);

/* At the end: what no line by itself can show. */
void check_rules(struct reader *r);

#endif
