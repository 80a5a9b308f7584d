/* SPDX-License-Identifier: MIT */
/* html_section.c - a section of a handout, for the HTML report */
#include "html.h"

#include "base.h"

#include <cmark.h>
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

/* From behind its heading to the next one, none of them in a block of code. */
static char *find_section(char *all, const char *anchor)
{
	char *begin = NULL;
	bool code = false;

	for (char *line = all, *end; *line; line = end) {
		size_t hashes = strspn(line, "#");

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		code ^= strncmp(line, "```", 3) == 0;
		if (code || !hashes || line[hashes] != ' ')
			continue;
		if (begin) {
			*line = 0;
			return begin;
		}
		line += hashes + 1;
		if (is_anchor(line, strcspn(line, "\n"), anchor))
			begin = end;
	}
	return begin;
}

/* A link into the course leads nowhere from a report: its words stay. */
static void unlink_nodes(cmark_node *document)
{
	cmark_iter *i = cmark_iter_new(document);

	while (cmark_iter_next(i) != CMARK_EVENT_DONE) {
		cmark_node *link = cmark_iter_get_node(i), *word;

		if (cmark_iter_get_event_type(i) != CMARK_EVENT_EXIT ||
		    cmark_node_get_type(link) != CMARK_NODE_LINK ||
		    strncmp(cmark_node_get_url(link), "http", 4) == 0)
			continue;
		while ((word = cmark_node_first_child(link)))
			cmark_node_insert_before(link, word);
		cmark_node_free(link);
	}
	cmark_iter_free(i);
}

static void put_markdown(FILE *out, const char *s)
{
	cmark_node *document =
		cmark_parse_document(s, strlen(s), CMARK_OPT_DEFAULT);
	char *html;

	unlink_nodes(document);
	html = cmark_render_html(document, CMARK_OPT_DEFAULT);
	fputs(html, out);
	free(html);
	cmark_node_free(document);
}

void put_section(FILE *out, const char *root, const char *where)
{
	const char *anchor = strchr(where, '#');
	char *path, *all, *section;

	if (!anchor)
		return;
	path = text("%s/%.*s", root, (int)(anchor - where), where);
	all = slurp(path, HANDOUT_BYTES_MAX);
	free(path);
	section = all ? find_section(all, anchor + 1) : NULL;
	if (section)
		put_markdown(out, section);
	free(all);
}
