/* SPDX-License-Identifier: MIT */
/* handout.c - what the handouts say, by heading */
#include "handout.h"

#include "base.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HANDOUT_BYTES_MAX (1u << 20)

/* As the web sites do that show these files: small letters, a dash for a space,
 * and nothing of punctuation. */
static bool is_anchor(const char *heading, size_t n, const char *anchor)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)heading[i];

		if (c != ' ' && c != '-' && c != '_' && !isalnum(c))
			continue;
		if (*anchor++ != (c == ' ' ? '-' : (char)tolower(c)))
			return false;
	}
	return !*anchor;
}

/* A translated heading has its anchor in a line of its own before it. */
static const char anchor_line[] = "<a id=\"";

static bool names(const char *line, const char *anchor)
{
	const char *id = line + strlen(anchor_line);

	return strcspn(id, "\"") == strlen(anchor) &&
	       strncmp(id, anchor, strlen(anchor)) == 0;
}

/* From behind its heading to the next one, none of them in a block of code. */
static char *find_section(char *all, const char *anchor)
{
	char *begin = NULL;
	bool code = false, named = false;

	for (char *line = all, *end; *line; line = end) {
		size_t hashes = strspn(line, "#");
		bool is_name =
			strncmp(line, anchor_line, strlen(anchor_line)) == 0;
		bool is_heading = hashes && line[hashes] == ' ';

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		code ^= strncmp(line, "```", 3) == 0;
		if (code || !(is_name || is_heading))
			continue;
		if (begin) {
			*line = 0;
			return begin;
		}
		if (is_name) {
			named = names(line, anchor);
			continue;
		}
		line += hashes + 1;
		if (named || is_anchor(line, strcspn(line, "\n"), anchor))
			begin = end;
		named = false;
	}
	return begin;
}

/* The marks for tests/handout.sh, a line each, are not for who reads this. */
static void drop_marks(char *section)
{
	char *to = section;
	bool code = false;

	for (char *line = section, *end; *line; line = end) {
		bool mark = strncmp(line + strspn(line, " "), "<!--", 4) == 0;

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		code ^= strncmp(line, "```", 3) == 0;
		if (mark && !code)
			continue;
		memmove(to, line, (size_t)(end - line));
		to += end - line;
	}
	*to = 0;
}

char *handout_section(const char *root, const char *where)
{
	const char *anchor = strchr(where, '#');
	char *path, *all, *section;

	if (!anchor)
		return NULL;
	path = text("%s/%.*s", root, (int)(anchor - where), where);
	all = slurp(path, HANDOUT_BYTES_MAX);
	free(path);
	section = all ? find_section(all, anchor + 1) : NULL;
	section = section ? must_strdup(section) : NULL;
	free(all);
	if (section)
		drop_marks(section);
	return section;
}
