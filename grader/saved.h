/* SPDX-License-Identifier: MIT */
/* saved.h - a result that `grade -f json` has written, read back */
#ifndef GRADER_SAVED_H
#define GRADER_SAVED_H

#include <jansson.h>

/* The result in a file, the caller's to release.  The file is not trusted: what
 * the reports read of it has been looked at, type by type.  Ends the process
 * with one line and EXIT_USAGE where it is no result. */
json_t *read_saved(const char *path);

#endif
