/* SPDX-License-Identifier: MIT */
/* excerpt.h - the lines of a submission that a finding speaks of */
#ifndef GRADER_EXCERPT_H
#define GRADER_EXCERPT_H

#include "stage.h"

#include <jansson.h>

/* For every place like "server.c:78" in `said` that is in the lab's sources, an
 * object {file, line, first, lines}: the number of the line, of the first that is
 * shown, and the lines themselves, which are harmless to show. */
json_t *excerpts(const struct stage *s, const struct lab *lab,
		 const char *said);

#endif
