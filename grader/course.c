/* SPDX-License-Identifier: MIT */
/* course.c - the labs in their order, and how to find things by name */
#include "course.h"

#include "base.h"
#include "checks/labs.h"
#include "diagnoses.h"
#include "language.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const struct lab *const course[] = {
	&lab_01_bare, &lab_02_loop, &lab_03_fork,     &lab_04_pthread,
	&lab_05_poll, &lab_06_unix, &lab_07_shm_fifo, NULL};

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
	if (strcmp(unknown.id, id) == 0)
		return &unknown;
	for (const struct lab *const *l = course; *l; l++)
		for (const struct diagnosis *const *d = (*l)->teaches; *d; d++)
			if (strcmp((*d)->id, id) == 0)
				return *d;
	return NULL;
}

bool teaches(const struct lab *lab, const struct diagnosis *d)
{
	const struct diagnosis *const *one = lab->teaches;

	while (*one && *one != d)
		one++;
	return *one;
}

const char *taught_at(const struct diagnosis *d, const struct lab *lab)
{
	const struct lab *const *where = course;
	const char *page = _("README.md");

	if (teaches(lab, d))
		return text("labs/%s/%s#%s", lab->name, page, d->id);
	while (*where && !teaches(*where, d))
		where++;
	return *where ? text("labs/%s/%s#%s", (*where)->name, page, d->id)
		      : text("labs/%s/%s", lab->name, page);
}
