/* SPDX-License-Identifier: MIT */
/* epoll.c - lab 05's server with the table in the kernel: idle clients cost no time. */

/*
 * Theory of operation
 *
 * Read solutions/05-poll/server.c first: one thread, non-blocking sockets, one
 * place to sleep, and two states of a client are the same here.  What differs is
 * who keeps the table.
 *
 * poll() is handed all rows at every call and looks at each, so its price grows
 * with those who are connected.  epoll_ctl() tells the kernel of a descriptor
 * once.  From then on whoever becomes ready is put on a list, and epoll_wait()
 * takes what is on it: its price grows with those who have something to say.
 * Where all have, there is no difference.
 *
 * What is looked for has to be changed in the kernel, by one more call.  That
 * happens only when send() has left something over, and when it is out.
 *
 * By default epoll tells of what is ready for as long as it is (level-triggered),
 * as poll() does.  So one recv() for each client in each round is enough, and
 * nobody has to be emptied while the others wait.
 *
 * The kernel hands back the descriptor, and that is the index of pending[].  It
 * is safe: none is twice in one answer, and one that was closed is forgotten.  A
 * new client who gets its number was not there when the answer was given.
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
#include <sys/epoll.h>
#include <sys/signalfd.h>

enum { ANSWERS = 256 }; /* that one epoll_wait() may give */

struct pending {
	size_t from, to; /* bytes[from] to bytes[to - 1] are pending */
	char bytes[4096];
};

struct server {
	int epoll, signals, listener;
	struct pending *
		*pending;	 /* by descriptor; NULL if nothing is pending */
	size_t room;		 /* allocated there */
	struct pending received; /* by whoever is served just now */
	bool short_of_fds;	 /* nobody is accepted until one may be free */
	unsigned long clients;	 /* accepted */
	uint64_t bytes;		 /* echoed */
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

/* SIGTERM as something to wait for (lab 03). */
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

/* Add a descriptor to the kernel's table, or change what to look for.
 * (Simplified: when the kernel has no memory for that, the server ends.) */
static void look_for(const struct server *s, int operation, int fd,
		     uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	if (epoll_ctl(s->epoll, operation, fd, &event) < 0)
		sys_err("epoll_ctl");
}

static struct server start(int port)
{
	struct server s = {.epoll = epoll_create1(0)};

	if (s.epoll < 0)
		sys_err("epoll_create1");
	s.signals = signals_to_read(); /* who sees the port may send one */
	s.listener = listen_on(port);
	look_for(&s, EPOLL_CTL_ADD, s.signals, EPOLLIN);
	look_for(&s, EPOLL_CTL_ADD, s.listener, EPOLLIN);
	return s;
}

static void add(struct server *s, int fd)
{
	size_t old = s->room;

	while (s->room <= (size_t)fd)
		s->room = s->room > 0 ? 2 * s->room : 16;
	if (s->room > old)
		s->pending = Realloc(s->pending, s->room * sizeof *s->pending);
	for (size_t i = old; i < s->room; i++)
		s->pending[i] = NULL;
	look_for(s, EPOLL_CTL_ADD, fd, EPOLLIN);
}

/* With no descriptor left the listener is looked at no more (lab 05). */
static void run_short(struct server *s, bool is_short)
{
	if (s->short_of_fds != is_short)
		look_for(s, EPOLL_CTL_MOD, s->listener, is_short ? 0 : EPOLLIN);
	s->short_of_fds = is_short;
}

static void hang_up(struct server *s, int fd)
{
	Close(fd); /* and the kernel takes it off its table */
	free(s->pending[fd]);
	s->pending[fd] = NULL;
	run_short(s, false);
}

/* Accept all that wait: one answer may stand for many. */
static void take_clients(struct server *s)
{
	int fd;

	while ((fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		add(s, fd);
		s->clients++;
	}
	if (not_now() || errno == ECONNABORTED)
		return;
	sys_warn("accept");
	run_short(s, true);
}

/* Remember what has not gone out, and nothing when all has. */
static void keep_rest(struct server *s, int fd, const struct pending *p)
{
	if (p->from == p->to && s->pending[fd] != NULL) {
		free(s->pending[fd]);
		s->pending[fd] = NULL;
		look_for(s, EPOLL_CTL_MOD, fd, EPOLLIN);
	} else if (p->from < p->to && s->pending[fd] == NULL) {
		s->pending[fd] = Malloc(sizeof *p);
		*s->pending[fd] = *p;
		look_for(s, EPOLL_CTL_MOD, fd, EPOLLOUT);
	}
}

/* What its socket is ready for; false when the client is done with. */
static bool serve(struct server *s, int fd)
{
	struct pending *p = s->pending[fd];
	ssize_t n;

	if (p == NULL) {
		p = &s->received;
		n = recv(fd, p->bytes, sizeof p->bytes, 0);
		if (n <= 0)
			return n < 0 && not_now();
		p->from = 0;
		p->to = (size_t)n;
	}

	n = send(fd, p->bytes + p->from, p->to - p->from, MSG_NOSIGNAL);
	if (n < 0 && !not_now())
		return false;
	if (n > 0) {
		p->from += (size_t)n;
		s->bytes += (uint64_t)n;
	}
	keep_rest(s, fd, p);
	return true;
}

/* Serve until SIGTERM comes. */
static void run(struct server *s)
{
	struct epoll_event ready[ANSWERS];

	for (;;) {
		int n = epoll_wait(s->epoll, ready, ANSWERS,
				   s->short_of_fds ? 1000 : -1);
		if (n < 0 && errno != EINTR)
			sys_err("epoll_wait");
		if (n == 0)
			run_short(s, false);
		for (int i = 0; i < n; i++) {
			int fd = ready[i].data.fd;

			if (fd == s->signals)
				return;
			if (fd == s->listener)
				take_clients(s);
			else if (!serve(s, fd))
				hang_up(s, fd);
		}
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: epoll PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	struct server s = start(port);
	run(&s);
	for (size_t i = 0; i < s.room; i++)
		free(s.pending[i]);
	free(s.pending);
	printf("served %lu clients, %" PRIu64 " bytes\n", s.clients, s.bytes);
	return fflush(stdout) == 0 ? 0 : 1; /* connections end with us */
}
