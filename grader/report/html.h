/* SPDX-License-Identifier: MIT */
/* html.h - between the parts of the HTML report */
#ifndef GRADER_REPORT_HTML_H
#define GRADER_REPORT_HTML_H

#include <jansson.h>
#include <stdio.h>

/* Text, of which nothing is taken for a tag. */
void put_text(FILE *out, const char *s);

/* The timeline of a check, as a picture (SVG). */
void put_picture(FILE *out, const json_t *check);

/* What the handout of the course at `root` says under its heading,
 * "labs/03-fork/README.md#zombies"; nothing if that cannot be read. */
void put_section(FILE *out, const char *root, const char *where);

#endif
