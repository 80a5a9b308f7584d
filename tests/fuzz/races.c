/* SPDX-License-Identifier: MIT */
/* races.c - fuzzes what helgrind leaves, as tools_thread.c reads it. */
#include "../../grader/tools_thread.c" /* NOLINT(bugprone-suspicious-include) */

#include "target.h"

static const char *const programs[] = {"server", NULL};
static const struct lab lab = {.name = "04-pthread", .programs = programs};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes note = {0};
	const xmlNode *root;
	char *found;
	xmlDoc *doc;

	bytes_add(&note, data, n);
	bytes_add(&note, "", 1);
	note.n--;
	doc = parse_note(&note);
	root = doc ? xmlDocGetRootElement(doc) : NULL;
	found = root ? first_race(&lab, root) : NULL;
	if (found) {
		json_t *s;

		make_printable(found);
		s = json_string(found);
		must(s);
		json_decref(s);
	}
	free(found);
	if (doc)
		xmlFreeDoc(doc);
	bytes_free(&note);
	return 0;
}
