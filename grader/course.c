/* SPDX-License-Identifier: MIT */
/* course.c - the labs in their order, and how to find things by name */
#include "course.h"

#include "base.h"
#include "checks/labs.h"
#include "diagnoses.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const struct lab *const course[] = {&lab_01_bare, &lab_02_loop, &lab_03_fork,
				    NULL};

const struct lab *find_lab(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	for (const struct lab *const *l = course; *l; l++) {
		bool by_number = digits > 0 && digits <= 2 && !name[digits] &&
				 atoi(name) == atoi((*l)->name);

		if (by_number || strcmp(name, (*l)->name) == 0)
			return *l;
	}
	return NULL;
}

const struct check *find_check(const struct lab *lab, const char *id)
{
	for (const struct check *const *c = lab->checks; *c; c++)
		if (strcmp((*c)->id, id) == 0)
			return *c;
	return NULL;
}

const struct diagnosis *find_diagnosis(const char *id)
{
	for (const struct diagnosis *const *d = all_diagnoses; *d; d++)
		if (strcmp((*d)->id, id) == 0)
			return *d;
	return NULL;
}

const char *taught_at(const struct diagnosis *d, const struct lab *lab)
{
	const struct lab *where = lab;

	if (!*d->taught)
		return text("labs/%s/README.md", lab->name);
	if (!strstr(d->taught, text("%.2s", lab->name)))
		where = find_lab(text("%.2s", d->taught));
	return text("labs/%s/README.md#%s", where->name, d->id);
}
