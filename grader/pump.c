/* SPDX-License-Identifier: MIT */
/* pump.c - moves bytes between the kernel and a trial's programs and clients */
#include "timeline/timeline.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUTPUT_CAP (256u << 10) /* kept of each stream of a program */
#define EXCESS_MAX (256u << 10) /* read beyond what was said */

/* Something that a wait may have been for has moved. */
static void advance(struct trial *t)
{
	t->moves++;
	t->advances++;
}

static void drain(struct trial *t, int *fd, struct bytes *to, size_t *flood)
{
	char block[65536];
	ssize_t n = 0;

	/* A program that floods must not keep us here. */
	for (int turn = 0; turn < 4; turn++) {
		size_t keep;

		n = read(*fd, block, sizeof(block));
		if (n <= 0)
			break;
		keep = (size_t)n;
		if (to->n + keep > OUTPUT_CAP)
			keep = OUTPUT_CAP - to->n;
		bytes_add(to, block, keep);
		*flood += (size_t)n - keep;
		/* Whoever only prints gets nowhere, and beyond the cap it is
		 * only noise. */
		t->moves += keep;
		if (n < (ssize_t)sizeof(block))
			return;
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close(*fd);
		*fd = -1;
	}
}

static void type_on(struct trial *t, struct program *p)
{
	while (p->typed.n) {
		ssize_t n = write(p->in, p->typed.data, p->typed.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			p->typed.n = 0; /* nobody reads it any more */
		if (n < 0)
			break;
		bytes_drop_front(&p->typed, (size_t)n);
		advance(t);
	}
	if (!p->typed.n && p->input_ends) {
		close(p->in);
		p->in = -1;
	}
}

static void finish_connecting(struct trial *t, struct connection *c)
{
	socklen_t size = sizeof(c->error);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &c->error, &size);
	c->connecting = false;
	sight(t, c->number, c->error ? GOT_ERROR : WAS_LET_IN, NULL,
	      (size_t)c->error);
	advance(t);
}

/* Beyond what could be an answer, it may as well stay in the kernel. */
static bool is_read(const struct connection *c)
{
	return c->reading && c->in.n < c->said + EXCESS_MAX;
}

static void take_arrivals(struct trial *t, struct connection *c)
{
	char block[65536];

	while (is_read(c) && !c->eof && !c->error) {
		ssize_t n = recv(c->fd, block, sizeof(block), MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		advance(t);
		if (n == 0) {
			c->eof = true;
			sight(t, c->number, GOT_END, NULL, 0);
		} else if (n < 0) {
			c->error = errno;
			sight(t, c->number, GOT_ERROR, NULL, (size_t)c->error);
		} else {
			sight(t, c->number, GOT_BYTES, block, (size_t)n);
			bytes_add(&c->in, block, (size_t)n);
			c->arrived += (size_t)n;
		}
	}
}

static void say_on(struct trial *t, struct connection *c)
{
	while (c->out.n && !c->error) {
		ssize_t n = send(c->fd, c->out.data, c->out.n,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			/* What has arrived is still to be read. */
			int error = errno;

			take_arrivals(t, c);
			if (!c->error)
				c->error = error;
			return;
		}
		bytes_drop_front(&c->out, (size_t)n);
		advance(t);
	}
	if (c->shut && !c->error) {
		shutdown(c->fd, SHUT_WR);
		c->shut = false;
	}
}

static short connection_events(const struct connection *c)
{
	short e = 0;

	if (c->fd < 0 || c->error)
		return 0;
	if (c->connecting)
		return POLLOUT;
	if (is_read(c) && !c->eof)
		e |= POLLIN;
	if (c->out.n || c->shut)
		e |= POLLOUT;
	return e;
}

static void serve_connection(struct trial *t, struct connection *c, short got)
{
	if (c->connecting) {
		if (got)
			finish_connecting(t, c);
		return;
	}
	if (got & (POLLOUT | POLLERR | POLLHUP))
		say_on(t, c);
	if (got & (POLLIN | POLLERR | POLLHUP))
		take_arrivals(t, c);
}

static void watch(struct pollfd *list, size_t *n, int fd, short events)
{
	list[(*n)++] =
		(struct pollfd){.fd = events ? fd : -1, .events = events};
}

void pump(struct trial *t, uint64_t ns)
{
	size_t most = 1 + 3 * t->programs + t->connections, n = 0, i, at = 1;
	struct pollfd list[1 + 3 * PROGRAMS_MAX + CONNECTIONS_MAX];
	struct timespec wait = {(time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S)};

	if (most > sizeof(list) / sizeof(*list))
		give_up(t, text("too many connections in one check"));
	watch(list, &n, t->control,
	      t->control >= 0 && !t->cell_gone ? POLLIN : 0);
	for (i = 0; i < t->programs; i++) {
		struct program *p = t->program[i];

		watch(list, &n, p->in,
		      p->in >= 0 && (p->typed.n || p->input_ends) ? POLLOUT
								  : 0);
		watch(list, &n, p->out, p->out >= 0 ? POLLIN : 0);
		watch(list, &n, p->err, p->err >= 0 ? POLLIN : 0);
	}
	for (i = 1; i <= t->connections; i++)
		watch(list, &n, t->connection[i]->fd,
		      connection_events(t->connection[i]));
	if (ppoll(list, n, &wait, NULL) <= 0)
		return;
	if (list[0].revents)
		cell_hear(t);
	for (i = 0; i < t->programs; i++, at += 3) {
		struct program *p = t->program[i];

		/* A program that heard() just now is not in the list yet. */
		if (list[at].revents)
			type_on(t, p);
		if (list[at + 1].revents)
			drain(t, &p->out, &p->printed, &p->flood);
		if (list[at + 2].revents)
			drain(t, &p->err, &p->complained, &p->flood);
	}
	for (i = 1; i <= t->connections; i++, at++)
		serve_connection(t, t->connection[i], list[at].revents);
}
