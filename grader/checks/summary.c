/* SPDX-License-Identifier: MIT */
/* summary.c - a server is told to stop, and sums up */
#include "summary.h"

#include "../diagnoses.h"
#include "../language.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static bool is_summary(const char *line, struct summary *s)
{
	int end = -1;

	return sscanf(line, "served %llu clients, %llu bytes%n", &s->clients,
		      &s->bytes, &end) == 2 &&
	       end >= 0 && !line[end + (line[end] == '\r')];
}

bool read_summary(struct trial *t, struct summary *s)
{
	const struct bytes *b = &t->server->printed;
	char *all = must_calloc(1, b->n + 1), *state;
	bool found = false;

	if (b->n)
		memcpy(all, b->data, b->n);
	for (char *line = strtok_r(all, "\n", &state); line && !found;
	     line = strtok_r(NULL, "\n", &state))
		found = is_summary(line, s);
	free(all);
	return found;
}

static bool is_gone(struct trial *t, void *arg)
{
	(void)arg;
	return t->server->ended && count_processes(t) == 0;
}

/* What children are, and count, is their parent's affair. */
static bool has_children(const struct trial *t)
{
	return teaches(t->lab, &orphans_left);
}

/* Told while it is at rest: which call the signal finds is no luck then. */
static enum outcome stop(struct trial *t)
{
	pid_t server = main_process(t);
	enum outcome o;

	settle(t);
	signal_server(t, SIGTERM, "SIGTERM");
	o = wait_until(t, is_gone, NULL);
	if (o == IS_QUIET && main_process(t) == server) {
		/* It may have come just before accept(): some loops miss
		 * that, and nobody has told them better. */
		signal_server(t, SIGTERM, _("SIGTERM once more"));
		o = wait_until(t, is_gone, NULL);
	}
	return o;
}

bool stops(struct trial *t)
{
	return stop(t) == DONE;
}

static _Noreturn void goes_on(struct trial *t, enum outcome o, pid_t server,
			      char *expected)
{
	if (has_children(t) && main_process(t) != server)
		fail_as(t, &orphans_left, NOT_EXITED, expected,
			sentence(
				"the parent has ended, but %zu of its processes "
				"go on",
				count_processes(t)));
	fail(t, o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED, expected,
	     sentence("it goes on: %s", state_of(t, o)));
}

static void expect_own_end(struct trial *t)
{
	struct summary s;

	if (WIFSIGNALED(t->server->status) &&
	    WTERMSIG(t->server->status) == SIGTERM)
		fail_as(t,
			read_summary(t, &s) ? &wrong_exit_status
					    : &summary_missing,
			CRASHED,
			sentence(
				"`served C clients, B bytes`, and exit status 0"),
			sentence("SIGTERM has killed the server"));
	expect_exit(t, t->server, 0);
}

void expect_stop(struct trial *t)
{
	bool daemon = t->server->ended; /* its status was given long ago */
	char *expected =
		sentence("the server ends%s",
			 has_children(t) ? _(", with all its children") : "");
	pid_t server = main_process(t);
	enum outcome o;

	if (!server)
		fail(t, symptom_of(t, IS_GONE),
		     sentence("the server goes on until SIGTERM comes"),
		     state_of(t, IS_GONE));
	o = stop(t);
	step(t, "expect that %s", expected);
	if (o != DONE)
		goes_on(t, o, server, expected);
	if (!daemon)
		expect_own_end(t);
	settle(t);
	free(expected);
}

struct summary expect_summary(struct trial *t, const char *expected)
{
	const struct bytes *b = &t->server->printed;
	struct summary s = {0};

	step(t, "expect %s", expected);
	if (!read_summary(t, &s))
		fail_as(t, &summary_missing, WRONG_OUTPUT, text("%s", expected),
			b->n ? readable(b->data, b->n, 300)
			     : sentence("nothing"));
	return s;
}

/* Children who count in their own memory leave a parent that has seen nothing.
 */
static const struct diagnosis *why_wrong(struct trial *t,
					 const struct summary *s,
					 unsigned long long clients,
					 unsigned long long least)
{
	if (has_children(t) && least && (!s->bytes || !s->clients))
		return &summary_not_shared;
	return s->clients != clients ? &too_few_clients : &summary_incomplete;
}

void expect_totals(struct trial *t, unsigned long long clients,
		   unsigned long long least, unsigned long long most)
{
	char *expected = sentence(
		"a line `served %llu clients, %llu bytes`%s", clients, least,
		least == most ? "" : _(" or somewhat more bytes"));
	struct summary s = expect_summary(t, expected);

	if (s.clients != clients || s.bytes < least || s.bytes > most)
		fail_as(t, why_wrong(t, &s, clients, least), WRONG_OUTPUT,
			expected,
			text("served %llu clients, %llu bytes", s.clients,
			     s.bytes));
	free(expected);
}

void sums_up_with_clients(struct trial *t)
{
	int n = (int)t->connections;

	step(t, "once more, with clients still connected");
	serve(t);
	clients(t, n + 3);
	exchange(t, n + 1, "hello\n");
	exchange(t, n + 2, "hello\n");
	expect_stop(t);
	expect_totals(t, 3, 0, 12);
}
