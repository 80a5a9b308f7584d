/* SPDX-License-Identifier: MIT */
/* policy_key.c - the lines of a policy that set a number or a switch */
#include "policy_reader.h"

#include "base.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A key that takes one of two words has them, in the order of their values. */
static const struct key {
	enum section section;
	const char *name;
	size_t at; /* its int in struct policy */
	int most;  /* of a number from 0 on */
	const char *word[2];
	int value[2];
} keys[] = {
#define AT(field) offsetof(struct policy, field)
	{LATE,
	 "per",
	 AT(period),
	 0,
	 {"hour", "day"},
	 {POLICY_HOUR, POLICY_DAY}},
	{LATE, "percent", AT(percent), 100, {NULL}, {0}},
	{LATE, "at-most", AT(at_most), 100, {NULL}, {0}},
	{LATE, "until", AT(until), 10000, {NULL}, {0}},
	{ATTEMPTS, "allowed", AT(attempts), 1000000, {NULL}, {0}},
	{FEEDBACK, "hints", AT(hints), 0, {"off", "on"}, {0, 1}},
	{FEEDBACK, "explanations", AT(explanations), 0, {"off", "on"}, {0, 1}},
#undef AT
};
_Static_assert(sizeof(keys) / sizeof(*keys) == N_KEYS,
	       "struct reader has room");

static char *key_names(enum section section)
{
	char *names = NULL;

	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].section == section)
			names = listed(names, keys[i].name);
	return names;
}

/* Whole numbers only, and no sign: -1 is none. */
static int64_t parse_whole(const char *s, int64_t most)
{
	int64_t v = 0;

	if (!*s)
		return -1;
	for (; isdigit((unsigned char)*s) && v <= most; s++)
		v = v * 10 + (*s - '0');
	return *s || v > most ? -1 : v;
}

int64_t take_whole(struct reader *r, const char *key, const char *value,
		   int64_t most)
{
	int64_t v = parse_whole(value, most);

	if (v < 0)
		wrong(r, "%s = %.60s: not a whole number from 0 to %d", key,
		      value, (int)most);
	return v;
}

static size_t find_key(enum section section, const char *name)
{
	size_t i = 0;

	while (i < N_KEYS &&
	       (keys[i].section != section || strcmp(keys[i].name, name) != 0))
		i++;
	return i;
}

static int take_word(struct reader *r, const struct key *k, const char *value)
{
	for (size_t i = 0; i < 2; i++)
		if (strcmp(k->word[i], value) == 0)
			return k->value[i];
	wrong(r, "%s = %.60s: neither %s nor %s", k->name, value, k->word[0],
	      k->word[1]);
	return 0;
}

void take_key(struct reader *r, const char *key, const char *value)
{
	size_t i = find_key(r->section, key);
	int v;

	if (i == N_KEYS) {
		char *names = key_names(r->section);

		wrong(r, "no key is called %.60s in [%s]; there are: %s", key,
		      section_names[r->section], names);
		free(names);
		return;
	}
	if (r->set_in[i])
		wrong(r, "%s stands in line %d already; it is wanted once", key,
		      r->set_in[i]);
	r->set_in[i] = r->line;
	v = keys[i].word[0] ? take_word(r, &keys[i], value)
			    : (int)take_whole(r, key, value, keys[i].most);
	memcpy((char *)r->policy + keys[i].at, &v, sizeof(v));
}
