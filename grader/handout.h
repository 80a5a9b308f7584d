/* SPDX-License-Identifier: MIT */
/* handout.h - what the handouts say, by heading */
#ifndef GRADER_HANDOUT_H
#define GRADER_HANDOUT_H

/* What stands in the course at `root` under a heading, as Markdown:
 * "labs/03-fork/README.md#zombies".  Without the comments that are lines of their
 * own.  NULL if there is no such place.  The caller frees it. */
char *handout_section(const char *root, const char *where);

#endif
