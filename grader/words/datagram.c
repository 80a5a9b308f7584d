/* SPDX-License-Identifier: MIT */
/* datagram.c - words for datagrams, which keep their boundaries */

/*
 * The sockets here are no connections: they are not read by the pump, which
 * knows streams, but by the conditions that wait for a datagram.  In UNIX
 * sockets a datagram is in its receiver's queue when sendto() has returned, so
 * nothing is missed in between.
 */
#include "datagram.h"

#include "connection.h"
#include "parcel.h"
#include "path.h"

#include "../check.h"
#include "../language.h"
#include "../record.h"
#include "../timeline/timeline.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DATAGRAM_MAX 65536
#define SENDERS_MAX 64

static int sender[SENDERS_MAX + 1]; /* descriptors, numbered from 1 */
static int senders;

static int socket_of(struct trial *t, int n)
{
	if (n < 1 || n > senders)
		give_up(t, text("the check has no sender %d", n));
	return sender[n];
}

static int add_sender(struct trial *t, const struct name *own)
{
	if (senders == SENDERS_MAX)
		give_up(t, text("too many senders in one check"));
	sender[++senders] = bind_in_box(t, SOCK_DGRAM, own);
	return senders;
}

int sender_called(struct trial *t, const char *name)
{
	struct name own = {name, strlen(name), ""};

	step(t, "sender %d is bound to `%s`", senders + 1, name);
	return add_sender(t, &own);
}

int sender_abstract(struct trial *t, const char *name)
{
	struct name own = {text("%c%s", 0, name), strlen(name) + 1, ""};

	step(t, "sender %d is bound to the abstract name \"%s\"", senders + 1,
	     name);
	return add_sender(t, &own);
}

int sender_unnamed(struct trial *t)
{
	step(t, "sender %d is not bound to any name", senders + 1);
	return add_sender(t, NULL);
}

void sender_leaves(struct trial *t, int n)
{
	step(t, "sender %d closes its socket", n);
	close(socket_of(t, n));
	sender[n] = -1;
}

/* ---- the program that is to receive ---- */

static bool is_receiving(struct trial *t, void *arg)
{
	(void)arg;
	return receives_at_path(t);
}

/* One that ends at once may have been seen to receive, or not: it has not begun
 * before it waits. */
static enum outcome start_receiver(struct trial *t, enum tool tool)
{
	enum outcome o;

	t->tool = tool;
	t->patience = tool == PLAIN ? 1 : TOOL_START_PATIENCE;
	run(t, "dgram_server", t->path, NULL);
	o = wait_until(t, is_receiving, NULL);
	if (o == DONE)
		settle(t);
	if (o == DONE && !main_process(t))
		o = IS_GONE;
	t->patience = 1;
	t->tool = PLAIN;
	return o;
}

void serve_datagrams_at(struct trial *t, const char *path)
{
	enum outcome o;

	t->path = path;
	o = start_receiver(t, PLAIN);
	if (o == IS_GONE && witness_saw_bound_at(t, path))
		expect_not_gone(t);
	if (o != DONE)
		never_at_path(t, o);
}

bool serves_datagrams(struct trial *t, enum tool tool)
{
	t->path = fresh_path();
	return start_receiver(t, tool) == DONE;
}

bool serves_datagrams_again(struct trial *t)
{
	return start_receiver(t, PLAIN) == DONE;
}

void need_datagrams(struct trial *t)
{
	if (!serves_datagrams(t, PLAIN))
		skip(t, "dgram_server does not receive at its path: see "
			"unix.dgram");
}

/* ---- sending ---- */

static bool is_sent(struct trial *t, void *arg)
{
	struct sockaddr_un server = {.sun_family = AF_UNIX};
	struct parcel *p = arg;
	int path = p->to ? -1 : open_path(t, server.sun_path);

	p->error = errno;
	if (!p->to && path < 0)
		return true;
	p->error = sendto(p->fd, p->data, p->n, MSG_DONTWAIT | MSG_NOSIGNAL,
			  (const struct sockaddr *)(p->to ? p->to : &server),
			  p->to ? p->size : sizeof(server)) < 0
			   ? errno
			   : 0;
	if (path >= 0)
		close(path);
	if (p->error == EAGAIN)
		return false; /* its queue is full */
	t->moves++;
	t->advances++;
	return true;
}

enum outcome deliver(struct trial *t, struct parcel *p)
{
	enum outcome o = wait_until(t, is_sent, p);

	return o == DONE && p->error ? IS_GONE : o;
}

bool has_sender(int n)
{
	return n <= senders && sender[n] >= 0;
}

bool sends(struct trial *t, int n, const void *data, size_t size)
{
	struct parcel p = {.fd = socket_of(t, n), .data = data, .n = size};
	char *shown = readable(data, size, SAID);

	step(t, "sender %d sends a datagram of %zu byte%s: %s", n, size,
	     size == 1 ? "" : "s", shown);
	free(shown);
	return deliver(t, &p) == DONE;
}

void send_datagram(struct trial *t, int n, const void *data, size_t size)
{
	if (sends(t, n, data, size))
		return;
	settle(t);
	fail(t,
	     main_process(t) ? symptom_of(t, IS_QUIET) : symptom_of(t, IS_GONE),
	     sentence("the program takes sender %d's datagram", n),
	     state_of(t, main_process(t) ? IS_QUIET : IS_GONE));
}

/* ---- receiving ---- */

/* What comes to others is no sight of theirs. */
static void note_arrival(struct trial *t, const struct arrival *a)
{
	for (int i = 1; i <= senders; i++)
		if (sender[i] == a->fd)
			sight(t, i, GOT_DATAGRAM, a->data, a->n);
}

static bool has_come(struct trial *t, void *arg)
{
	struct arrival *a = arg;
	ssize_t n;

	a->size = sizeof(a->from);
	n = recvfrom(a->fd, a->data, DATAGRAM_MAX, MSG_DONTWAIT,
		     (struct sockaddr *)&a->from, &a->size);
	if (n < 0)
		return false;
	if (a->size > sizeof(a->from))
		a->size = sizeof(a->from);
	a->came = true;
	a->n = (size_t)n;
	note_arrival(t, a);
	t->moves++;
	t->advances++;
	return true;
}

static struct arrival prepared(int fd)
{
	return (struct arrival){.fd = fd, .data = must_calloc(1, DATAGRAM_MAX)};
}

enum outcome receive(struct trial *t, int fd, struct arrival *a)
{
	*a = prepared(fd);
	return wait_until(t, has_come, a);
}

/* The first byte that differs; a longer one differs behind its end. */
static size_t first_wrong(const struct arrival *a, const unsigned char *want,
			  size_t n)
{
	size_t most = a->n < n ? a->n : n, i = 0;

	while (i < most && a->data[i] == want[i])
		i++;
	return i;
}

static char *instead(struct trial *t, const struct arrival *a, enum outcome o)
{
	char *got;

	if (!a->came)
		return sentence("no datagram; %s", state_of(t, o));
	got = readable(a->data, a->n, SHOWN);
	return sentence("one of %zu byte%s: %s", a->n, a->n == 1 ? "" : "s",
			got);
}

static enum symptom symptom_of_datagram(struct trial *t,
					const struct arrival *a, size_t good,
					size_t n, enum outcome o)
{
	if (!a->came)
		return symptom_of(t, o);
	if (good == n)
		return EXTRA_BYTES;
	return good == a->n ? ENDED_EARLY : WRONG_BYTES;
}

void must_be(struct trial *t, const struct arrival *a, const void *data,
	     size_t n, enum outcome o, char *expected)
{
	size_t good = first_wrong(a, data, n);

	if (a->came && good == n && a->n == n) {
		free(a->data);
		free(expected);
		return;
	}
	if (o == DONE)
		settle(t); /* gather the evidence */
	t->seen.offset = good;
	bytes_add(&t->seen.want, data, n);
	bytes_add(&t->seen.got, a->data, a->n);
	fail(t, symptom_of_datagram(t, a, good, n, o), expected,
	     instead(t, a, o));
}

void expect_datagram(struct trial *t, int n, const void *data, size_t size)
{
	char *shown = readable(data, size, SAID);
	char *expected = sentence("sender %d gets a datagram of %zu byte%s: %s",
				  n, size, size == 1 ? "" : "s", shown);
	struct arrival a;
	enum outcome o;

	step(t, "expect that %s", expected);
	free(shown);
	o = receive(t, socket_of(t, n), &a);
	must_be(t, &a, data, size, o, expected);
}

bool gets_datagram(struct trial *t, int n, const void *data, size_t size)
{
	struct arrival a;
	bool same = receive(t, socket_of(t, n), &a) == DONE && a.n == size &&
		    (!size || memcmp(a.data, data, size) == 0);

	free(a.data);
	return same;
}

bool gets_datagram_of(struct trial *t, int n, size_t *size)
{
	struct arrival a;
	bool any = receive(t, socket_of(t, n), &a) == DONE;

	*size = a.n;
	free(a.data);
	return any;
}

bool somebody_else_has(struct trial *t, const void *data, size_t size)
{
	bool found = false;

	for (int i = 1; i <= senders && !found; i++)
		found = sender[i] >= 0 && gets_datagram(t, i, data, size);
	return found;
}

bool more_datagrams(struct trial *t)
{
	bool found = false;
	size_t size;

	for (int i = 1; i <= senders && !found; i++)
		found = sender[i] >= 0 && gets_datagram_of(t, i, &size);
	return found;
}

void exchange_datagram(struct trial *t, int n, const void *data, size_t size)
{
	void *back = answer_to(t, data, size);

	send_datagram(t, n, data, size);
	expect_datagram(t, n, back, size);
	free(back);
}

void exchange_datagram_text(struct trial *t, int n, const char *s)
{
	exchange_datagram(t, n, s, strlen(s));
}

void expect_no_datagram(struct trial *t, int n)
{
	char *expected = sentence("sender %d gets no datagram", n);
	struct arrival a = prepared(socket_of(t, n));

	step(t, "expect that %s", expected);
	if (wait_in_vain(t, has_come, &a) == DONE) {
		bytes_add(&t->seen.got, a.data, a.n);
		fail(t, EXTRA_BYTES, expected, instead(t, &a, DONE));
	}
	free(a.data);
	free(expected);
}
