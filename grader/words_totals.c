/* SPDX-License-Identifier: MIT */
/* words_totals.c - words about SIGTERM, and what a server counted until then */
#include "check.h"
#include "diagnoses.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* `served C clients, B bytes`, alone on a line. */
static bool read_totals(struct trial *t, unsigned long long *served,
			unsigned long long *bytes)
{
	const struct bytes *b = &t->server->printed;
	char *all = must_calloc(1, b->n + 1), *state;
	bool found = false;

	if (b->n)
		memcpy(all, b->data, b->n);
	for (char *line = strtok_r(all, "\n", &state); line && !found;
	     line = strtok_r(NULL, "\n", &state)) {
		int end = -1;

		found = sscanf(line, "served %llu clients, %llu bytes%n",
			       served, bytes, &end) == 2 &&
			end >= 0 && !line[end + (line[end] == '\r')];
	}
	free(all);
	return found;
}

static bool server_has_ended(struct trial *t, void *arg)
{
	(void)arg;
	return t->server->ended && count_processes(t) == 0;
}

void stop_server(struct trial *t)
{
	char *expected = text("the server ends, and exits with status 0");
	bool daemon = t->server->ended; /* its status was given long ago */
	unsigned long long served, bytes;
	enum outcome o;

	if (!main_process(t))
		fail(t, symptom_of(t, IS_GONE),
		     text("the server goes on until SIGTERM comes"),
		     state_of(t, IS_GONE));
	signal_server(t, SIGTERM, "SIGTERM");
	step(t, "expect that %s", expected);
	o = wait_until(t, server_has_ended, NULL);
	if (o == IS_QUIET) {
		/* It may have come between a look at a flag and poll(). */
		signal_server(t, SIGTERM, "SIGTERM once more");
		o = wait_until(t, server_has_ended, NULL);
	}
	if (o != DONE)
		fail(t, o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED, expected,
		     text("it goes on: %s", state_of(t, o)));
	settle(t);
	if (daemon || t->server->status == 0)
		return;
	if (read_totals(t, &served, &bytes))
		fail_as(t, &wrong_exit_status, WRONG_STATUS, expected,
			state_of(t, IS_GONE));
	if (WIFSIGNALED(t->server->status) &&
	    WTERMSIG(t->server->status) == SIGTERM)
		fail_as(t, &summary_missing, CRASHED, expected,
			text("SIGTERM has killed it"));
	expect_exit(t, t->server, 0);
}

static char *printed(struct trial *t)
{
	const struct bytes *b = &t->server->printed;

	return b->n ? readable(b->data, b->n, 300) : must_strdup("nothing");
}

void expect_totals(struct trial *t, unsigned long long served,
		   unsigned long long least, unsigned long long most)
{
	unsigned long long counted = 0, bytes = 0;
	char *expected =
		text("a line `served %llu clients, %llu bytes`%s", served,
		     least, least == most ? "" : " or somewhat more bytes");

	step(t, "expect %s", expected);
	if (!read_totals(t, &counted, &bytes))
		fail_as(t, &summary_missing, WRONG_OUTPUT, expected,
			printed(t));
	if (counted != served || bytes < least || bytes > most)
		fail_as(t,
			counted != served ? &too_few_clients
					  : &summary_incomplete,
			WRONG_OUTPUT, expected,
			text("served %llu clients, %llu bytes", counted,
			     bytes));
	free(expected);
}
