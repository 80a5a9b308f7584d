/* SPDX-License-Identifier: MIT */
/* sequential.h - bodies of checks of servers that have one client at a time */
#ifndef GRADER_CHECKS_SEQUENTIAL_H
#define GRADER_CHECKS_SEQUENTIAL_H

#include "../check.h"

/* Client n comes, says a word, and leaves.  The next comes when the server has
 * taken note: whoever stops listening in between could be luckier or less. */
void visit(struct trial *t, int n);
void visits(struct trial *t, int from, int to);

/* A new server's client sends a lot and ends its sending: all of it comes back,
 * and then the end. */
void answers_half_closed(struct trial *t);

/* No more than `most` descriptors are open: as many `as` it says. */
void expect_descriptors(struct trial *t, int most, const char *as);

#endif
