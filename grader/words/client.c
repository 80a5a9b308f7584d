/* SPDX-License-Identifier: MIT */
/* client.c - words for the grader's side of a connection */
#include "../check.h"

#include "connection.h"

#include "../sockets.h"
#include "../language.h"
#include "../timeline/timeline.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Among those that the kernel hands out, so that who takes up all of them has
 * these, too (ip_local_port_range, ip(7)). */
#define CALLERS 50000

struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

struct connection *conn(struct trial *t, int n)
{
	if (n < 1 || (size_t)n > t->connections)
		give_up(t, text("the check has no connection %d", n));
	return t->connection[n];
}

struct connection *add_connection(struct trial *t, int fd)
{
	struct connection *c = must_calloc(1, sizeof(*c));
	socklen_t size = sizeof(c->local);

	if (t->connections == CONNECTIONS_MAX)
		give_up(t, text("too many connections in one check"));
	c->fd = fd;
	c->reading = true;
	t->connection[++t->connections] = c;
	c->number = (int)t->connections;
	getsockname(fd, (struct sockaddr *)&c->local, &size);
	return c;
}

/* Client 3 calls from port 50003: the same report each time, and one to read.
 * If the program has taken that port any other will do. */
static void call_from_own_port(struct trial *t, int fd)
{
	struct sockaddr_in own =
		loopback((uint16_t)(CALLERS + t->connections + 1));

	if (t->set->sandbox)
		(void)bind(fd, (struct sockaddr *)&own, sizeof(own));
}

int begin_connecting(struct trial *t)
{
	struct sockaddr_in to = loopback(t->port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct connection *c;
	int error;

	if (fd < 0)
		give_up(t, text("socket: %s", strerror(errno)));
	call_from_own_port(t, fd);
	error = connect(fd, (struct sockaddr *)&to, sizeof(to)) ? errno : 0;
	c = add_connection(t, fd);
	c->connecting = error == EINPROGRESS;
	c->error = c->connecting ? 0 : error;
	if (!error)
		sight(t, c->number, WAS_LET_IN, NULL, 0);
	return (int)t->connections;
}

static bool has_room(struct trial *t, void *arg)
{
	(void)arg;
	return !tcp_queue_full(t->port);
}

static bool connected(struct trial *t, void *arg)
{
	struct connection *c = arg;

	(void)t;
	return !c->connecting;
}

/* Who called while the queue is full would try again only after a second.  If
 * it stays full he has to find that out. */
static enum outcome try_port(struct trial *t, struct connection **made)
{
	wait_until(t, has_room, NULL);
	*made = conn(t, begin_connecting(t));
	return wait_until(t, connected, *made);
}

static enum outcome try_connect(struct trial *t, const struct name *own,
				struct connection **made)
{
	return t->lab->local ? try_path(t, own, made) : try_port(t, made);
}

/* One that was reset before we could look was a connection: nobody there would
 * have been ECONNREFUSED. */
static bool is_refused(const struct connection *c)
{
	return c->error && c->error != ECONNRESET;
}

const char *place(const struct trial *t)
{
	return t->lab->local ? text("`%s`", t->path)
			     : sentence("port %u", t->port);
}

static void let_in(struct trial *t, const struct name *own)
{
	int n = (int)t->connections + 1;
	struct connection *c;
	enum outcome o = try_connect(t, own, &c);

	if (o == DONE && !is_refused(c))
		return;
	t->seen.connection = n;
	if (o == DONE && t->server && !main_process(t))
		fail(t, symptom_of(t, IS_GONE), sentence("the server accepts"),
		     state_of(t, IS_GONE));
	/* No port is left to call from: the program has them all. */
	if (o == DONE && c->error == EADDRNOTAVAIL)
		fail(t, GREEDY, sentence("a port is left for client %d", n),
		     text("connect: %s", strerror(c->error)));
	fail(t, o == DONE ? REFUSED : symptom_of(t, o),
	     sentence("client %d's connection is accepted", n),
	     o == DONE
		     ? text("connect: %s", strerror(c->error))
		     : sentence("connect does not return: %s", state_of(t, o)));
}

void connect_client(struct trial *t, const struct name *own)
{
	step(t, "client %zu%s connects to %s", t->connections + 1,
	     own ? own->is : "", place(t));
	let_in(t, own);
}

void clients(struct trial *t, int n)
{
	while ((int)t->connections < n)
		connect_client(t, NULL);
}

void crowd(struct trial *t, int n)
{
	step(t, "clients %zu to %d connect to %s", t->connections + 1, n,
	     place(t));
	while ((int)t->connections < n)
		let_in(t, NULL);
}

bool connects(struct trial *t, int *n)
{
	struct connection *c;

	*n = (int)t->connections + 1;
	step(t, "client %d connects to %s", *n, place(t));
	return try_connect(t, NULL, &c) == DONE && !is_refused(c);
}

void say_bytes(struct trial *t, int n, const void *data, size_t size)
{
	struct connection *c = conn(t, n);
	char *shown = readable(data, size, SAID);

	step(t, "client %d sends %s", n, shown);
	free(shown);
	bytes_add(&c->out, data, size);
	c->said += size;
	/* At once, in one piece, if the kernel takes it. */
	pump(t, 0);
}

void say(struct trial *t, int n, const char *s)
{
	say_bytes(t, n, s, strlen(s));
}

static size_t first_difference(const struct want *w)
{
	size_t most = w->c->in.n < w->n ? w->c->in.n : w->n, i = 0;

	while (i < most && w->c->in.data[i] == w->data[i])
		i++;
	return i;
}

static bool arrived_or_wrong(struct trial *t, void *arg)
{
	struct want *w = arg;
	const struct connection *c = w->c;

	(void)t;
	return c->in.n >= w->n || c->eof || c->error ||
	       (c->in.n && memcmp(c->in.data, w->data, c->in.n) != 0);
}

static const char *by(struct trial *t, int n)
{
	return t->listener >= 0 ? _("the server") : sentence("client %d", n);
}

/* Whether the client is told of it by end of file or by a reset is a matter of
 * luck: of which comes first, close() or what the client has sent. */
static bool is_closed(const struct connection *c)
{
	return c->eof || c->error == ECONNRESET || c->error == EPIPE;
}

/* Both are of n bytes at least.  How many came in all is luck again. */
static char *wrong_from(size_t at, const unsigned char *got, size_t n,
			const unsigned char *want)
{
	size_t shown = n - at < SAID ? n - at : SAID;

	return sentence("wrong from offset %zu on: %s in place of %s", at,
			readable(got + at, shown, shown),
			readable(want + at, shown, shown));
}

static char *seen_instead(struct trial *t, const struct want *w, size_t good,
			  enum outcome o)
{
	const struct connection *c = w->c;
	char *got = readable(c->in.data, c->in.n, SHOWN);
	size_t most = c->in.n < w->n ? c->in.n : w->n;

	if (good < most && c->in.n <= SHOWN)
		return sentence(
			"%zu bytes, the first wrong one at offset %zu: %s",
			c->in.n, good, got);
	if (good < most)
		return wrong_from(good, c->in.data, most, w->data);
	if (!c->in.n)
		return is_closed(c) ? sentence("nothing, and the connection is "
					       "closed; %s",
					       state_of(t, o))
		       : c->error   ? text("%s", strerror(c->error))
				    : sentence("nothing; %s", state_of(t, o));
	return sentence("%zu of %zu bytes%s%s; %s", c->in.n, w->n,
			w->n <= SHOWN ? ": " : "", w->n <= SHOWN ? got : "",
			is_closed(c) ? _("then the connection is closed")
			: c->error   ? strerror(c->error)
				     : state_of(t, o));
}

static enum symptom symptom_instead(struct trial *t, const struct want *w,
				    size_t good, enum outcome o)
{
	size_t most = w->c->in.n < w->n ? w->c->in.n : w->n;

	if (good < most)
		return WRONG_BYTES;
	if (symptom_of(t, o) == CRASHED || (o == IS_GONE && !w->c->eof))
		return symptom_of(t, o == DONE ? IS_GONE : o);
	if (w->c->error)
		return WAS_RESET;
	return w->c->eof ? ENDED_EARLY : symptom_of(t, o);
}

/* Wait for exactly these bytes, and take them. */
enum outcome await_bytes(struct trial *t, struct want *w)
{
	enum outcome o = wait_until(t, arrived_or_wrong, w);

	if (w->c->in.n >= w->n && first_difference(w) == w->n) {
		bytes_drop_front(&w->c->in, w->n);
		return DONE;
	}
	if (o == DONE)
		settle(t); /* gather the evidence */
	return o == DONE ? (main_process(t) ? IS_QUIET : IS_GONE) : o;
}

void fail_bytes(struct trial *t, int n, const struct want *w, enum outcome o,
		char *expected)
{
	size_t good = first_difference(w);

	t->seen.connection = n;
	t->seen.offset = good;
	bytes_add(&t->seen.want, w->data, w->n);
	bytes_add(&t->seen.got, w->c->in.data, w->c->in.n);
	fail(t, symptom_instead(t, w, good, o), expected,
	     seen_instead(t, w, good, o));
}

void expect_bytes(struct trial *t, int n, const void *data, size_t size)
{
	struct want w = {conn(t, n), data, size};
	char *shown = readable(data, size, SAID);
	enum outcome o;

	step(t, "expect that %s gets %s", by(t, n), shown);
	o = await_bytes(t, &w);
	if (o != DONE)
		fail_bytes(
			t, n, &w, o,
			size > SHOWN
				? sentence(
					  t->lab->answer
						  ? N_("%zu bytes back")
						  : N_("the same %zu bytes back"),
					  size)
				: sentence("%s gets %s", by(t, n),
					   readable(data, size, SHOWN)));
	free(shown);
}

void expect_echo(struct trial *t, int n, const char *s)
{
	expect_bytes(t, n, s, strlen(s));
}

void *answer_to(const struct trial *t, const void *data, size_t size)
{
	void *answer = must_calloc(1, size + 1);

	memcpy(answer, data, size);
	if (t->lab->answer)
		t->lab->answer(answer, size);
	return answer;
}

char *answer_to_text(const struct trial *t, const char *s)
{
	return answer_to(t, s, strlen(s));
}

void exchange_bytes(struct trial *t, int n, const void *data, size_t size)
{
	void *back = answer_to(t, data, size);

	say_bytes(t, n, data, size);
	expect_bytes(t, n, back, size);
	free(back);
}

void exchange(struct trial *t, int n, const char *s)
{
	exchange_bytes(t, n, s, strlen(s));
}

bool answers_bytes(struct trial *t, int n, const void *data, size_t size)
{
	void *back = answer_to(t, data, size);
	struct want w = {conn(t, n), back, size};
	bool came;

	if (w.c->fd < 0)
		return false;
	say_bytes(t, n, data, size);
	came = await_bytes(t, &w) == DONE;
	free(back);
	return came;
}

bool answers(struct trial *t, int n, const char *s)
{
	return answers_bytes(t, n, s, strlen(s));
}

static bool any_or_over(struct trial *t, void *arg)
{
	const struct connection *c = arg;

	(void)t;
	return c->in.n || c->eof || c->error;
}

static void fail_extra(struct trial *t, int n, char *expected)
{
	struct connection *c = conn(t, n);
	char *got;

	settle(t); /* gather the evidence */
	got = readable(c->in.data, c->in.n, SHOWN);
	t->seen.connection = n;
	bytes_add(&t->seen.got, c->in.data, c->in.n);
	fail(t, EXTRA_BYTES, expected,
	     sentence("%zu more byte%s: %s", c->in.n, c->in.n == 1 ? "" : "s",
		      got));
}

void expect_nothing_more(struct trial *t, int n)
{
	struct connection *c = conn(t, n);
	char *expected = sentence("%s gets nothing more", by(t, n));
	enum outcome o;

	step(t, "expect that %s", expected);
	o = wait_in_vain(t, any_or_over, c);
	if (c->in.n)
		fail_extra(t, n, expected);
	if (o == IS_BUSY)
		fail(t, symptom_of(t, o), expected, state_of(t, o));
	free(expected);
}

void expect_end(struct trial *t, int n)
{
	struct connection *c = conn(t, n);
	char *expected = sentence("%s sees end of file, and nothing before it",
				  by(t, n));
	enum outcome o;

	step(t, "expect that %s", expected);
	o = wait_until(t, any_or_over, c);
	if (c->in.n)
		fail_extra(t, n, expected);
	t->seen.connection = n;
	if (c->error)
		fail(t, WAS_RESET, expected, text("%s", strerror(c->error)));
	if (!c->eof)
		fail(t,
		     symptom_of(t, o) == SILENCE ? NOT_CLOSED
						 : symptom_of(t, o),
		     expected,
		     sentence("the connection stays open; %s", state_of(t, o)));
	free(expected);
}

bool ends(struct trial *t, int n)
{
	struct connection *c = conn(t, n);

	wait_until(t, any_or_over, c);
	return c->eof || c->error;
}

void end_sending(struct trial *t, int n)
{
	struct connection *c = conn(t, n);

	step(t, "client %d ends its sending side (shutdown)", n);
	c->shut = true;
	pump(t, 0);
}

static bool all_said(struct trial *t, void *arg)
{
	const struct connection *c = arg;

	(void)t;
	return !c->out.n && !c->shut;
}

static void close_connection(struct trial *t, struct connection *c)
{
	wait_for_rest_unless(t, all_said, c);
	pump(t, 0);
	close(c->fd);
	c->fd = -1;
}

void hang_up(struct trial *t, int n)
{
	step(t, "client %d closes its connection", n);
	if (conn(t, n)->fd >= 0)
		close_connection(t, conn(t, n));
}

void reset(struct trial *t, int n)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	struct connection *c = conn(t, n);

	step(t, "client %d resets its connection (RST)", n);
	if (c->fd < 0)
		return;
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close_connection(t, c);
}

void stop_reading(struct trial *t, int n)
{
	step(t, "client %d stops reading", n);
	conn(t, n)->reading = false;
}

void read_on(struct trial *t, int n)
{
	step(t, "client %d reads again", n);
	conn(t, n)->reading = true;
}
