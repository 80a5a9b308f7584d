/* SPDX-License-Identifier: MIT */
/* columns.h - text in the columns of a terminal, where Chinese takes two for one */
#ifndef GRADER_REPORT_COLUMNS_H
#define GRADER_REPORT_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/* Columns that the first n bytes take. */
size_t columns(const char *s, size_t n);

/* How many bytes of s are in its first columns, `most` of them, no character cut. */
size_t bytes_within(const char *s, size_t most);

/* One line of n bytes, broken into lines of `width` columns: at spaces, and
 * between Chinese characters.  The first begins in column `indent`, where the
 * cursor is; the others are indented as far. */
void put_wrapped(FILE *out, const char *s, size_t n, size_t indent,
		 size_t width);

#endif
