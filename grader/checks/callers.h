/* SPDX-License-Identifier: MIT */
/* callers.h - clients for whom the server may have no room yet */
#ifndef GRADER_CHECKS_CALLERS_H
#define GRADER_CHECKS_CALLERS_H

#include "../check.h"

/* One more connects, and is answered. */
void next_client(struct trial *t);

/* Some of those who are connected leave, but not client 1.  As many are let in,
 * if so many wait: a server may also have turned them away. */
void expect_next_ones(struct trial *t);

#endif
