/* SPDX-License-Identifier: MIT */
/* peer.h - words for the grader as server, where a client is judged */
#ifndef GRADER_WORDS_PEER_H
#define GRADER_WORDS_PEER_H

#include "../trial.h"

/* Connections are numbered as in check.h. */

/* Take the port without accepting. */
void occupy_port(struct trial *t);
/* Accept the program's connection; its number. */
int expect_caller(struct trial *t);
/* Exactly these bytes come from the program. */
void expect_from(struct trial *t, int n, const char *s);
void answer(struct trial *t, int n, const char *s);

/* For experiments: the same as expect_caller() and expect_from(), reporting
 * instead. */
bool is_called(struct trial *t);
bool comes(struct trial *t, int n, const char *s);

#endif
