/* SPDX-License-Identifier: MIT */
/* html_section.c - a section of a handout, for the HTML report */
#include "html.h"

#include "handout.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

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
	char *section = handout_section(root, where);

	if (section)
		put_markdown(out, section);
	free(section);
}
