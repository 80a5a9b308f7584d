/* SPDX-License-Identifier: MIT */
/* summary.h - a server is told to stop, and sums up */
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

/* It ends on SIGTERM, by itself, with status 0; so do its children, where the
 * lab is about them. */
void expect_stop(struct trial *t);

/* Any summary at all; the clients and bytes are the caller's to judge. */
struct summary expect_summary(struct trial *t, const char *expected);

/* So many clients, and a number of bytes in these limits. */
void expect_totals(struct trial *t, unsigned long long clients,
		   unsigned long long least, unsigned long long most);

/* Both, of a new server, while three clients are connected; two of them have
 * had their answers, of 12 bytes in all, which may count or not. */
void sums_up_with_clients(struct trial *t);

#endif
