/* SPDX-License-Identifier: MIT */
/* unix_names.c - what a socket is called, and what a server prints of it */
#include "unix.h"

#include "../diagnoses.h"
#include "../language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the server has printed since it was last asked. */
static char *printed_since(struct trial *t)
{
	const struct program *p = t->server;
	size_t n = p->printed.n - p->expected;
	char *new = must_calloc(1, n + 1);

	if (n)
		memcpy(new, p->printed.data + p->expected, n);
	for (size_t i = 0; i < n; i++)
		new[i] = (char)(new[i] ? new[i] : 1); /* NUL is as wrong */
	return new;
}

/* The rest of a line that begins with "client ", or NULL; *text goes on. */
static char *next_name(char **text)
{
	char *line;

	while ((line = strsep(text, "\n")))
		if (strncmp(line, "client ", 7) == 0)
			return line + 7;
	return NULL;
}

static bool has_name(struct trial *t, void *arg)
{
	char *all = printed_since(t), *rest = all, *name;
	bool found = false;

	while (!found && (name = next_name(&rest)))
		found = strcmp(name, arg) == 0;
	free(all);
	return found;
}

/* Does it show what is left of an address, or nothing in place of a name; run on
 * behind the name, miss its last byte, or take one of no length for none? */
static bool is_stray(const char *line, const char *name, const char *earlier)
{
	size_t n = strlen(line);

	for (const char *p = line; *p; p++)
		if (*p < ' ' || *p > '~')
			return true;
	if (!n || (*earlier && strncmp(line, earlier, n) == 0))
		return true;
	if (strcmp(name, "unnamed") == 0)
		return false;
	return strcmp(line, "unnamed") == 0 ||
	       strncmp(line, name, NAME_ROOM - 1) == 0 ||
	       strncmp(line, name, strlen(name)) == 0;
}

static bool has_stray_bytes(struct trial *t, const char *name,
			    const char *earlier)
{
	char *all = printed_since(t), *rest = all, *line;
	bool stray = false;

	while (!stray && (line = next_name(&rest)))
		stray = is_stray(line, name, earlier);
	free(all);
	return stray;
}

/* Once the buffer is full it has to be written. */
static bool comes_with_more(struct trial *t, char *name)
{
	char longer[101];
	int n;

	for (n = 1; n <= (int)t->connections; n++)
		hang_up(t, n);
	for (int i = 0; i < 45; i++) {
		snprintf(longer, sizeof(longer), "%0100d", i);
		client_called(t, longer);
		n = (int)t->connections;
		if (!answers(t, n, "more\n"))
			return false;
		hang_up(t, n);
	}
	settle(t);
	return has_name(t, name);
}

static void expect_name(struct trial *t, char *name, const char *earlier)
{
	const struct diagnosis *d = &name_not_printed;
	char *seen;

	step(t, "expect the line `client %s` on its standard output", name);
	if (wait_until(t, has_name, name) == DONE)
		return;
	seen = printed_since(t);
	if (has_stray_bytes(t, name, earlier))
		d = &peer_length_ignored;
	else if (!*seen && comes_with_more(t, name))
		d = &stdout_not_flushed;
	fail_as(t, d, WRONG_OUTPUT,
		sentence("a line `client %s`, and nothing more in it", name),
		*seen ? readable(seen, strlen(seen), 300)
		      : must_strdup(_("nothing is printed")));
}

void is_announced(struct trial *t, char *name, const char *earlier)
{
	int n = (int)t->connections;

	exchange(t, n, "hello\n");
	expect_name(t, name, earlier);
	hang_up(t, n);
	settle(t);
	t->server->expected = t->server->printed.n;
}

char *name_of_length(size_t n)
{
	char *name = must_calloc(1, n + 1);

	name[0] = 'L';
	for (size_t i = 1; i < n; i++)
		name[i] = (char)('a' + (i / 10 + i) % 26);
	return name;
}

void no_strange_name(struct trial *t, const char *earlier)
{
	char *all = printed_since(t), *rest = all, *line;

	while ((line = next_name(&rest)))
		for (const char *p = line; *p; p++)
			if (*p < ' ' || *p > '~' || strstr(line, earlier))
				fail_as(t, &peer_length_ignored, WRONG_OUTPUT,
					sentence(
						"no byte of a name that is not "
						"this client's"),
					readable(line, strlen(line), 200));
	free(all);
}

void expect_called(struct trial *t, int n, const char *own)
{
	char *name = caller_name(t, n);

	step(t, "expect that its socket is bound to `%s`", own);
	if (!name || strcmp(name, own) != 0)
		fail_as(t, &client_not_bound, WRONG_FACT,
			sentence("it is bound to `%s`", own),
			name ? sentence("it is bound to `%s`", name)
			     : sentence("it has no name"));
	free(name);
}

void naming_session(struct trial *t)
{
	char *longest = name_of_length(NAME_ROOM),
	     *too_long = name_of_length(300);
	int n;

	serve_under(t, SANITIZERS);
	client_called(t, longest);
	answers(t, (int)t->connections, "hello\n");
	hang_up(t, (int)t->connections);
	connects(t, &n);
	answers(t, n, "hello\n");
	settle(t);
	clear_away(t);
	t->tool = SANITIZERS;
	for (const char *const *p = t->lab->programs; *p; p++) {
		exits(t, run(t, *p, too_long,
			     strstr(*p, "client") ? too_long : NULL, NULL));
		clear_away(t);
	}
	t->tool = PLAIN;
	unlinkat(t->box, longest, 0);
}
