/* SPDX-License-Identifier: MIT */
/* policy_file.c - a policy as it is written, line by line */

/*
 * The file's form is known to many: [section], key = value, # comment.  What a
 * packaged library leaves open is what an instructor needs most, the line in
 * which something is wrong; so it is read here.
 */
#include "policy_reader.h"

#include "base.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const section_names[] = {
	[MAXIMUM] = "maximum",	 [WEIGHT] = "weight", [HIDDEN] = "hidden",
	[DUE] = "due",		 [LATE] = "late",     [ATTEMPTS] = "attempts",
	[FEEDBACK] = "feedback",
};
#define N_SECTIONS (sizeof(section_names) / sizeof(*section_names))

#define LINE_MAX_BYTES 1000

const struct policy course_policy = {
	.period = POLICY_DAY, .at_most = 100, .hints = 1, .explanations = 1};

void wrong(struct reader *r, const char *fmt, ...)
{
	va_list args;
	char *what;

	if (r->wrong)
		return;
	va_start(args, fmt);
	what = vtext(fmt, args);
	va_end(args);
	r->wrong = text("%s:%d: %s", r->name, r->line, what);
	free(what);
}

char *listed(char *so_far, const char *name)
{
	char *more = so_far ? text("%s, %s", so_far, name) : must_strdup(name);

	free(so_far);
	return more;
}

static char *all_sections(void)
{
	char *names = NULL;

	for (size_t i = MAXIMUM; i < N_SECTIONS; i++)
		names = listed(names, section_names[i]);
	return names;
}

static void take_setting(struct reader *r, const char *key, const char *value)
{
	char *names;

	switch (r->section) {
	case NO_SECTION:
		names = all_sections();
		wrong(r,
		      "%.60s stands in no section; one must come first, of: %s",
		      key, names);
		free(names);
		return;
	case MAXIMUM:
	case WEIGHT:
	case HIDDEN:
	case DUE:
		take_rule(r, key, value);
		return;
	default:
		take_key(r, key, value);
	}
}

static void take_section(struct reader *r, const char *name)
{
	char *names;

	for (size_t i = MAXIMUM; i < N_SECTIONS; i++)
		if (strcmp(section_names[i], name) == 0) {
			r->section = (enum section)i;
			return;
		}
	names = all_sections();
	wrong(r, "no section is called [%.60s]; there are: %s", name, names);
	free(names);
}

/* In place: without the white space at both ends. */
static char *trimmed(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = 0;
	return s;
}

/* Some editors begin a file in UTF-8 with a byte order mark. */
static char *after_mark(char *line)
{
	return strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line;
}

static void take_line(struct reader *r, char *line)
{
	char *s, *equals, *end;

	line[strcspn(line, "#;")] = 0;
	s = trimmed(line);
	end = *s ? s + strlen(s) - 1 : s;
	equals = strchr(s, '=');
	if (!*s)
		return;
	if (*s == '[' && *end == ']') {
		*end = 0;
		take_section(r, trimmed(s + 1));
	} else if (equals && equals != s) {
		*equals = 0;
		take_setting(r, trimmed(s), trimmed(equals + 1));
	} else {
		wrong(r,
		      "%.60s: a line is [section], key = value, or # comment",
		      s);
	}
}

char *policy_parse(struct policy *p, FILE *in, const char *name)
{
	struct reader r = {.policy = p, .name = name};
	char line[LINE_MAX_BYTES + 2];

	*p = course_policy;
	while (!r.wrong && fgets(line, sizeof(line), in)) {
		r.line++;
		if (!strchr(line, '\n') && !feof(in))
			wrong(&r,
			      "no line of text: it has a NUL byte, or more "
			      "than the %d bytes that are allowed",
			      LINE_MAX_BYTES);
		else
			take_line(&r, after_mark(line));
	}
	if (!r.wrong && ferror(in))
		r.wrong = text("%s: %s", name, strerror(errno));
	if (!r.wrong)
		check_rules(&r);
	return r.wrong;
}

void policy_read(struct policy *p, const char *path)
{
	FILE *in = fopen(path, "re");
	char *wrong;

	if (!in)
		die_usage("%s: %s", path, strerror(errno));
	wrong = policy_parse(p, in, path);
	if (wrong)
		die_usage("%s", wrong);
	fclose(in);
}

void policy_free(struct policy *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->rule[i].pattern);
		free(p->rule[i].written);
	}
	free(p->rule);
	*p = course_policy;
}
