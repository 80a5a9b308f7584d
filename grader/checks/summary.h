/* SPDX-License-Identifier: MIT */
/* summary.h - a server of one process is told to stop, and sums up */
#ifndef GRADER_CHECKS_SUMMARY_H
#define GRADER_CHECKS_SUMMARY_H

#include "../check.h"

struct summary {
	unsigned long long clients, bytes;
};

/* `served C clients, B bytes`, alone on a line of what it has printed. */
bool read_summary(struct trial *t, struct summary *s);

/* SIGTERM, and once more if it slept on.  Has it ended? */
bool stops(struct trial *t);

/* It ends on SIGTERM, by itself, with status 0. */
void expect_stop(struct trial *t);

/* Any summary at all; the clients and bytes are the caller's to judge. */
struct summary expect_summary(struct trial *t, const char *expected);

#endif
