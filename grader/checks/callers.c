/* SPDX-License-Identifier: MIT */
/* callers.c - clients for whom the server may have no room yet */
#include "callers.h"

#include "../diagnoses.h"
#include "../language.h"

#include <netinet/tcp.h>

#define LEAVING 10

void next_client(struct trial *t)
{
	int n = (int)t->connections + 1;

	clients(t, n);
	exchange(t, n, "hello\n");
}

/* Of those who called, who has an answer, or could still get one? */
static int count_answered(struct trial *t)
{
	int n = 0;

	for (int i = 1; i <= (int)t->connections; i++)
		n += conn(t, i)->arrived > 0;
	return n;
}

static int count_waiting(struct trial *t)
{
	int n = 0;

	for (int i = 1; i <= (int)t->connections; i++) {
		const struct connection *c = conn(t, i);

		n += !c->connecting && !c->eof && !c->error && !c->arrived;
	}
	return n;
}

static bool are_answered(struct trial *t, void *arg)
{
	return count_answered(t) >= *(int *)arg;
}

/* Client 1 stays.  How many have left. */
static int let_some_leave(struct trial *t)
{
	int left = 0;

	for (int i = 2; i <= (int)t->connections && left < LEAVING; i++) {
		if (conn(t, i)->arrived) {
			hang_up(t, i);
			left++;
		}
	}
	return left;
}

void expect_next_ones(struct trial *t)
{
	int waiting = count_waiting(t), due = count_answered(t);
	int left = let_some_leave(t), next = left < waiting ? left : waiting;
	enum outcome o;

	if (next == 0) {
		next_client(t);
		return;
	}
	step(t, "expect that %d of those who wait are answered now", next);
	due += next;
	o = wait_until(t, are_answered, &due);
	if (o != DONE)
		fail_as(t,
			o != IS_BUSY && count_sockets(t, TCP_CLOSE_WAIT) > 0
				? &connection_leak
				: NULL,
			symptom_of(t, o),
			sentence(
				"%d clients have left, and %d more are answered",
				left, next),
			text("%d; %s", count_answered(t) - (due - next),
			     state_of(t, o)));
}
