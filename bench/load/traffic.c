/* SPDX-License-Identifier: MIT */
/* traffic.c - round trips, as fast as they go or at a fixed rate, and how long each took. */
#include "traffic.h"

#include "instrument.h"
#include "limits.h"
#include "open_loop.h"

#include <errno.h>

void traffic_is_over(struct traffic *t, uint64_t now)
{
	if (t->over_ns != 0)
		return;
	t->over_ns = now;
	t->cpu_ns += own_cpu_ns();
}

bool traffic_begins(struct traffic *t, uint64_t now)
{
	if (now >= t->end_ns || t->may_begin == 0) {
		traffic_is_over(t, now);
		return false;
	}
	t->may_begin--;
	return true;
}

void traffic_count(struct traffic *t, const struct connection *c, uint64_t now)
{
	histogram_add(&t->latency, now - c->due_ns);
	histogram_add(&t->from_sending, now - c->began_ns);
	t->done++;
	t->done_in_window += now < t->end_ns;
	t->last_ns = now;
}

/* ---- closed loop ---- */

static void begin(struct traffic *t, struct connection *c, uint64_t now)
{
	if (traffic_begins(t, now))
		crowd_begin(t->crowd, c, t->crowd->o->bytes, now, now);
}

static void take_closed(void *context, struct connection *c, enum news news,
			uint64_t now)
{
	struct traffic *t = context;

	if (news != ROUND_TRIP)
		return;
	traffic_count(t, c, now);
	begin(t, c, now);
}

static void closed_loop(struct traffic *t)
{
	struct crowd *crowd = t->crowd;

	for (size_t j = 0; j < crowd->o->active; j++)
		if (crowd_active(crowd, j)->state == IDLE)
			begin(t, crowd_active(crowd, j), now_ns());
	while (crowd->pending > 0)
		crowd_wait(crowd, NO_END, take_closed, t);
}

/* ---- churn ---- */

/* A server that is gone loses this one, and the others find out themselves. */
static void open_one(struct traffic *t, struct connection *c, uint64_t now)
{
	if (!traffic_begins(t, now) || crowd_open(t->crowd, c, now))
		return;
	if (is_own_limit(errno))
		cannot_connect(t->crowd->o, errno);
	faults_lost(&t->crowd->faults, c, (size_t)(c - t->crowd->all), errno);
}

static void take_churn(void *context, struct connection *c, enum news news,
		       uint64_t now)
{
	struct traffic *t = context;

	switch (news) {
	case CONNECTED:
		crowd_begin(t->crowd, c, t->crowd->o->bytes, c->due_ns, now);
		break;
	case ROUND_TRIP:
		crowd_leave(t->crowd, c);
		break;
	case ENDED:
		traffic_count(t, c, now);
		open_one(t, c, now);
		break;
	default:
		break;
	}
}

static void churn(struct traffic *t)
{
	struct crowd *crowd = t->crowd;

	for (size_t j = 0; j < crowd->o->active; j++)
		open_one(t, crowd_active(crowd, j), now_ns());
	while (crowd->pending > 0)
		crowd_wait(crowd, NO_END, take_churn, t);
}

/* ---- all three ---- */

void traffic_run(struct traffic *t, struct crowd *crowd, double seconds,
		 uint64_t round_trips)
{
	uint64_t ns = (uint64_t)(seconds * (double)NS_PER_S);

	*t = (struct traffic){
		.crowd = crowd,
		.begin_ns = now_ns(),
		.may_begin = round_trips > 0 ? round_trips : UINT64_MAX,
	};
	t->end_ns = ns > 0 ? t->begin_ns + ns : NO_END;
	t->cpu_ns -= own_cpu_ns();
	if (crowd->o->churn)
		churn(t);
	else if (crowd->o->rate > 0)
		open_loop(t);
	else
		closed_loop(t);
	traffic_is_over(t, now_ns());
}

double traffic_seconds(const struct traffic *t)
{
	uint64_t end = t->end_ns != NO_END ? t->end_ns : t->last_ns;

	return end > t->begin_ns
		       ? (double)(end - t->begin_ns) / (double)NS_PER_S
		       : 0;
}
