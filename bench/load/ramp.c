/* SPDX-License-Identifier: MIT */
/* ramp.c - opening the connections, and seeing that each is served. */
#include "ramp.h"

#include "instrument.h"
#include "limits.h"

#include <errno.h>

struct progress {
	struct crowd *crowd;
	struct ramp ramp;
	size_t next; /* of crowd->all */
};

static void take_connected(void *context, struct connection *c, enum news news,
			   uint64_t now)
{
	struct progress *p = context;

	if (news == LOST && p->ramp.connections == 0)
		cannot_connect(p->crowd->o, c->error);
	if (news != CONNECTED)
		return;
	p->ramp.connections++;
	p->ramp.slow += now - c->began_ns > NS_PER_S * 9 / 10;
}

/* In a churn those that send come and go by themselves. */
static bool is_held(const struct options *o, size_t i)
{
	size_t j = (i * o->active + o->connections - 1) / o->connections;

	return !o->churn || j >= o->active ||
	       j * o->connections / o->active != i;
}

static void open_next(struct progress *p)
{
	size_t i = p->next++;

	if (is_held(p->crowd->o, i) &&
	    !crowd_open(p->crowd, &p->crowd->all[i], now_ns()))
		cannot_connect(p->crowd->o, errno);
}

struct ramp ramp_up(struct crowd *crowd)
{
	struct progress p = {.crowd = crowd};
	uint64_t began = now_ns();

	while (p.next < crowd->o->connections || crowd->pending > 0) {
		while (p.next < crowd->o->connections &&
		       crowd->pending < crowd->o->in_flight)
			open_next(&p);
		if (crowd->pending > 0)
			crowd_wait(crowd, NO_END, take_connected, &p);
	}
	p.ramp.ns = now_ns() - began;
	return p.ramp;
}

enum { ROLL_CALL_BYTES = 16 };

static void take_nothing(void *context, struct connection *c, enum news news,
			 uint64_t now)
{
	(void)context;
	(void)c;
	(void)news;
	(void)now;
}

void roll_call(struct crowd *crowd)
{
	size_t next = 0;

	while (next < crowd->o->connections || crowd->pending > 0) {
		while (next < crowd->o->connections &&
		       crowd->pending < crowd->o->in_flight) {
			struct connection *c = &crowd->all[next++];
			uint64_t now = now_ns();

			if (c->state == IDLE)
				crowd_begin(crowd, c, ROLL_CALL_BYTES, now,
					    now);
		}
		if (crowd->pending > 0)
			crowd_wait(crowd, NO_END, take_nothing, NULL);
	}
}
