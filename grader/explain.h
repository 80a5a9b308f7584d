/* SPDX-License-Identifier: MIT */
/* explain.h - a diagnosis, or a check, told without a program at hand */
#ifndef GRADER_EXPLAIN_H
#define GRADER_EXPLAIN_H

#include "options.h"

/* Print it: what it is, what the handouts say of it, and how it looks.  Ends in
 * die_usage() if nothing has that name. */
void explain(const struct options *o, const char *id);

#endif
