/* SPDX-License-Identifier: MIT */
/* list.h - the course told without a program at hand */
#ifndef GRADER_LIST_H
#define GRADER_LIST_H

#include "options.h"

/* Print the checks of the labs that were asked for: as text, or as JSON with
 * their diagnoses (README.md lists the members).  Ends in die_usage() for
 * another format. */
void print_list(const struct options *o);

#endif
