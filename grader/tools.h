/* SPDX-License-Identifier: MIT */
/* tools.h - reading valgrind's XML, as the words that judge it share it */
#ifndef GRADER_TOOLS_H
#define GRADER_TOOLS_H

#include "base.h"
#include "course.h"
#include "trial.h"

#include <libxml/tree.h>

/* Of the trial's notes, one that is there; `content` ends in NUL.  Of all of
 * them together no more than 16 MiB is read. */
bool read_note(int dir, const char *name, struct bytes *content);

/* Its tree, as far as it was written; NULL if there is none. */
xmlDoc *parse_note(const struct bytes *xml);

/* The text of an element, without that of elements in it: "" if there is none.
 * The caller frees it. */
char *own_text(const xmlNode *of);

/* The first element of that name, and its text. */
const xmlNode *child(const xmlNode *of, const char *name);
char *content(const xmlNode *of, const char *name);

/* "server.c"? */
bool is_source_of(const struct lab *lab, const char *file);

#endif
