/* SPDX-License-Identifier: MIT */
/* timeline.c - the rows of a timeline: put in order, and told */
#include "story.h"

#include "../record.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 160 /* that are told… */
#define ROWS_HEAD 24 /* …of which these stay, and the latest */

static const char *const kind_names[] = {"step", "saw", "call", "wait",
					 "state"};

void *room_for_one(void *list, size_t n, size_t size)
{
	if (n & (n - 1))
		return list;
	list = realloc(list, (n ? 2 * n : 1) * size);
	if (!list)
		die("out of memory");
	return list;
}

void sort(void *list, size_t n, size_t size,
	  int (*compare)(const void *, const void *))
{
	if (n) /* not even nothing may be at NULL */
		qsort(list, n, size, compare);
}

static void note_moment(struct story *s, uint64_t at)
{
	s->moment = room_for_one(s->moment, s->moments, sizeof(*s->moment));
	s->moment[s->moments++] = at;
}

/* The program may have written anything there. */
static bool makes_sense(const struct witness_event *e)
{
	return e->state != EVENT_EMPTY && call_name(e->call) &&
	       e->n_bytes <= sizeof(e->bytes) && e->pid > 0 && e->tid > 0;
}

/* It has all happened in this trial, and no call returns before it is made. */
static void put_right(struct witness_event *e, uint64_t began, uint64_t now)
{
	if (e->entered < began)
		e->entered = began;
	if (e->entered > now)
		e->entered = now;
	if (e->returned < e->entered)
		e->returned = e->entered;
	if (e->returned > now)
		e->returned = now;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void gather(struct story *s)
{
	struct witness_event e;
	const json_t *step;
	uint64_t at;
	size_t i;

	for (uint32_t slot = 0; witness_slot(s->t, slot, &e); slot++) {
		if (!makes_sense(&e))
			continue;
		put_right(&e, s->t->began, s->now);
		s->event = room_for_one(s->event, s->events, sizeof(e));
		s->event[s->events++] = e;
		note_moment(s, e.entered);
	}
	for (i = 0; sight_at(i, &at); i++)
		note_moment(s, at);
	json_array_foreach(s->t->steps, i, step)
		note_moment(s, moment_of(s, step));
	sort(s->moment, s->moments, sizeof(*s->moment), by_size);
}

static int by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->at != y->at)
		return x->at > y->at ? 1 : -1;
	return x->order > y->order ? 1 : -1;
}

static void free_row(struct row *r)
{
	free(r->what);
	free(r->says);
}

/* The same thing again and again in one lane is one row. */
static void fold(struct story *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->rows; i++) {
		struct row *r = &s->row[i], *last = &s->row[kept - !!kept];

		if (kept && r->lane == last->lane && r->kind == last->kind &&
		    strcmp(r->what, last->what) == 0) {
			last->times++;
			last->ends |= r->ends;
			free_row(r);
		} else {
			s->row[kept++] = *r;
		}
	}
	s->rows = kept;
}

/* Where it waits in a call is known already. */
static bool is_seen_waiting(const struct story *s, const struct row *state)
{
	for (size_t i = s->rows; i-- > 0;)
		if (s->row[i].lane == state->lane && s->row[i].kind != STATE)
			return s->row[i].kind == WAIT;
	return false;
}

static void drop_known_states(struct story *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->rows; i++) {
		if (s->row[i].kind == STATE && !s->row[i].ends &&
		    is_seen_waiting(s, &s->row[i]))
			free_row(&s->row[i]);
		else
			s->row[kept++] = s->row[i];
	}
	s->rows = kept;
}

/* Of lanes, only those where something is told to happen. */
static int number_told(const struct story *s, int lane)
{
	return lane < 0 ? -1 : s->lane[lane].told;
}

static json_t *row_told(const struct story *s, const struct row *r)
{
	uint64_t at = r->at == UINT64_MAX ? s->now : r->at;
	json_t *o = json_pack("{s:f, s:i, s:s, s:s}", "ms",
			      ((double)at - (double)s->t->began) / NS_PER_MS,
			      "lane", number_told(s, r->lane), "kind",
			      kind_names[r->kind], "what", r->what);

	if (r->says)
		json_object_set_new(o, "says", json_string(r->says));
	if (r->times > 1)
		json_object_set_new(o, "times", json_integer(r->times));
	if (r->fault)
		json_object_set_new(o, "fault", json_true());
	if (number_told(s, r->with) >= 0)
		json_object_set_new(o, r->gives ? "to" : "from",
				    json_integer(number_told(s, r->with)));
	if (r->ends)
		json_object_set_new(o, "ends", json_true());
	return o;
}

static json_t *lane_told(const struct lane *l)
{
	json_t *o = json_pack("{s:s, s:s}", "name", l->name, "kind",
			      l->client || l->sender ? "client"
			      : l->pid == l->tid     ? "process"
						     : "thread");

	if (strcmp(l->says, l->name) != 0)
		json_object_set_new(o, "says", json_string(l->says));
	return o;
}

static json_t *lanes_told(struct story *s)
{
	json_t *lanes = json_array();

	for (size_t i = 0; i < s->lanes; i++)
		s->lane[i].told = -1;
	for (size_t i = 0; i < s->rows; i++)
		if (s->row[i].lane >= 0)
			s->lane[s->row[i].lane].told = 0;
	for (size_t i = 0; i < s->lanes; i++) {
		if (s->lane[i].told < 0)
			continue;
		s->lane[i].told = (int)json_array_size(lanes);
		json_array_append_new(lanes, lane_told(&s->lane[i]));
	}
	return lanes;
}

/* Of a long story, the beginning and the end. */
static size_t leave_out(struct story *s)
{
	size_t out = s->rows > ROWS_MAX ? s->rows - ROWS_MAX : 0;

	for (size_t i = 0; i < out; i++)
		free_row(&s->row[ROWS_HEAD + i]);
	if (out)
		memmove(s->row + ROWS_HEAD, s->row + ROWS_HEAD + out,
			(s->rows - ROWS_HEAD - out) * sizeof(*s->row));
	s->rows -= out;
	return out;
}

static json_t *told(struct story *s)
{
	size_t out = leave_out(s);
	json_t *lanes = lanes_told(s), *rows = json_array();

	for (size_t i = 0; i < s->rows; i++)
		json_array_append_new(rows, row_told(s, &s->row[i]));
	return json_pack("{s:o, s:o, s:i, s:i}", "lanes", lanes, "rows", rows,
			 "head", ROWS_HEAD, "left_out", (int)out);
}

json_t *timeline(struct trial *t)
{
	struct story s = {.t = t, .now = now_ns()};
	json_t *all;

	gather(&s);
	tell_all(&s);
	sort(s.row, s.rows, sizeof(*s.row), by_time);
	fold(&s);
	drop_known_states(&s);
	all = told(&s);
	for (size_t i = 0; i < s.lanes; i++) {
		free(s.lane[i].name);
		free(s.lane[i].says);
	}
	for (size_t i = 0; i < s.rows; i++)
		free_row(&s.row[i]);
	free(s.lane);
	free(s.row);
	free(s.held);
	free(s.event);
	free(s.moment);
	return all;
}
