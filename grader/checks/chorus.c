/* SPDX-License-Identifier: MIT */
/* chorus.c - clients who all talk at once */
#include "chorus.h"
#include "../language.h"

#include <string.h>

const char chorus[] = "all of us at once\n";

/* The first client that has got fewer bytes than it has said; 0: none. */
static int still_waiting(struct trial *t)
{
	for (int n = 1; n <= (int)t->connections; n++)
		if (conn(t, n)->fd >= 0 &&
		    conn(t, n)->arrived < conn(t, n)->said)
			return n;
	return 0;
}

static bool nobody_waits(struct trial *t, void *arg)
{
	(void)arg;
	return !still_waiting(t);
}

enum outcome talk_at_once(struct trial *t, int from)
{
	for (int n = from; n <= (int)t->connections; n++)
		if (conn(t, n)->fd >= 0)
			say(t, n, chorus);
	step(t, "expect as many bytes back for each");
	return wait_until(t, nobody_waits, NULL);
}

static void expect_no_surplus(struct trial *t, int n)
{
	const struct connection *c = conn(t, n);

	if (c->arrived <= c->said)
		return;
	settle(t);
	t->seen.connection = n;
	t->seen.offset = c->said;
	bytes_add(&t->seen.got, c->in.data, c->in.n);
	fail(t, EXTRA_BYTES,
	     sentence("client %d gets as many bytes as it has sent", n),
	     sentence("%llu, having sent %llu", (unsigned long long)c->arrived,
		      (unsigned long long)c->said));
}

void expect_chorus(struct trial *t, int from)
{
	enum outcome o = talk_at_once(t, from);
	int n = still_waiting(t);

	for (int i = 1; i <= (int)t->connections; i++)
		expect_no_surplus(t, i);
	if (o == DONE)
		return;
	t->seen.connection = n;
	bytes_add(&t->seen.want, chorus, strlen(chorus));
	fail(t, conn(t, n)->eof ? ENDED_EARLY : symptom_of(t, o),
	     sentence("client %d gets as many bytes as it has sent", n),
	     sentence("%llu of %llu; %s",
		      (unsigned long long)conn(t, n)->arrived,
		      (unsigned long long)conn(t, n)->said, state_of(t, o)));
}
