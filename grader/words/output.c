/* SPDX-License-Identifier: MIT */
/* output.c - words about what a program prints, and how it ends */
#include "../check.h"
#include "../diagnoses.h"
#include "../language.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Long enough for every message in a failure, short enough to be read. */
#define SHOWN 120

void type(struct trial *t, struct program *p, const char *s)
{
	char *shown = readable(s, strlen(s), SHOWN);

	step(t, "type %s", shown);
	free(shown);
	bytes_add(&p->typed, s, strlen(s));
	pump(t, 0);
}

void end_of_input(struct trial *t, struct program *p)
{
	step(t, "end its standard input (Ctrl-D)");
	p->input_ends = true;
	pump(t, 0);
}

struct wanted {
	struct program *p;
	const char *s;
};

static unsigned char *find_printed(const struct wanted *w)
{
	const struct bytes *b = &w->p->printed;
	size_t from = w->p->expected;

	if (from >= b->n)
		return NULL;
	return memmem(b->data + from, b->n - from, w->s, strlen(w->s));
}

static bool has_printed(struct trial *t, void *arg)
{
	(void)t;
	return find_printed(arg) != NULL;
}

void expect_printed(struct trial *t, struct program *p, const char *s)
{
	struct wanted w = {p, s};
	char *shown = readable(s, strlen(s), SHOWN);
	enum outcome o;

	step(t, "expect %s on its standard output", shown);
	o = wait_until(t, has_printed, &w);
	if (o != DONE) {
		size_t from = p->expected;
		char *got = readable(p->printed.data + from,
				     p->printed.n - from, SHOWN);

		t->seen.program = p;
		bytes_add(&t->seen.want, s, strlen(s));
		bytes_add(&t->seen.got, p->printed.data + from,
			  p->printed.n - from);
		fail(t,
		     symptom_of(t, o) == SILENCE ? WRONG_OUTPUT
						 : symptom_of(t, o),
		     sentence("%s on standard output", shown),
		     p->printed.n > from
			     ? text("%s; %s", got, state_of(t, o))
			     : sentence("nothing; %s", state_of(t, o)));
	}
	p->expected = (size_t)(find_printed(&w) - p->printed.data) + strlen(s);
	free(shown);
}

static bool has_ended(struct trial *t, void *arg)
{
	struct program *p = arg;

	(void)t;
	return p->ended || p->spawn_error;
}

bool exits(struct trial *t, struct program *p)
{
	return wait_until(t, has_ended, p) == DONE;
}

static char *ending(const struct program *p)
{
	if (p->spawn_error)
		return sentence("`%s` could not be started: %s", p->line,
				strerror(p->spawn_error));
	if (WIFSIGNALED(p->status))
		return sentence("`%s` was killed by signal %d (SIG%s)", p->line,
				WTERMSIG(p->status),
				sigabbrev_np(WTERMSIG(p->status)));
	return sentence("`%s` has exited with status %d", p->line,
			WEXITSTATUS(p->status));
}

/* A server ends a connection that its client has ended, and some clients wait
 * for that before they go. */
static bool has_ended_its_calls(struct trial *t, void *arg)
{
	for (int n = 1; t->listener >= 0 && n <= (int)t->connections; n++)
		if (conn(t, n)->eof && conn(t, n)->fd >= 0)
			shutdown(conn(t, n)->fd, SHUT_WR);
	return has_ended(t, arg);
}

/* Fails unless it ends by exiting. */
static void await_exit(struct trial *t, struct program *p, char *expected)
{
	enum outcome o = wait_until(t, has_ended_its_calls, p);

	t->seen.program = p;
	if (o != DONE)
		fail(t, o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED, expected,
		     sentence("it goes on: %s", state_of(t, o)));
	if (p->spawn_error || WIFSIGNALED(p->status))
		fail(t, CRASHED, expected, ending(p));
}

void expect_exit(struct trial *t, struct program *p, int status)
{
	char *expected =
		status < 0 ? sentence("it exits, with a status other than 0")
			   : sentence("it exits with status %d", status);

	step(t, "expect that %s", expected);
	await_exit(t, p, expected);
	if (status < 0 ? WEXITSTATUS(p->status) == 0
		       : WEXITSTATUS(p->status) != status)
		fail(t, WRONG_STATUS, expected, ending(p));
	free(expected);
}

/* Is there a line on stderr that will do? */
static bool complained(const struct program *p, enum complaint about,
		       const char *word, const char *error)
{
	char *said = must_calloc(1, p->complained.n + 1), *state;
	bool good = false;

	if (p->complained.n)
		memcpy(said, p->complained.data, p->complained.n);
	for (char *line = strtok_r(said, "\n", &state); line && !good;
	     line = strtok_r(NULL, "\n", &state)) {
		if (about == ABOUT_USAGE)
			good = strncasecmp(line, "usage:", 6) == 0 ||
			       (word && strstr(line, word));
		else if (about == ABOUT_ERROR)
			good = strcasestr(line, word) && strstr(line, error);
		else
			good = true;
	}
	free(said);
	return good;
}

static char *complaint_wanted(enum complaint about, const char *word,
			      const char *error)
{
	const char *start =
		_("it exits, with a status other than 0 and a line on stderr");

	if (about == ABOUT_ERROR)
		return sentence("%s that names the call and the error (%s: %s)",
				start, word, error);
	if (about == OF_ANY_KIND)
		return sentence("%s that says why", start);
	return sentence("%s: `usage: ...`%s%s", start,
			word ? _(", or one that names ") : "",
			word ? word : "");
}

void expect_complaint(struct trial *t, struct program *p,
		      const struct diagnosis *otherwise, enum complaint about,
		      const char *word, const char *error)
{
	char *expected = complaint_wanted(about, word, error);
	enum outcome o;

	step(t, "expect that %s", expected);
	t->seen.program = p;
	o = wait_until(t, has_ended, p);
	if (o != DONE)
		fail_as(t, otherwise, NOT_EXITED, expected,
			sentence("it goes on: %s", state_of(t, o)));
	if (p->spawn_error || WIFSIGNALED(p->status))
		fail(t, CRASHED, expected, ending(p));
	settle(t);
	if (WEXITSTATUS(p->status) == 0)
		fail_as(t,
			complained(p, about, word, error) ? &wrong_exit_status
							  : otherwise,
			WRONG_STATUS, expected, ending(p));
	if (!complained(p, about, word, error)) {
		char *said =
			readable(p->complained.data, p->complained.n, SHOWN);

		/* Another call's error means that the bad argument got
		 * through; silence is another matter. */
		fail_as(t,
			about == ABOUT_USAGE && p->complained.n
				? otherwise
				: &error_unexplained,
			WRONG_OUTPUT, expected,
			p->complained.n ? sentence("on stderr: %s", said)
					: sentence("%s, with nothing on stderr",
						   ending(p)));
	}
	free(expected);
}
