/* SPDX-License-Identifier: MIT */
/* lanes.c - a timeline's lanes and rows, and who holds whose connection */
#include "story.h"

#include "../language.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define HOLDINGS_MAX 16384 /* a program can pretend that it forks for ever */

static int add_lane(struct story *s, struct lane lane)
{
	s->lane = room_for_one(s->lane, s->lanes, sizeof(*s->lane));
	s->lane[s->lanes] = lane;
	return (int)s->lanes++;
}

int lane_of_client(struct story *s, int n)
{
	for (size_t i = 0; i < s->lanes; i++)
		if (s->lane[i].client == n)
			return (int)i;
	return add_lane(
		s, (struct lane){
			   .client = n,
			   .name = text(
				   s->t->server ? "client %d" : "server %d", n),
			   .says = sentence(s->t->server ? N_("client %d")
							 : N_("server %d"),
					    n)});
}

int lane_of_sender(struct story *s, int n)
{
	for (size_t i = 0; i < s->lanes; i++)
		if (s->lane[i].sender == n)
			return (int)i;
	return add_lane(s, (struct lane){.sender = n,
					 .name = text("sender %d", n),
					 .says = sentence("sender %d", n)});
}

/* The program that a process was started as, or NULL: it was forked. */
static const struct program *program_of(const struct trial *t, int pid)
{
	for (size_t i = t->programs; i-- > 0;)
		if (t->program[i]->inner == pid)
			return t->program[i];
	return NULL;
}

static void name_lane(const struct trial *t, struct lane *l)
{
	const struct program *p = program_of(t, l->pid);

	if (l->tid != l->pid) {
		l->name = text("thread %d", l->tid);
		l->says = sentence("thread %d", l->tid);
	} else if (!p) {
		l->name = text("child %d", l->pid);
		l->says = sentence("child %d", l->pid);
	} else {
		l->name = text("%.*s", (int)strcspn(p->line, " "), p->line);
		l->says = must_strdup(l->name);
	}
}

int lane_of_thread(struct story *s, int pid, int tid)
{
	struct lane l = {.pid = pid, .tid = tid};

	for (size_t i = 0; i < s->lanes; i++)
		if (s->lane[i].pid == pid && s->lane[i].tid == tid)
			return (int)i;
	name_lane(s->t, &l);
	return add_lane(s, l);
}

void add_row(struct story *s, uint64_t at, int lane, enum row_kind kind,
	     char *what, bool fault)
{
	s->row = room_for_one(s->row, s->rows, sizeof(*s->row));
	s->row[s->rows] = (struct row){.at = at,
				       .order = s->rows,
				       .lane = lane,
				       .kind = kind,
				       .what = what,
				       .times = 1,
				       .fault = fault,
				       .with = -1};
	s->rows++;
}

/* ---- who holds whose connection ---- */

int client_of(const struct story *s, int pid, int64_t fd)
{
	for (size_t i = s->holdings; i-- > 0;)
		if (s->held[i].pid == pid && s->held[i].fd == fd)
			return s->held[i].client;
	return 0;
}

static void hold(struct story *s, int pid, int64_t fd, int client)
{
	if (fd < 0 || client <= 0 || s->holdings == HOLDINGS_MAX)
		return;
	s->held = room_for_one(s->held, s->holdings, sizeof(*s->held));
	s->held[s->holdings++] =
		(struct holding){.pid = pid, .fd = (int)fd, .client = client};
}

static void let_go(struct story *s, int pid, int64_t fd)
{
	for (size_t i = 0; i < s->holdings; i++)
		if (s->held[i].pid == pid && s->held[i].fd == fd)
			s->held[i].client = s->held[i].fd = -1;
}

/* This number means something else from now on, whatever it meant before. */
static void take_up(struct story *s, int pid, int64_t fd, int client)
{
	let_go(s, pid, fd);
	hold(s, pid, fd, client);
}

static void inherit(struct story *s, int parent, int child)
{
	for (size_t i = 0, n = s->holdings; i < n && parent != child; i++)
		if (s->held[i].pid == parent && s->held[i].fd >= 0)
			hold(s, child, s->held[i].fd, s->held[i].client);
}

/* Whom has this call accepted?  By his port; at a path the queue's order is all
 * that there is. */
static int client_accepted(struct story *s, const struct witness_event *e)
{
	const struct trial *t = s->t;
	struct sockaddr_in peer = {0};

	if (e->result < 0)
		return 0;
	if (t->lab->local)
		return ++s->accepted;
	memcpy(&peer, e->bytes,
	       e->n_bytes < sizeof(peer) ? e->n_bytes : sizeof(peer));
	for (size_t i = 1; i <= t->connections; i++)
		if (t->connection[i]->local.sin_port == peer.sin_port)
			return (int)i;
	return 0;
}

/* A child that begins while its parent's fork has not returned. */
static void inherit_early(struct story *s, int child)
{
	for (size_t i = 0; i < s->holdings; i++)
		if (s->held[i].pid == child)
			return;
	for (size_t i = 0; i < s->events; i++)
		if (s->event[i].call == CALL_FORK && s->event[i].pid != child &&
		    s->event[i].state != EVENT_RETURNED) {
			inherit(s, s->event[i].pid, child);
			return;
		}
}

void follow(struct story *s, const struct witness_event *e)
{
	switch (e->call) {
	case CALL_ACCEPT:
		take_up(s, e->pid, e->result, client_accepted(s, e));
		break;
	case CALL_CONNECT: /* to us, one after the other */
		if (!s->t->server && !e->error)
			take_up(s, e->pid, e->arg[0], ++s->accepted);
		break;
	case CALL_CLOSE:
		let_go(s, e->pid, e->arg[0]);
		break;
	case CALL_DUP:
		take_up(s, e->pid, e->result, client_of(s, e->pid, e->arg[0]));
		break;
	case CALL_FORK:
		if (e->result > 0)
			inherit(s, e->pid, (int)e->result);
		else if (e->result == 0)
			inherit_early(s, e->pid);
		break;
	default:
		break;
	}
}
