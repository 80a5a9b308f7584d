/* SPDX-License-Identifier: MIT */
/* sessions.h - what servers go through under a tool, for the memory checks */
#ifndef GRADER_CHECKS_SESSIONS_H
#define GRADER_CHECKS_SESSIONS_H

#include "../check.h"

/*
 * Each starts the server under the tool and ends it by SIGTERM; false: not every
 * byte came back as it was sent.  Once the server is found to be restless what
 * is left is not asked any more: every wait would take long.
 */

/* Messages of all telling sizes on one connection each way of ending. */
bool telling_session(struct trial *t, enum tool tool);

/* The same, and more clients one after the other: what is lost with each of
 * them shows.  Under the sanitizers, which are fast, they are more than a table
 * that is never emptied is wont to have room for.  Then some at once, who leave
 * in another order than they came in. */
#define DOZEN 12
#define TABLEFUL 140
#define FEW 4
bool crowded_session(struct trial *t, enum tool tool);

/* Two clients in turn send messages of all lengths, others come and go. */
#define VISITORS 20
bool visited_session(struct trial *t, enum tool tool);

/* Any bytes but NUL: what takes them for a string runs on to the end of its
 * buffer, and beyond. */
void endless_bytes(struct trial *t, void *to, size_t n);

#endif
