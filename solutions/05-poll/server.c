/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with one thread for all its clients. */

/*
 * Theory of operation
 *
 * All sockets are non-blocking, and poll() is the only place to sleep.  What a
 * thread would keep on its stack while it waits for its client is kept in a
 * struct pending instead: the bytes that came in and have not gone out.
 *
 * A client is in one of two states, and what poll() is to look for says which:
 *
 *	POLLIN	 nothing is pending; wait until the client says something
 *	POLLOUT	 bytes are pending; wait until its socket takes them
 *
 * The bytes of all clients come into one buffer, and mostly they go out at once.
 * What send() did not take is copied into memory of that client's own, for the
 * buffer is the next one's.  So a client who says nothing costs a row in each of
 * two tables, and no more.
 *
 * While bytes are pending nothing more is received.  So a client that does not
 * read fills one buffer here and the kernel's, then it cannot send either: it
 * holds up itself, and nobody else.
 *
 * event[] is for the kernel, pending[] for us; what has index i in one belongs to
 * what has it in the other.  There are no gaps: the last moves where one left.
 */

#define _GNU_SOURCE /* accept4 */
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/signalfd.h>

struct pending {
	size_t from, to; /* bytes[from] to bytes[to - 1] are pending */
	char bytes[4096];
};

enum { SIGNALS, LISTENER, CLIENTS }; /* who is at the beginning of event[] */

struct server {
	struct pollfd *event;
	struct pending **pending; /* NULL for who has nothing pending */
	size_t n, room;		  /* of both: in use, allocated */
	struct pending received;  /* by whoever is served just now */
	bool short_of_fds;	  /* nobody is accepted until one may be free */
	unsigned long clients;	  /* accepted */
	uint64_t bytes;		  /* echoed */
};

/* Nothing has failed, there is only nothing to be done just now. */
static bool not_now(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	/* Its clients' sockets inherit it: no part of an echo waits for the
	 * client to acknowledge another. */
	Setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

/* SIGTERM as something to poll for (lab 03). */
static int signals_to_read(void)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, NULL);

	int fd = signalfd(-1, &ours, 0);
	if (fd < 0)
		sys_err("signalfd");
	return fd;
}

/* One more to look at. */
static void add(struct server *s, int fd)
{
	if (s->n == s->room) {
		s->room = s->room > 0 ? 2 * s->room : 16;
		s->event = Realloc(s->event, s->room * sizeof *s->event);
		s->pending = Realloc(s->pending, s->room * sizeof *s->pending);
	}
	s->event[s->n] = (struct pollfd){.fd = fd, .events = POLLIN};
	s->pending[s->n++] = NULL;
}

static void hang_up(struct server *s, size_t i)
{
	Close(s->event[i].fd);
	free(s->pending[i]);
	s->event[i] = s->event[--s->n];
	s->pending[i] = s->pending[s->n];
	s->short_of_fds = false;
}

/* Accept all that wait: one look of poll() may stand for many. */
static void take_clients(struct server *s)
{
	int fd;

	while ((fd = accept4(s->event[LISTENER].fd, NULL, NULL,
			     SOCK_NONBLOCK)) >= 0) {
		add(s, fd);
		s->clients++;
	}
	if (not_now() || errno == ECONNABORTED)
		return;
	/* EMFILE, most likely.  Who waits stays in the queue, so poll() would
	 * tell of the listener again and again. */
	sys_warn("accept");
	s->short_of_fds = true;
}

/* Remember what has not gone out, and nothing when all has. */
static void keep_rest(struct server *s, size_t i, const struct pending *p)
{
	if (p->from == p->to) {
		free(s->pending[i]);
		s->pending[i] = NULL;
	} else if (s->pending[i] == NULL) {
		s->pending[i] = Malloc(sizeof *p);
		*s->pending[i] = *p;
	}
}

/* What its socket is ready for; false when the client is done with. */
static bool serve(struct server *s, size_t i)
{
	struct pending *p = s->pending[i];
	int fd = s->event[i].fd;
	ssize_t n;

	if (p == NULL) {
		p = &s->received;
		n = recv(fd, p->bytes, sizeof p->bytes, 0);
		if (n <= 0)
			return n < 0 && not_now();
		p->from = 0;
		p->to = (size_t)n;
	}

	/* Mostly there is room at once, and POLLOUT is not needed. */
	n = send(fd, p->bytes + p->from, p->to - p->from, MSG_NOSIGNAL);
	if (n < 0 && !not_now())
		return false;
	if (n > 0) {
		p->from += (size_t)n;
		s->bytes += (uint64_t)n;
	}
	s->event[i].events = p->from == p->to ? POLLIN : POLLOUT;
	keep_rest(s, i, p);
	return true;
}

/* Serve until SIGTERM comes. */
static void run(struct server *s)
{
	while (s->event[SIGNALS].revents == 0) {
		/* With no descriptor left, wait for a client to leave, or for a
		 * second: other processes hold some, too. */
		s->event[LISTENER].events = s->short_of_fds ? 0 : POLLIN;
		if (Poll(s->event, s->n, s->short_of_fds ? 1000 : -1) == 0)
			s->short_of_fds = false;

		/* From the end, so that who moves into a gap has been served.
		 * An error or a hang-up comes unasked, and recv() or send()
		 * tells what it is. */
		for (size_t i = s->n; i-- > CLIENTS;)
			if (s->event[i].revents != 0 && !serve(s, i))
				hang_up(s, i);
		if (s->event[LISTENER].revents != 0)
			take_clients(s);
	}
}

static void stop(struct server *s)
{
	while (s->n > 0)
		hang_up(s, s->n - 1);
	free(s->event);
	free(s->pending);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	struct server s = {0};
	add(&s, signals_to_read()); /* first: who sees the port open */
	add(&s, listen_on(port));   /* may send a signal at once */
	run(&s);
	stop(&s);
	printf("served %lu clients, %" PRIu64 " bytes\n", s.clients, s.bytes);
	return fflush(stdout) == 0 ? 0 : 1;
}
