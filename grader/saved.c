/* SPDX-License-Identifier: MIT */
/* saved.c - a result that `grade -f json` has written, read back */
#include "saved.h"

#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MAX (16u << 20) /* all labs of a very wrong program: 2 MiB */
#define ITEMS_MAX 20000	      /* of one list */
#define NUMBER_MAX 10000000   /* pixels are counted in int */

enum { TEXT, WORD, STATUS, PLACE, NUMBER, COUNT, LANE, FLAG, OBJECT };
enum { LIST = 0x100, MAYBE = 0x200 }; /* of them; it need not be there */

/* What stands in an object; the last one of a table has no key. */
struct field {
	const char *key;
	int kind;
	const struct field *fields; /* of an object */
};

static const struct field said_by[] = {
	{"program", TEXT, NULL}, {"stderr", TEXT, NULL}, {NULL, 0, NULL}};

static const struct field step[] = {
	{"n", COUNT, NULL},
	{"what", TEXT, NULL},
	{"says", TEXT | MAYBE, NULL},
	{"experiment", FLAG | MAYBE, NULL},
	{NULL, 0, NULL},
};

static const struct field excerpt[] = {
	{"file", TEXT, NULL},	{"line", COUNT, NULL},
	{"first", COUNT, NULL}, {"lines", TEXT | LIST, NULL},
	{NULL, 0, NULL},
};

static const struct field lane[] = {
	{"name", TEXT, NULL},
	{"kind", WORD, NULL},
	{"says", TEXT | MAYBE, NULL},
	{NULL, 0, NULL},
};

static const struct field row[] = {
	{"ms", NUMBER, NULL},
	{"lane", LANE, NULL},
	{"kind", WORD, NULL},
	{"what", TEXT, NULL},
	{"says", TEXT | MAYBE, NULL},
	{"from", LANE | MAYBE, NULL},
	{"to", LANE | MAYBE, NULL},
	{"times", COUNT | MAYBE, NULL},
	{"fault", FLAG | MAYBE, NULL},
	{"ends", FLAG | MAYBE, NULL},
	{NULL, 0, NULL},
};

static const struct field timeline[] = {
	{"lanes", OBJECT | LIST, lane},
	{"rows", OBJECT | LIST, row},
	{"head", COUNT, NULL},
	{"left_out", COUNT, NULL},
	{NULL, 0, NULL},
};

static const struct field check[] = {
	{"lab", TEXT, NULL},
	{"id", TEXT, NULL},
	{"title", TEXT, NULL},
	{"status", STATUS, NULL},
	{"points", COUNT, NULL},
	{"max_points", COUNT, NULL},
	{"seconds", NUMBER | MAYBE, NULL},
	{"visibility", TEXT | MAYBE, NULL},
	{"diagnosis", TEXT | MAYBE, NULL},
	{"message", TEXT | MAYBE, NULL},
	{"explanation", TEXT | MAYBE, NULL},
	{"expected", TEXT | MAYBE, NULL},
	{"got", TEXT | MAYBE, NULL},
	{"hint", TEXT | MAYBE, NULL},
	{"handout", PLACE | MAYBE, NULL},
	{"failed_step", COUNT | MAYBE, NULL},
	{"faults", TEXT | LIST | MAYBE, NULL},
	{"stderr", OBJECT | LIST | MAYBE, said_by},
	{"transcript", OBJECT | LIST | MAYBE, step},
	{"source", OBJECT | LIST | MAYBE, excerpt},
	{"timeline", OBJECT | MAYBE, timeline},
	{NULL, 0, NULL},
};

static const struct field penalty[] = {
	{"percent", COUNT, NULL}, {"points", COUNT, NULL}, {NULL, 0, NULL}};

static const struct field hidden[] = {
	{"checks", COUNT, NULL}, {"max_points", COUNT, NULL}, {NULL, 0, NULL}};

static const struct field lab[] = {
	{"lab", TEXT, NULL},
	{"points", COUNT, NULL},
	{"max_points", COUNT, NULL},
	{"seconds", NUMBER, NULL},
	{"checks", OBJECT | LIST, check},
	{"earned", COUNT | MAYBE, NULL},
	{"penalty", OBJECT | MAYBE, penalty},
	{"hidden", OBJECT | MAYBE, hidden},
	{"notes", TEXT | LIST | MAYBE, NULL},
	{NULL, 0, NULL},
};

static const struct field result[] = {
	{"version", COUNT, NULL},
	{"labs", OBJECT | LIST, lab},
	{NULL, 0, NULL},
};

static bool is_within(const json_t *v, double least)
{
	double n = json_number_value(v);

	return json_is_number(v) && n >= least && n <= NUMBER_MAX;
}

/* Reports take it for the name of a class. */
static bool is_word(const json_t *v)
{
	const char *s = json_string_value(v);

	return s && *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz")];
}

static bool is_status(const json_t *v)
{
	static const char *const all[] = {"pass", "fail", "skip", "error"};
	const char *s = json_string_value(v);

	for (size_t i = 0; s && i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(s, all[i]) == 0)
			return true;
	return false;
}

/* Reports show the section of the handout: that is a file in the course. */
static bool is_place(const json_t *v)
{
	return json_is_string(v) && !strstr(json_string_value(v), "..");
}

/* NULL if it is one, else what it should be. */
static const char *amiss(const json_t *v, int kind)
{
	switch (kind & ~(LIST | MAYBE)) {
	case TEXT:
		return json_is_string(v) ? NULL : "a string";
	case WORD:
		return is_word(v) ? NULL : "a word";
	case STATUS:
		return is_status(v) ? NULL : "pass, fail, skip or error";
	case PLACE:
		return is_place(v) ? NULL : "a place in a handout";
	case NUMBER:
		return is_within(v, -NUMBER_MAX) ? NULL : "a number";
	case COUNT:
		return json_is_integer(v) && is_within(v, 0) ? NULL : "a count";
	case LANE:
		return json_is_integer(v) && is_within(v, -1) ? NULL : "a lane";
	case FLAG:
		return json_is_boolean(v) ? NULL : "true or false";
	case OBJECT:
	default:
		return json_is_object(v) ? NULL : "an object";
	}
}

static void look_at_fields(const json_t *object, const struct field *f,
			   const char *where);

static void look_at(const json_t *v, const struct field *f, const char *where)
{
	const char *should_be = amiss(v, f->kind);

	if (should_be)
		die_usage("%s: not %s", where, should_be);
	if (f->fields)
		look_at_fields(v, f->fields, where);
}

static void look_at_list(const json_t *list, const struct field *f,
			 const char *where)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(list))
		die_usage("%s: not a list", where);
	if (json_array_size(list) > ITEMS_MAX)
		die_usage("%s: more than %d items", where, ITEMS_MAX);
	json_array_foreach(list, i, item)
	{
		char *here = text("%s[%zu]", where, i);

		look_at(item, f, here);
		free(here);
	}
}

static void look_at_fields(const json_t *object, const struct field *f,
			   const char *where)
{
	for (; f->key; f++) {
		const json_t *v = json_object_get(object, f->key);
		char *here = text("%s.%s", where, f->key);

		if (!v && !(f->kind & MAYBE))
			die_usage("%s is missing", here);
		if (v && f->kind & LIST)
			look_at_list(v, f, here);
		else if (v)
			look_at(v, f, here);
		free(here);
	}
}

static FILE *open_saved(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die_usage("%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		die_usage("%s: not a regular file", path);
	if (st.st_size > BYTES_MAX)
		die_usage("%s: larger than any result", path);
	return fdopen(fd, "r");
}

json_t *read_saved(const char *path)
{
	FILE *file = open_saved(path);
	json_error_t error;
	json_t *saved;

	if (!file)
		die_errno("%s", path);
	saved = json_loadf(file, 0, &error);
	fclose(file);
	if (!saved)
		die_usage("%s:%d: %s", path, error.line, error.text);
	if (!json_is_object(saved))
		die_usage("%s: not an object", path);
	look_at_fields(saved, result, path);
	if (json_integer_value(json_object_get(saved, "version")) != 1)
		die_usage("%s: a result of another version", path);
	return saved;
}
