/* SPDX-License-Identifier: MIT */
/* sources.c - what the transcript, the clients and the witness tell of a trial */
#include "story.h"

#include "../language.h"
#include "../record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define SIGHTS_MAX 4096
#define SHORT_WAIT (NS_PER_S / 5000)
#define STATES_MAX 8

struct sight {
	uint64_t at;
	int who;
	enum sight_kind kind;
	size_t n;
	unsigned char head[BYTES_SHOWN];
};

static struct sight sights[SIGHTS_MAX];
static size_t n_sights;

void sight(struct trial *t, int who, enum sight_kind kind, const void *data,
	   size_t n)
{
	struct sight *s = &sights[n_sights];

	if (n_sights == SIGHTS_MAX || t->experimenting)
		return;
	*s = (struct sight){.at = now_ns(), .who = who, .kind = kind, .n = n};
	if (data)
		memcpy(s->head, data,
		       n < sizeof(s->head) ? n : sizeof(s->head));
	n_sights++;
}

bool sight_at(size_t i, uint64_t *at)
{
	if (i >= n_sights)
		return false;
	*at = sights[i].at;
	return true;
}

static bool may_wait(const struct witness_event *e)
{
	switch (e->call) {
	case CALL_ACCEPT:
	case CALL_CONNECT:
	case CALL_READ:
	case CALL_WRITE:
	case CALL_POLL:
	case CALL_WAIT:
	case CALL_SLEEP:
	case CALL_JOIN:
	case CALL_OPEN:
		return true;
	default:
		return false;
	}
}

/* Has something happened after this, and before that? */
static bool anything_between(const struct story *s, uint64_t after,
			     uint64_t before)
{
	size_t low = 0, high = s->moments;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->moment[middle] <= after)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->moments && s->moment[low] < before;
}

static bool has_waited(const struct story *s, const struct witness_event *e)
{
	return may_wait(e) && (e->state != EVENT_RETURNED ||
			       (e->returned - e->entered > SHORT_WAIT &&
				anything_between(s, e->entered, e->returned)));
}

/* Bytes, or a connection, or an end have passed between the two. */
static void connect_lanes(struct story *s, const struct witness_event *e)
{
	struct row *r = &s->row[s->rows - 1];
	int client = client_in(s, e);

	if (client <= 0 || e->error || e->state != EVENT_RETURNED)
		return;
	if (e->call == CALL_ACCEPT || e->call == CALL_READ ||
	    e->call == CALL_WRITE)
		r->with = lane_of_client(s, client);
	r->gives = e->call == CALL_WRITE;
}

static void tell_call(struct story *s, const struct witness_event *e)
{
	int lane = lane_of_thread(s, e->pid, e->tid);
	bool returned = e->state == EVENT_RETURNED || !may_wait(e);

	if (has_waited(s, e))
		add_row(s, e->entered, lane, WAIT, call_in_words(s, e, false),
			fault_of(e) && !returned);
	if (!returned)
		return;
	if (e->call == CALL_ACCEPT)
		follow(s, e); /* its row says whom */
	add_row(s, e->state == EVENT_RETURNED ? e->returned : e->entered, lane,
		CALL, call_in_words(s, e, true), fault_of(e));
	s->row[s->rows - 1].ends = e->call == CALL_EXIT;
	connect_lanes(s, e);
	if (e->call != CALL_ACCEPT && e->state == EVENT_RETURNED)
		follow(s, e);
}

/* A child may have made its first calls before its parent's fork returns. */
static uint64_t effect_at(const struct witness_event *e)
{
	return e->state != EVENT_RETURNED ? UINT64_MAX
	       : e->call == CALL_FORK	  ? e->entered
					  : e->returned;
}

static int by_effect(const void *a, const void *b)
{
	uint64_t x = effect_at(a), y = effect_at(b);

	return (x > y) - (x < y);
}

static void tell_missing(struct story *s)
{
	uint64_t last = s->t->began;

	for (size_t i = 0; i < s->events; i++)
		if (s->event[i].entered > last)
			last = s->event[i].entered;
	if (witness_recorded(s->t) > WITNESS_EVENTS)
		add_row(s, last + 1, -1, STEP,
			sentence(
				"the calls after the first %d are not recorded",
				WITNESS_EVENTS),
			false);
	if (n_sights == SIGHTS_MAX)
		add_row(s, sights[SIGHTS_MAX - 1].at + 1, -1, STEP,
			sentence(
				"what clients get from here on is not recorded"),
			false);
}

static void tell_calls(struct story *s)
{
	sort(s->event, s->events, sizeof(*s->event), by_effect);
	for (size_t i = 0; i < s->events; i++)
		tell_call(s, &s->event[i]);
}

static char *sight_in_words(const struct sight *g)
{
	char *head, *all;

	switch (g->kind) {
	case WAS_LET_IN:
		return sentence("is connected");
	case GOT_END:
		return sentence("gets the end of file");
	case GOT_ERROR:
		return sentence("gets the error %s (%s)",
				error_name((int64_t)g->n), strerror((int)g->n));
	default:
		break;
	}
	head = head_of(g->head, sizeof(g->head), g->n);
	if (g->kind == GOT_DATAGRAM)
		all = sentence("gets a datagram of %zu byte%s: %s", g->n,
			       g->n == 1 ? "" : "s", head);
	else
		all = sentence(g->n == 1 ? N_("gets %zu byte: %s")
					 : N_("gets %zu bytes: %s"),
			       g->n, head);
	free(head);
	return all;
}

static void tell_sights(struct story *s)
{
	for (size_t i = 0; i < n_sights; i++) {
		const struct sight *g = &sights[i];

		add_row(s, g->at,
			g->kind == GOT_DATAGRAM ? lane_of_sender(s, g->who)
						: lane_of_client(s, g->who),
			SAW, sight_in_words(g), false);
	}
}

static bool is_doing(const char *what)
{
	return strncmp(what, "expect", strlen("expect")) != 0;
}

/* Times in the transcript are as it shows them: in milliseconds. */
uint64_t moment_of(const struct story *s, const json_t *step)
{
	double ms = json_real_value(json_object_get(step, "ms"));

	return s->t->began + (uint64_t)(ms * NS_PER_MS);
}

/* In the reader's language, without the name if it stands in its lane; NULL: it
 * is English. */
static char *step_says(const json_t *step, const char *name)
{
	const char *says = json_string_value(json_object_get(step, "says"));
	size_t n = strlen(name);

	if (says && n && strncmp(says, name, n) == 0)
		says += n + strspn(says + n, " ");
	return says ? must_strdup(says) : NULL;
}

/* Whose doing it is, and how long his name is; -1: the grader's own.  Of client
 * 1's process somebody else speaks. */
static int lane_of_step(struct story *s, const char *what, int *name)
{
	int n = 0;

	if (sscanf(what, "client %d%n", &n, name) == 1 && *name &&
	    what[*name] != '\'')
		return lane_of_client(s, n);
	if (sscanf(what, "sender %d%n", &n, name) == 1 && *name &&
	    what[*name] != '\'')
		return lane_of_sender(s, n);
	*name = 0;
	return -1;
}

/* What clients do stands in their lanes, without their names. */
static void tell_step(struct story *s, const json_t *step)
{
	const char *what = json_string_value(json_object_get(step, "what"));
	int name = 0, lane = lane_of_step(s, what, &name);

	what += name;
	what += name ? strspn(what, ", ") : 0;
	add_row(s, moment_of(s, step), lane, STEP, must_strdup(what), false);
	s->row[s->rows - 1].says =
		step_says(step, lane >= 0 ? s->lane[lane].says : "");
	s->row[s->rows - 1].ends =
		lane >= 0 && (strncmp(what, "closes its", 10) == 0 ||
			      strncmp(what, "resets its", 10) == 0);
}

static void tell_steps(struct story *s)
{
	const json_t *step;
	size_t i;

	json_array_foreach(s->t->steps, i, step)
	{
		if (is_doing(json_string_value(json_object_get(step, "what"))))
			tell_step(s, step);
	}
}

/* What ends itself has called exit(). */
static void tell_kills(struct story *s)
{
	for (size_t i = 0; i < s->t->programs; i++) {
		const struct program *p = s->t->program[i];

		if (!p->ended || !WIFSIGNALED(p->status) || p->inner <= 0)
			continue;
		add_row(s, p->ended_at, lane_of_thread(s, p->inner, p->inner),
			STATE,
			sentence("is killed by signal %d (SIG%s)",
				 WTERMSIG(p->status),
				 sigabbrev_np(WTERMSIG(p->status))),
			false);
		s->row[s->rows - 1].ends = true;
	}
}

static void tell_states(struct story *s)
{
	static struct look l;

	if (!s->t->agent)
		return;
	probe_processes(&l, s->t->agent);
	for (size_t i = 0; i < l.n && i < STATES_MAX; i++) {
		pid_t inner = probe_inner_pid(l.p[i].pid);

		if (inner > 0)
			add_row(s, UINT64_MAX, lane_of_thread(s, inner, inner),
				STATE, process_state(&l.p[i]), false);
	}
}

void tell_all(struct story *s)
{
	tell_steps(s);
	tell_sights(s);
	tell_calls(s);
	tell_missing(s);
	tell_kills(s);
	tell_states(s);
}
