/* SPDX-License-Identifier: MIT */
/* chorus.h - clients who all talk at once */
#ifndef GRADER_CHECKS_CHORUS_H
#define GRADER_CHECKS_CHORUS_H

#include "../check.h"

/* What each of them says. */
extern const char chorus[];

/* All clients from this one on talk at once.  That as many bytes come back is
 * enough here: whose they are is what other checks ask. */
enum outcome talk_at_once(struct trial *t, int from);
void expect_chorus(struct trial *t, int from);

#endif
