/* SPDX-License-Identifier: MIT */
/* grader_handouts.c - tests that every diagnosis has its heading in the handouts. */

/*
 * A failure sends the student to labs/NN-name/README.md#id: the anchor of a
 * heading of level 3 below "## Frequent mistakes".  Run in the repository's
 * root, as tests/unit.sh does it.
 */
#define _GNU_SOURCE 1
#include "course.h"

#include "base.h"
#include "grader_must.h"

#include <ctype.h>
#include <stdlib.h>

struct heading {
	int level;
	bool a_mistake; /* below "## Frequent mistakes" */
	char text[200], slug[200];
};

struct handout {
	char path[128];
	bool there;
	size_t n;
	struct heading h[400];
};

/* The anchor that GitHub gives a heading: small letters, digits, hyphens and
 * underscores stay, a blank becomes a hyphen, all else goes. */
static void make_slug(char *slug, const char *heading)
{
	size_t n = 0;

	for (const char *p = heading; *p; p++) {
		if (*p == ' ')
			slug[n++] = '-';
		else if (isalnum((unsigned char)*p) || *p == '-' || *p == '_')
			slug[n++] = (char)tolower((unsigned char)*p);
	}
	slug[n] = 0;
}

static void take_heading(struct handout *r, const char *line, bool *mistakes)
{
	size_t level = strspn(line, "#"), n;
	struct heading *h = &r->h[r->n];

	if (!level || level > 6 || line[level] != ' ' ||
	    r->n == sizeof(r->h) / sizeof(*r->h))
		return;
	h->level = (int)level;
	snprintf(h->text, sizeof(h->text), "%s", line + level + 1);
	for (n = strlen(h->text); n && strchr(" #", h->text[n - 1]); n--)
		h->text[n - 1] = 0;
	make_slug(h->slug, h->text);
	if (level <= 2)
		*mistakes = level == 2 &&
			    strcasecmp(h->text, "Frequent mistakes") == 0;
	h->a_mistake = *mistakes && level == 3;
	r->n++;
}

static void read_handout(struct handout *r, const struct lab *lab)
{
	char *all, *state = NULL;
	bool fenced = false, mistakes = false;

	*r = (struct handout){0};
	snprintf(r->path, sizeof(r->path), "labs/%s/README.md", lab->name);
	all = slurp(r->path, 1u << 20);
	r->there = all != NULL;
	for (char *line = all ? strtok_r(all, "\n", &state) : NULL; line;
	     line = strtok_r(NULL, "\n", &state)) {
		const char *p = line + strspn(line, " ");

		line[strcspn(line, "\r")] = 0;
		if (strncmp(p, "```", 3) == 0 || strncmp(p, "~~~", 3) == 0)
			fenced = !fenced;
		else if (!fenced)
			take_heading(r, line, &mistakes);
	}
	free(all);
}

/* A second heading of the same slug would get another anchor: "-1". */
static size_t headings_of(const struct handout *r, const char *slug,
			  bool mistakes_only)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += strcmp(r->h[i].slug, slug) == 0 &&
		     (!mistakes_only || r->h[i].a_mistake);
	return n;
}

static struct handout handout;

static void every_diagnosis_has_its_heading(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		read_handout(&handout, *l);
		must(handout.there, "%s is missing", handout.path);
		for (EACH_DIAGNOSIS(d, *l)) {
			const char *id = (*d)->id;

			if (!handout.there)
				continue;
			must(headings_of(&handout, id, true) == 1,
			     "%s: %zu headings for %s", handout.path,
			     headings_of(&handout, id, true), id);
			must(headings_of(&handout, id, false) <= 1,
			     "%s: #%s is the anchor of more than one heading",
			     handout.path, id);
		}
	}
	assert_nothing_wrong();
}

static void every_mistakes_heading_is_a_diagnosis(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		size_t mistakes = 0;

		read_handout(&handout, *l);
		for (size_t i = 0; i < handout.n; i++) {
			const struct heading *h = &handout.h[i];
			const struct diagnosis *d = find_diagnosis(h->slug);

			if (!h->a_mistake)
				continue;
			mistakes++;
			must(d, "%s: \"%s\" is no diagnosis", handout.path,
			     h->text);
			must(!d || teaches(*l, d),
			     "%s: %s is not said to be taught there",
			     handout.path, h->slug);
		}
		must(mistakes > 0, "%s: no frequent mistakes", handout.path);
	}
	assert_nothing_wrong();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_diagnosis_has_its_heading),
		TEST(every_mistakes_heading_is_a_diagnosis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
