/* SPDX-License-Identifier: MIT */
/* platform.c - what the formats for other people's programs have in common */
#include "platform.h"

#include "result.h"

#include "base.h"
#include "language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_MAX 1000	 /* bytes of one field of an account */
#define ACCOUNT_MAX 4000 /* of all of it */
#define NAME_BYTES_MAX 250
#define STEPS 12
#define STEP_MAX 120

/* Texts that get by are obeyed by who runs graders, or reads their reports:
 * commands in the logs of GitHub, Azure and TeamCity, files that Jenkins and
 * GitLab are to attach.  The first is one at the start of a line only. */
static const char *const commands[] = {"::", "##[", "##vso[", "##teamcity[",
				       "[[ATTACHMENT|"};

static bool is_command(const char *s, bool starts_line)
{
	for (size_t i = !starts_line; i < sizeof(commands) / sizeof(*commands);
	     i++)
		if (strncmp(s, commands[i], strlen(commands[i])) == 0)
			return true;
	return false;
}

/* Their first character stands alone, and they are none. */
static char *without_commands(const char *s)
{
	struct bytes out = {0};
	bool starts_line = true;

	for (; *s; s++) {
		bool command = is_command(s, starts_line);

		bytes_add(&out, s, 1);
		if (command)
			bytes_add(&out, " ", 1);
		starts_line = *s == '\n' || (starts_line && *s == ' ');
	}
	bytes_add(&out, "", 1);
	return (char *)out.data;
}

/* U+FFFE and U+FFFF are no characters, and may not be in XML. */
static void drop_noncharacters(char *s)
{
	while ((s = strstr(s, "\xef\xbf"))) {
		if ((unsigned char)s[2] >= 0xbe)
			memset(s, '?', 3);
		s += 3;
	}
}

static void make_lines_printable(char *s)
{
	for (char *line = s, *end; *line; line = end) {
		char stop;

		end = line + strcspn(line, "\n");
		stop = *end;
		*end = 0;
		make_printable(line);
		*end = stop;
		end += stop == '\n';
	}
}

/* No half characters. */
static void cut(char *s, size_t most)
{
	if (strlen(s) <= most)
		return;
	if (most <= strlen("...")) {
		*s = 0;
		return;
	}
	most -= strlen("...");
	while (most && ((unsigned char)s[most] & 0xc0) == 0x80)
		most--;
	strcpy(s + most, "...");
}

char *harmless(const char *s, size_t most)
{
	char *copy = must_strdup(s), *tame;

	make_lines_printable(copy);
	drop_noncharacters(copy);
	tame = without_commands(copy);
	free(copy);
	cut(tame, most);
	return tame;
}

/* Accounts */

static void add_field(struct bytes *to, const char *name, const char *value)
{
	char *short_value = harmless(value, FIELD_MAX);
	char *line = text("%s%s%s%s", to->n ? "\n" : "", name,
			  *name ? _(": ") : "", short_value);

	if (*value)
		bytes_add(to, line, strlen(line));
	free(line);
	free(short_value);
}

static void add_complaints(struct bytes *to, const json_t *check)
{
	const json_t *said;
	size_t i;

	json_array_foreach(json_object_get(check, "stderr"), i, said)
	{
		char *name = sentence("stderr of %s", get(said, "program"));
		char *tame = harmless(name, FIELD_MAX);

		add_field(to, tame, get(said, "stderr"));
		free(tame);
		free(name);
	}
}

/* What matters most comes first: the end may be cut. */
static void add_failure(struct bytes *to, const json_t *check,
			const char *command)
{
	char *diagnosis =
		text("%s: %s", get(check, "diagnosis"), get(check, "message"));

	add_field(to, "", diagnosis);
	add_field(to, translated(N_("expected")), get(check, "expected"));
	add_field(to, translated(N_("seen")), get(check, "got"));
	add_field(to, translated(N_("hint")), get(check, "hint"));
	add_field(to, translated(N_("read")), get(check, "handout"));
	add_field(to, translated(N_("again")), command);
	add_complaints(to, check);
	free(diagnosis);
}

static void add_skip(struct bytes *to, const json_t *check)
{
	char *why = text("%s %s", _("Not judged:"), get(check, "message"));

	add_field(to, "", why);
	free(why);
}

static char *account_of(const json_t *check, const char *command, size_t most)
{
	struct bytes all = {0};

	if (status_is(check, "fail"))
		add_failure(&all, check, command);
	if (status_is(check, "skip"))
		add_skip(&all, check);
	if (status_is(check, "error")) {
		add_field(&all, "", not_your_fault());
		add_field(&all, "", get(check, "message"));
	}
	bytes_add(&all, "", 1);
	cut((char *)all.data, most);
	return (char *)all.data;
}

/* The last ones: with them it failed. */
static char *steps_of(const json_t *check)
{
	const json_t *steps = json_object_get(check, "transcript"), *step;
	size_t i, n = json_array_size(steps);
	struct bytes all = {0};

	json_array_foreach(steps, i, step)
	{
		char *what = harmless(said(step, "what"), STEP_MAX);
		char *line = text("%s%d. %s", all.n ? "\n" : "",
				  number(step, "n"), what);

		if (i + STEPS >= n)
			bytes_add(&all, line, strlen(line));
		free(line);
		free(what);
	}
	bytes_add(&all, "", 1);
	return (char *)all.data;
}

static char *command_of(const json_t *check)
{
	char *raw = text("make check LAB=%.2s CHECK=%s", get(check, "lab"),
			 get(check, "id"));
	char *command = harmless(raw, FIELD_MAX);

	free(raw);
	return command;
}

static char *name_of(const json_t *result, const json_t *check)
{
	bool several = json_array_size(json_object_get(result, "labs")) > 1;
	char *all = text("%s%s%s", several ? get(check, "lab") : "",
			 several ? _(": ") : "", get(check, "title"));
	char *name;

	for (char *c = all; *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	name = harmless(all, NAME_BYTES_MAX);
	free(all);
	return name;
}

/* All checks, one by one */

static void tell_test(const json_t *result, const json_t *check, size_t number,
		      size_t most, void (*tell)(void *, const struct test *),
		      void *to)
{
	char *command = command_of(check);
	struct test t = {
		.check = check,
		.status = get(check, "status"),
		.lab = harmless(get(check, "lab"), NAME_BYTES_MAX),
		.id = harmless(get(check, "id"), NAME_BYTES_MAX),
		.name = name_of(result, check),
		.command = command,
		.account = account_of(check, command, most),
		.steps = steps_of(check),
		.number = number,
		.seconds = json_number_value(json_object_get(check, "seconds")),
	};

	tell(to, &t);
	free(t.lab);
	free(t.id);
	free(t.name);
	free(t.command);
	free(t.account);
	free(t.steps);
}

static size_t fair_share(const json_t *result, size_t most)
{
	size_t n = count_checks(result, NULL) - count_checks(result, "pass");

	most /= n ? n : 1;
	return most < ACCOUNT_MAX ? most : ACCOUNT_MAX;
}

void each_test(const json_t *result, size_t most,
	       void (*tell)(void *to, const struct test *test), void *to)
{
	size_t i, j, number = 0, share = fair_share(result, most);
	const json_t *lab, *check;

	json_array_foreach(json_object_get(result, "labs"), i, lab)
	{
		json_array_foreach(json_object_get(lab, "checks"), j, check)
			tell_test(result, check, ++number, share, tell, to);
	}
}

struct making {
	json_t *list;
	json_t *(*make)(const struct test *test);
};

static void add_made(void *to, const struct test *t)
{
	struct making *m = to;

	json_array_append_new(m->list, m->make(t));
}

json_t *tests_of(const json_t *result, size_t most,
		 json_t *(*make)(const struct test *test))
{
	struct making m = {.list = json_array(), .make = make};

	each_test(result, most, add_made, &m);
	return m.list;
}
