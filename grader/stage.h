/* SPDX-License-Identifier: MIT */
/* stage.h - the few files that judging needs, read into memory */

/*
 * Nothing of a submission but the files that its lab names is ever looked at,
 * and nothing of the checkout is visible to it.  So all that judging needs is
 * read here, before any privilege is dropped, and written again inside the
 * judge's room, which is memory that vanishes with it.
 */
#ifndef GRADER_STAGE_H
#define GRADER_STAGE_H

#include "base.h"
#include "course.h"

#include <sys/types.h>

#define SOURCE_BYTES_MAX (1u << 20)

struct staged_file {
	char *path; /* relative to the room */
	mode_t mode;
	struct bytes content;
};

struct stage {
	struct staged_file *file;
	size_t n;
};

/* Read the lab's .c files from a submission: the lab's own folder, a folder that
 * holds the labs' folders, or a whole checkout with labs/ in it.  Symbolic links
 * are not followed, only regular files are read.  A file that is missing is left
 * out (its program then does not build); what cannot be graded at all ends in
 * die_usage(). */
void stage_submission(struct stage *s, const char *dir, const struct lab *lab,
		      bool several_labs);

/* Read what the course gives to every trial from its root directory and the
 * build directory: common/'s headers and archive, agent, witness. */
void stage_course(struct stage *s, const char *root, const char *build);

/* Write all of it below an existing directory. */
void stage_write(const struct stage *s, const char *room);

#endif
