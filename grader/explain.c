/* SPDX-License-Identifier: MIT */
/* explain.c - a diagnosis, or a check, told without a program at hand */

/*
 * All of it stands in the handouts: under Frequent mistakes what the mistake is
 * and how it is mended, and in the sections to which that leads what it looks
 * like, with commands that were run.
 */
#include "explain.h"

#include "base.h"
#include "handout.h"
#include "language.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_MAX 8 /* sections that one explanation can lead to */

struct explanation {
	const char *root;
	char *seen[SEEN_MAX]; /* told already */
	size_t n;
};

/* Markdown as it is, but links are only their words. */
static void put_plain(const char *s)
{
	bool code = false;

	for (; *s; s++) {
		const char *words = strstr(s, "](");
		const char *end = words ? strchr(words, ')') : NULL;

		if (strncmp(s, "```", 3) == 0)
			code = !code;
		if (!code && *s == '[' && end &&
		    (size_t)(words - s) == strcspn(s, "]")) {
			fwrite(s + 1, 1, (size_t)(words - s - 1), stdout);
			s = end;
		} else {
			putchar(*s);
		}
	}
}

static bool is_news(struct explanation *e, const char *where)
{
	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->seen[i], where) == 0)
			return false;
	if (e->n == SEEN_MAX)
		return false;
	e->seen[e->n++] = must_strdup(where);
	return true;
}

static void put_section(struct explanation *e, const char *where);

/* "#a-port-held-by-nobody", or "../01-bare/README.md#zombies": the place that a
 * link in the handout at `here` leads to; NULL if that is no handout's. */
static char *place(const char *here, const char *link, size_t n)
{
	if (*link == '#')
		return text("%.*s%.*s", (int)strcspn(here, "#"), here, (int)n,
			    link);
	if (strncmp(link, "../", 3) == 0 && memchr(link, '#', n))
		return text("labs/%.*s", (int)n - 3, link + 3);
	return NULL;
}

static void put_linked(struct explanation *e, const char *here, const char *s)
{
	while ((s = strstr(s, "]("))) {
		size_t n = strcspn(s += 2, ")");
		char *there = place(here, s, n);

		if (there)
			put_section(e, there);
		free(there);
	}
}

static void put_section(struct explanation *e, const char *where)
{
	char *s = handout_section(e->root, where);

	if (s && is_news(e, where)) {
		printf("\n---- %s\n", where);
		put_plain(s);
		if (e->n < 3) /* what it leads to, and what that does */
			put_linked(e, where, s);
	}
	free(s);
}

/* The labs that teach it, the one that was asked for before the others. */
static void explain_diagnosis(const struct options *o,
			      const struct diagnosis *d)
{
	struct explanation e = {.root = o->root};
	const struct lab *first = NULL;

	for (size_t i = 0; i < o->n_labs && !first; i++)
		if (teaches(o->labs[i], d))
			first = o->labs[i];
	printf("%s: %s\n\n%s\n", d->id, _(d->title), _(d->text));
	put_section(&e, taught_at(d, first ? first : course[0]));
	for (size_t i = 0; i < e.n; i++)
		free(e.seen[i]);
}

static const struct check *check_called(const char *id)
{
	const struct check *c = NULL;

	for (const struct lab *const *l = course; *l && !c; l++)
		c = find_check(*l, id);
	return c;
}

void explain(const struct options *o, const char *id)
{
	const struct diagnosis *d = find_diagnosis(id);
	const struct check *c = check_called(id);

	if (!d && !c)
		die_usage("nothing is called %s: neither a diagnosis nor a "
			  "check (--list prints the checks)",
			  id);
	if (d) {
		explain_diagnosis(o, d);
		return;
	}
	printf("%s: %s\n\n%s\n", c->id, _(c->claim), _(c->hint));
	if (c->suspects)
		printf("\n%s\n", _("Where it fails it is often one of these:"));
	for (const struct diagnosis *const *s = c->suspects; s && *s; s++)
		printf("  %-26s %s\n", (*s)->id, _((*s)->title));
}
