/* SPDX-License-Identifier: MIT */
/* excerpt.c - the lines of a submission that a finding speaks of */
#include "excerpt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define EXCERPTS_MAX 4
#define CONTEXT 2 /* lines before and after */
#define COLUMNS_MAX 160
#define TAB 8

static const struct bytes *source_of(const struct stage *s,
				     const struct lab *lab, const char *file)
{
	char *path = text("src/%s/%s", lab->name, file);
	const struct bytes *found = NULL;

	for (size_t i = 0; i < s->n && !found; i++)
		if (strcmp(s->file[i].path, path) == 0)
			found = &s->file[i].content;
	free(path);
	return found;
}

/* A line as it can be shown anywhere: no tabs, no controls, and not too long. */
static json_t *shown(const char *line, size_t n)
{
	char out[COLUMNS_MAX + TAB + sizeof("...")];
	size_t at = 0, i;

	if (n && line[n - 1] == '\r') /* as some editors end it */
		n--;
	for (i = 0; i < n && at < COLUMNS_MAX; i++) {
		size_t to = line[i] == '\t' ? at + TAB - at % TAB : at + 1;

		memset(out + at,
		       line[i] == '\t' ? ' '
		       : line[i]       ? line[i]
				       : '?',
		       to - at);
		at = to;
	}
	while (i < n && at && ((unsigned char)line[i] & 0xc0) == 0x80) {
		i--; /* no half characters */
		at--;
	}
	strcpy(out + at, i < n ? "..." : "");
	make_printable(out);
	return json_string(out);
}

static unsigned long lines_of(const struct bytes *source)
{
	unsigned long n = 0;

	for (size_t i = 0; i < source->n; i++)
		n += source->data[i] == '\n' || i + 1 == source->n;
	return n;
}

static json_t *lines_around(const struct bytes *source, unsigned long line,
			    unsigned long first)
{
	const char *at = (const char *)source->data, *end = at + source->n;
	json_t *lines = json_array();

	for (unsigned long n = 1; at < end && n <= line + CONTEXT; n++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		if (n >= first)
			json_array_append_new(lines,
					      shown(at, (size_t)(stop - at)));
		at = stop + 1;
	}
	return lines;
}

static bool is_known(const json_t *all, const char *file, unsigned long line)
{
	const json_t *e;
	size_t i;

	json_array_foreach(all, i, e)
	{
		if (strcmp(json_string_value(json_object_get(e, "file")),
			   file) == 0 &&
		    json_integer_value(json_object_get(e, "line")) ==
			    (json_int_t)line)
			return true;
	}
	return false;
}

static void add_excerpt(json_t *all, const struct stage *s,
			const struct lab *lab, const char *file,
			unsigned long line)
{
	const struct bytes *source = source_of(s, lab, file);
	unsigned long first = line > CONTEXT ? line - CONTEXT : 1;

	if (source && line <= lines_of(source) && !is_known(all, file, line) &&
	    json_array_size(all) < EXCERPTS_MAX)
		json_array_append_new(
			all,
			json_pack("{s:s, s:I, s:I, s:o}", "file", file, "line",
				  (json_int_t)line, "first", (json_int_t)first,
				  "lines", lines_around(source, line, first)));
}

json_t *excerpts(const struct stage *s, const struct lab *lab, const char *said)
{
	json_t *all = json_array();

	for (const char *const *p = lab->programs; *p; p++) {
		char *file = text("%s.c", *p), *place = text("%s:", file);

		for (const char *at = said; (at = strstr(at, place));) {
			unsigned long line;

			/* dgram_server.c is not server.c */
			bool whole = at == said || strchr(" (\n/", at[-1]);

			at += strlen(place);
			line = isdigit((unsigned char)*at)
				       ? strtoul(at, NULL, 10)
				       : 0;
			if (whole && line > 0)
				add_excerpt(all, s, lab, file, line);
		}
		free(place);
		free(file);
	}
	return all;
}
