/* SPDX-License-Identifier: MIT */
/* open_loop.c - round trips at a fixed rate; traffic.h says how. */
#include "open_loop.h"

#include "instrument.h"

#include <stdlib.h>
#include <sys/prctl.h>

/* The active connections that are idle, in a ring, the longest idle first. */
struct idle {
	struct connection **ring;
	size_t first, n, room;
};

struct schedule {
	struct traffic *t;
	struct idle idle;
	double interval_ns;
	uint64_t next; /* the round trip to begin next, from 0 on */
};

static void add_idle(struct idle *idle, struct connection *c)
{
	idle->ring[(idle->first + idle->n++) % idle->room] = c;
}

/* One may have been lost while it was idle.  NULL if there is none. */
static struct connection *take_idle(struct idle *idle)
{
	while (idle->n > 0) {
		struct connection *c = idle->ring[idle->first];

		idle->first = (idle->first + 1) % idle->room;
		idle->n--;
		if (c->state == IDLE)
			return c;
	}
	return NULL;
}

static struct schedule schedule_of(struct traffic *t)
{
	const struct options *o = t->crowd->o;
	struct schedule s = {
		.t = t,
		.interval_ns = (double)NS_PER_S / o->rate,
		.idle = {.ring = malloc(o->active * sizeof *s.idle.ring),
			 .room = o->active},
	};

	if (!s.idle.ring)
		die_errno("%zu connections", o->active);
	for (size_t j = 0; j < o->active; j++)
		add_idle(&s.idle, crowd_active(t->crowd, j));
	return s;
}

/* When round trip k is due: computed from the beginning, so that errors of
 * rounding do not add up. */
static uint64_t due_ns(const struct schedule *s, uint64_t k)
{
	return s->t->begin_ns + (uint64_t)((double)k * s->interval_ns);
}

static bool is_due(const struct schedule *s, uint64_t now)
{
	uint64_t due = due_ns(s, s->next);

	return s->t->may_begin > 0 && due <= now && due < s->t->end_ns;
}

static void begin_what_is_due(struct schedule *s)
{
	struct connection *c;

	for (uint64_t now = now_ns(); is_due(s, now); now = now_ns()) {
		if (now >= s->t->end_ns || !(c = take_idle(&s->idle)))
			return;
		traffic_begins(s->t, now);
		crowd_begin(s->t->crowd, c, s->t->crowd->o->bytes,
			    due_ns(s, s->next++), now);
	}
}

static void take_open(void *context, struct connection *c, enum news news,
		      uint64_t now)
{
	struct schedule *s = context;

	if (news != ROUND_TRIP)
		return;
	traffic_count(s->t, c, now);
	add_idle(&s->idle, c);
	begin_what_is_due(s);
}

/* Until when there is nothing to begin: until the next is due if somebody is
 * idle, else until somebody is. */
static uint64_t next_beginning(const struct schedule *s)
{
	uint64_t due = due_ns(s, s->next);

	if (s->t->may_begin == 0)
		return NO_END;
	if (s->idle.n == 0 || due > s->t->end_ns)
		return s->t->end_ns;
	return due;
}

/* All that were due before the end, and waited for a connection to be idle. */
static void count_late(struct schedule *s)
{
	while (s->t->may_begin > 0 && due_ns(s, s->next) < s->t->end_ns &&
	       s->t->end_ns != NO_END) {
		uint64_t waited = s->t->end_ns - due_ns(s, s->next++);

		histogram_add(&s->t->latency, waited);
		s->t->late++;
	}
}

static bool goes_on(const struct schedule *s, uint64_t now)
{
	bool more = s->t->may_begin > 0 && now < s->t->end_ns;

	return s->t->crowd->pending > 0 || (more && s->idle.n > 0);
}

void open_loop(struct traffic *t)
{
	struct schedule s = schedule_of(t);

	/* Else the kernel lets a timer be late by 50 µs. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	for (uint64_t now = now_ns(); goes_on(&s, now); now = now_ns()) {
		begin_what_is_due(&s);
		if (now >= t->end_ns)
			traffic_is_over(t, now);
		crowd_wait(t->crowd,
			   now < t->end_ns ? next_beginning(&s) : NO_END,
			   take_open, &s);
	}
	count_late(&s);
	free(s.idle.ring);
}
