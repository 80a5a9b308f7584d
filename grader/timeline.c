/* SPDX-License-Identifier: MIT */
/* timeline.c - what happened on both sides of a trial, in the order of time */

/*
 * Theory of operation
 *
 * Three sources tell of one trial, by one clock: the transcript has what the
 * grader did, the sights what its clients saw, the witness's record what the
 * program called.  They are put into one list of rows.
 *
 * A call is one row, when it has returned; unless something else happened while
 * it lasted: then it waited, and has two.  So no clock decides what is drawn as
 * waiting, but for calls that are too short to be worth it.
 *
 * Descriptors say nothing to a reader, clients do: a table follows who holds
 * which client's connection by what number, through accept, dup, fork and
 * close.  Where it does not know, only the number is shown.
 */
#include "timeline.h"

#include "record.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define ROWS_MAX 160 /* that are told… */
#define ROWS_HEAD 24 /* …of which these stay, and the latest */
#define SIGHTS_MAX 4096
#define SHORT_WAIT (NS_PER_S / 5000)
#define BYTES_SHOWN 24
#define STATES_MAX 8
#define HOLDINGS_MAX 16384 /* a program can pretend that it forks for ever */

struct sight {
	uint64_t at;
	int client;
	enum sight_kind kind;
	size_t n;
	unsigned char head[BYTES_SHOWN];
};

static struct sight sights[SIGHTS_MAX];
static size_t n_sights;

void sight(struct trial *t, const struct connection *c, enum sight_kind kind,
	   const void *data, size_t n)
{
	struct sight *s = &sights[n_sights];

	if (n_sights == SIGHTS_MAX || t->experimenting)
		return;
	*s = (struct sight){
		.at = now_ns(), .client = c->number, .kind = kind, .n = n};
	if (data)
		memcpy(s->head, data,
		       n < sizeof(s->head) ? n : sizeof(s->head));
	n_sights++;
}

/* ---- lanes ---- */

struct lane {
	int client;   /* or 0; of a program that called us, our end */
	int pid, tid; /* as the program sees them, or 0 */
	char *name;
	int told; /* its number among those that are told; -1: it is not */
};

enum row_kind { STEP, SAW, CALL, WAIT, STATE };

static const char *const kind_names[] = {"step", "saw", "call", "wait",
					 "state"};

struct row {
	uint64_t at;
	size_t order; /* of those at the same time */
	int lane;
	enum row_kind kind;
	char *what;
	unsigned times;
	bool fault;
	bool ends; /* its lane */
	int with;  /* lane that the call has taken from, or given to; -1 */
	bool gives;
};

/* Process `pid` holds the connection of a client by this descriptor. */
struct holding {
	int pid, fd, client;
};

struct story {
	struct trial *t;
	uint64_t now;
	struct lane *lane;
	size_t lanes;
	struct row *row;
	size_t rows;
	struct holding *held;
	size_t holdings;
	struct witness_event *event;
	size_t events;
	uint64_t *moment; /* when anything happened, in order */
	size_t moments;
	int accepted; /* clients, by those who do not say whom */
};

/* Room for one more of what grows by doubling; n is how many there are. */
static void *room_for_one(void *list, size_t n, size_t size)
{
	if (n & (n - 1))
		return list;
	list = realloc(list, (n ? 2 * n : 1) * size);
	if (!list)
		die("out of memory");
	return list;
}

/* Not even nothing may be at NULL for qsort(). */
static void sort(void *list, size_t n, size_t size,
		 int (*compare)(const void *, const void *))
{
	if (n)
		qsort(list, n, size, compare);
}

static int add_lane(struct story *s, struct lane lane)
{
	s->lane = room_for_one(s->lane, s->lanes, sizeof(*s->lane));
	s->lane[s->lanes] = lane;
	return (int)s->lanes++;
}

static int lane_of_client(struct story *s, int n)
{
	for (size_t i = 0; i < s->lanes; i++)
		if (s->lane[i].client == n)
			return (int)i;
	return add_lane(s,
			(struct lane){.client = n,
				      .name = text(s->t->server ? "client %d"
								: "server %d",
						   n)});
}

/* The program that a process was started as, or NULL: it was forked. */
static const struct program *program_of(const struct trial *t, int pid)
{
	for (size_t i = t->programs; i-- > 0;)
		if (t->program[i]->inner == pid)
			return t->program[i];
	return NULL;
}

static char *name_of_lane(const struct trial *t, int pid, int tid)
{
	const struct program *p = program_of(t, pid);

	if (tid != pid)
		return text("thread %d", tid);
	if (!p)
		return text("child %d", pid);
	return text("%.*s", (int)strcspn(p->line, " "), p->line);
}

static int lane_of_thread(struct story *s, int pid, int tid)
{
	for (size_t i = 0; i < s->lanes; i++)
		if (s->lane[i].pid == pid && s->lane[i].tid == tid)
			return (int)i;
	return add_lane(s, (struct lane){.pid = pid,
					 .tid = tid,
					 .name = name_of_lane(s->t, pid, tid)});
}

static void add_row(struct story *s, uint64_t at, int lane, enum row_kind kind,
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

static int client_of(const struct story *s, int pid, int64_t fd)
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

/* What a call that has returned has changed. */
static void follow(struct story *s, const struct witness_event *e)
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

/* ---- calls in words ---- */

static const char *const names[CALL_COUNT] = {
	[CALL_SOCKET] = "socket",     [CALL_BIND] = "bind",
	[CALL_LISTEN] = "listen",     [CALL_ACCEPT] = "accept",
	[CALL_CONNECT] = "connect",   [CALL_READ] = "read",
	[CALL_WRITE] = "write",	      [CALL_SHUTDOWN] = "shutdown",
	[CALL_CLOSE] = "close",	      [CALL_SETSOCKOPT] = "setsockopt",
	[CALL_POLL] = "poll",	      [CALL_FORK] = "fork",
	[CALL_WAIT] = "waitpid",      [CALL_KILL] = "kill",
	[CALL_SIGNAL] = "sigaction",  [CALL_PIPE] = "pipe",
	[CALL_DUP] = "dup",	      [CALL_EXEC] = "exec",
	[CALL_EXIT] = "exit",	      [CALL_SLEEP] = "sleep",
	[CALL_TIMER] = "timer",	      [CALL_THREAD] = "pthread_create",
	[CALL_JOIN] = "pthread_join", [CALL_OPEN] = "open",
	[CALL_UNLINK] = "unlink",     [CALL_MKFIFO] = "mkfifo",
	[CALL_SHM] = "shm",
};

static bool has_descriptor(const struct witness_event *e)
{
	switch (e->call) {
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_ACCEPT:
	case CALL_CONNECT:
	case CALL_READ:
	case CALL_WRITE:
	case CALL_SHUTDOWN:
	case CALL_CLOSE:
	case CALL_SETSOCKOPT:
	case CALL_DUP:
		return true;
	default:
		return false;
	}
}

static const char *or_else(const char *s, const char *otherwise)
{
	return s ? s : otherwise;
}

static const char *signal_name(int64_t n)
{
	return or_else(sigabbrev_np((int)n), "?");
}

static const char *error_name(int64_t n)
{
	return or_else(strerrorname_np((int)n), "?");
}

/* epoll has a descriptor of its own, the others a list of them. */
static char *arguments_of_poll(const struct witness_event *e)
{
	char *limit = e->arg[1] < 0 ? must_strdup("")
				    : text(", %d ms", (int)e->arg[1]);
	char *all = e->arg[2] >= 0 ? text("%d%s", (int)e->arg[2], limit)
				   : text("%d descriptor%s%s", (int)e->arg[0],
					  e->arg[0] == 1 ? "" : "s", limit);

	free(limit);
	return all;
}

/* What stands between the parentheses. */
static char *arguments(const struct witness_event *e)
{
	size_t shown = e->n_bytes;

	switch (e->call) {
	case CALL_POLL:
		return arguments_of_poll(e);
	case CALL_OPEN:
	case CALL_UNLINK:
	case CALL_MKFIFO:
	case CALL_EXEC:
		return readable(e->bytes, shown, BYTES_SHOWN);
	case CALL_KILL:
		return text("%d, SIG%s", (int)e->arg[0],
			    signal_name(e->arg[1]));
	case CALL_SIGNAL:
		return text("SIG%s", signal_name(e->arg[0]));
	case CALL_WAIT:
	case CALL_EXIT:
		return text("%d", (int)e->arg[0]);
	case CALL_SLEEP:
		return text("%.6g s", (double)e->arg[0] / 1e6);
	default:
		return has_descriptor(e) ? text("%d", (int)e->arg[0])
					 : must_strdup("");
	}
}

/* As it stands in the program, as far as the record tells variants apart. */
static const char *name_of_call(const struct witness_event *e)
{
	static char name[WITNESS_BYTES + 1];

	switch (e->call) {
	case CALL_SHM: /* shmget, shmat, … */
		snprintf(name, sizeof(name), "%.*s", e->n_bytes,
			 (const char *)e->bytes);
		make_printable(name);
		return name;
	case CALL_READ:
		return e->arg[2] == WITHOUT_FLAGS ? "read" : "recv";
	case CALL_WRITE:
		return e->arg[2] == WITHOUT_FLAGS ? "write" : "send";
	case CALL_POLL:
		return e->arg[2] >= 0 ? "epoll_wait" : "poll";
	case CALL_JOIN:
		return e->arg[1] ? "pthread_detach" : "pthread_join";
	default:
		return names[e->call];
	}
}

/* Whose connection is it about? */
static int client_in(const struct story *s, const struct witness_event *e)
{
	return e->call == CALL_ACCEPT ? client_of(s, e->pid, e->result)
	       : has_descriptor(e)    ? client_of(s, e->pid, e->arg[0])
				      : 0;
}

static const char *standard_stream(const struct witness_event *e)
{
	static const char *const streams[] = {", stdin", ", stdout",
					      ", stderr"};

	if ((e->call != CALL_READ && e->call != CALL_WRITE) || e->arg[0] < 0 ||
	    e->arg[0] > 2)
		return "";
	return streams[e->arg[0]];
}

/* ", client 2", for a call that waits " for client 2", or nothing. */
static char *whose(struct story *s, const struct witness_event *e,
		   bool returned)
{
	int client = client_in(s, e);

	if (!returned && e->call == CALL_ACCEPT)
		return text(" for a client");
	if (client > 0) {
		int lane = lane_of_client(s, client); /* moves s->lane */

		return text("%s %s", returned ? "," : " for",
			    s->lane[lane].name);
	}
	return must_strdup(standard_stream(e));
}

/* The first of n bytes, of which `kept` are at hand. */
static char *head_of(const unsigned char *data, size_t kept, size_t n)
{
	size_t shown = n < kept ? n : kept;
	char *head, *all;

	if (shown > BYTES_SHOWN)
		shown = BYTES_SHOWN;
	head = readable(data, shown, shown);
	all = text("%s%s", head, n > shown ? "..." : "");
	free(head);
	return all;
}

static char *result_of(const struct witness_event *e)
{
	char *data, *all;

	/* The old handler of a signal is nobody's business. */
	if (e->call == CALL_EXIT || e->state != EVENT_RETURNED ||
	    (e->call == CALL_SIGNAL && !e->error))
		return must_strdup("");
	if (e->result < 0 || (e->error && e->result <= 0))
		return text(" = -1 %s (%s)", error_name(e->error),
			    strerror(e->error));
	if ((e->call != CALL_READ && e->call != CALL_WRITE) || e->result == 0)
		return text(" = %lld%s", (long long)e->result,
			    e->call == CALL_READ ? ", end of file" : "");
	if (!e->n_bytes)
		return text(" = %lld", (long long)e->result);
	data = head_of(e->bytes, e->n_bytes, (size_t)e->result);
	all = text(" = %lld %s", (long long)e->result, data);
	free(data);
	return all;
}

static const char *const fault_names[] = {
	[ACT_FAIL] = "made to fail",	   [ACT_HALF] = "given half",
	[ACT_ONE] = "given a byte",	   [ACT_ABORT] = "its client gave up",
	[ACT_DELAY] = "delayed",	   [ACT_HOLD] = "held back",
	[ACT_VANISH] = "a client gave up", [ACT_STOP] = "stopped here",
	[ACT_KILL] = "killed here",	   [ACT_GUARD] = "guarded",
};

static const char *fault_of(const struct witness_event *e)
{
	return e->action < sizeof(fault_names) / sizeof(*fault_names)
		       ? fault_names[e->action]
		       : NULL;
}

static char *call_in_words(struct story *s, const struct witness_event *e,
			   bool returned)
{
	char *in = arguments(e), *of = whose(s, e, returned);
	char *out = returned ? result_of(e) : must_strdup("");
	const char *fault = fault_of(e);
	char *all = text("%s%s(%s)%s%s%s%s%s", returned ? "" : "waits in ",
			 name_of_call(e), in, out, of, fault ? " [" : "",
			 fault ? fault : "", fault ? "]" : "");

	free(in);
	free(of);
	free(out);
	return all;
}

/* ---- the three sources ---- */

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

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
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
			text("the calls after the first %d are not recorded",
			     WITNESS_EVENTS),
			false);
	if (n_sights == SIGHTS_MAX)
		add_row(s, sights[SIGHTS_MAX - 1].at + 1, -1, STEP,
			text("what clients get from here on is not recorded"),
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
		return text("is connected");
	case GOT_END:
		return text("gets the end of file");
	case GOT_ERROR:
		return text("gets the error %s (%s)", error_name((int64_t)g->n),
			    strerror((int)g->n));
	default:
		break;
	}
	head = head_of(g->head, sizeof(g->head), g->n);
	all = text("gets %zu byte%s: %s", g->n, g->n == 1 ? "" : "s", head);
	free(head);
	return all;
}

static void tell_sights(struct story *s)
{
	for (size_t i = 0; i < n_sights; i++)
		add_row(s, sights[i].at, lane_of_client(s, sights[i].client),
			SAW, sight_in_words(&sights[i]), false);
}

static bool is_doing(const char *what)
{
	return strncmp(what, "expect", strlen("expect")) != 0;
}

/* Times in the transcript are as it shows them: in milliseconds. */
static uint64_t moment_of(const struct story *s, const json_t *step)
{
	double ms = json_real_value(json_object_get(step, "ms"));

	return s->t->began + (uint64_t)(ms * NS_PER_MS);
}

/* What clients do stands in their lanes, without their names. */
static void tell_step(struct story *s, const json_t *step)
{
	const char *what = json_string_value(json_object_get(step, "what"));
	int client = 0, end = 0, lane = -1;

	if (sscanf(what, "client %d%n", &client, &end) == 1 && end > 0 &&
	    strchr(", ", what[end])) {
		end += (int)strspn(what + end, ", ");
		lane = lane_of_client(s, client);
		what += end;
	}
	add_row(s, moment_of(s, step), lane, STEP, must_strdup(what), false);
	s->row[s->rows - 1].ends =
		lane >= 0 && (strstr(what, "closes its connection") ||
			      strstr(what, "resets its connection"));
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

/* ---- all of it ---- */

static void note_moment(struct story *s, uint64_t at)
{
	s->moment = room_for_one(s->moment, s->moments, sizeof(*s->moment));
	s->moment[s->moments++] = at;
}

/* The program may have written anything there. */
static bool makes_sense(const struct witness_event *e)
{
	return e->state != EVENT_EMPTY && e->call < CALL_COUNT &&
	       names[e->call] && e->n_bytes <= sizeof(e->bytes) && e->pid > 0 &&
	       e->tid > 0;
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

static void gather(struct story *s)
{
	struct witness_event e;
	const json_t *step;
	size_t i;

	for (uint32_t at = 0; witness_slot(s->t, at, &e); at++) {
		if (!makes_sense(&e))
			continue;
		put_right(&e, s->t->began, s->now);
		s->event = room_for_one(s->event, s->events, sizeof(e));
		s->event[s->events++] = e;
		note_moment(s, e.entered);
	}
	for (i = 0; i < n_sights; i++)
		note_moment(s, sights[i].at);
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
			free(r->what);
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
		if (s->row[i].kind == STATE && is_seen_waiting(s, &s->row[i]))
			free(s->row[i].what);
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
	return json_pack("{s:s, s:s}", "name", l->name, "kind",
			 l->client	    ? "client"
			 : l->pid == l->tid ? "process"
					    : "thread");
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
		free(s->row[ROWS_HEAD + i].what);
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
	tell_steps(&s);
	tell_sights(&s);
	tell_calls(&s);
	tell_missing(&s);
	tell_states(&s);
	sort(s.row, s.rows, sizeof(*s.row), by_time);
	fold(&s);
	drop_known_states(&s);
	all = told(&s);
	for (size_t i = 0; i < s.lanes; i++)
		free(s.lane[i].name);
	for (size_t i = 0; i < s.rows; i++)
		free(s.row[i].what);
	free(s.lane);
	free(s.row);
	free(s.held);
	free(s.event);
	free(s.moment);
	return all;
}
