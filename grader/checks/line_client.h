/* SPDX-License-Identifier: MIT */
/* line_client.h - a client that sends each line typed, and prints what comes */
#ifndef GRADER_CHECKS_LINE_CLIENT_H
#define GRADER_CHECKS_LINE_CLIENT_H

#include "../check.h"

/* Program p is the client, the grader is its server on connection n. */

/* One line there and back; one without a newline, and then the client ends. */
void converse(struct trial *t, struct program *p, int n, const char *s);
void converse_last(struct trial *t, struct program *p, int n, const char *s);

/* Answers that come byte by byte, and two at once. */
void takes_any_pieces(struct trial *t, struct program *p, int n);

/* It has been started under a tool: lines of all telling lengths, then the end.
 * False: it does not connect, or a line did not come as it was typed. */
bool line_session(struct trial *t, struct program *p);

/* n letters, the last of them a newline, and a NUL. */
void random_line(struct trial *t, char *to, size_t n);

#endif
