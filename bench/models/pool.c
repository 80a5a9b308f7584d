/* SPDX-License-Identifier: MIT */
/* pool.c - an echo server with a few threads for all its clients. */

/*
 * Theory of operation
 *
 * Lab 04 has a thread for each client, and most of them sleep.  Lab 05 has one
 * for all, and the other cores sleep.  Here are as many threads as cores, and
 * each serves whoever is ready next.
 *
 * A pool needs a queue of those who are ready and have nobody yet.  The kernel
 * has one: all threads wait in epoll_wait() at one table, and each event goes to
 * one of them.  With EPOLLONESHOT that client is looked at no more, so that no
 * other thread can get it, until EPOLL_CTL_MOD asks for the next event.  That
 * call is the price of the pool, for each round trip.  Lab 04's three kinds of
 * variables are these:
 *
 *  - of one thread only: the buffer, which is on its stack;
 *  - handed over: a struct client.  It is nobody's while it is waited for, then
 *    that thread's to which the kernel gave it.  What was written before
 *    EPOLL_CTL_MOD is seen after epoll_wait(): the kernel's own locks see to it,
 *    though tools that look for races do not know that;
 *  - shared: the number of bytes, which is atomic.  There is no lock.
 *
 * The main thread accepts.  At SIGTERM it tells the totals and ends the process,
 * and with it the threads and connections.  Bytes are counted before the end of a
 * connection, so that who has left is in the totals.
 */

#define _GNU_SOURCE /* accept4, sched_getaffinity */
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

struct pending {
	size_t from, to; /* bytes[from] to bytes[to - 1] are pending */
	char bytes[4096];
};

struct client {
	int socket;
	struct pending *pending; /* NULL while nothing is */
};

static int epoll;
static _Atomic uint64_t bytes; /* echoed */

/* Nothing has failed, there is only nothing to be done just now. */
static bool not_now(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* From here on the client is whose the kernel makes it, unless this fails. */
static bool let_go(struct client *c, int operation)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

	if (c->pending != NULL)
		event.events = EPOLLOUT;
	event.events |= EPOLLONESHOT;
	return epoll_ctl(epoll, operation, c->socket, &event) == 0;
}

static void hang_up(struct client *c)
{
	Close(c->socket);
	free(c->pending);
	free(c);
}

/* Remember what has not gone out, and nothing when all has. */
static void keep_rest(struct client *c, const struct pending *p)
{
	if (p->from == p->to) {
		free(c->pending);
		c->pending = NULL;
	} else if (c->pending == NULL) {
		c->pending = Malloc(sizeof *p);
		*c->pending = *p;
	}
}

/* What its socket is ready for, as in lab 05; false when the client is done
 * with.  What it says is received into `fresh`. */
static bool serve(struct client *c, struct pending *fresh)
{
	struct pending *p = c->pending;
	ssize_t n;

	if (p == NULL) {
		p = fresh;
		n = recv(c->socket, p->bytes, sizeof p->bytes, 0);
		if (n <= 0)
			return n < 0 && not_now();
		p->from = 0;
		p->to = (size_t)n;
	}

	n = send(c->socket, p->bytes + p->from, p->to - p->from, MSG_NOSIGNAL);
	if (n < 0 && !not_now())
		return false;
	if (n > 0) {
		p->from += (size_t)n;
		atomic_fetch_add(&bytes, (uint64_t)n);
	}
	keep_rest(c, p);
	return true;
}

/* A thread's life.  It takes one client at a time: another one may be free. */
static void *work(void *unused)
{
	struct pending fresh;
	struct epoll_event ready;

	for (;;) {
		int n = epoll_wait(epoll, &ready, 1, -1);
		if (n < 0 && errno != EINTR)
			sys_err("epoll_wait");
		if (n < 1)
			continue;

		struct client *c = ready.data.ptr;
		if (!serve(c, &fresh) || !let_go(c, EPOLL_CTL_MOD))
			hang_up(c);
	}
	return unused;
}

/* A thread for each core that this process may use; two, or it were no pool. */
static void start_workers(void)
{
	cpu_set_t ours;
	pthread_t thread;
	int n = 0;

	if (sched_getaffinity(0, sizeof ours, &ours) == 0)
		n = CPU_COUNT(&ours);
	epoll = epoll_create1(0);
	if (epoll < 0)
		sys_err("epoll_create1");
	for (int i = 0; i < n || i < 2; i++)
		Pthread_create(&thread, NULL, work, NULL);
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

/* Where SIGTERM is read (lab 03): the threads inherit that it is blocked. */
static int signals_to_read(void)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &ours, NULL);

	int fd = signalfd(-1, &ours, 0);
	if (fd < 0)
		sys_err("signalfd");
	return fd;
}

/* Accept all that wait, and leave them to the pool; how many they are. */
static unsigned long take_clients(int listener)
{
	unsigned long taken = 0;
	int fd;

	for (; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;
	     taken++) {
		struct client *c = Calloc(1, sizeof *c);

		c->socket = fd;
		if (!let_go(c, EPOLL_CTL_ADD))
			hang_up(c);
	}
	return taken;
}

/* Accept until SIGTERM comes; how many clients there were. */
static unsigned long run(int listener, int signals)
{
	struct pollfd event[] = {{.fd = signals, .events = POLLIN},
				 {.fd = listener, .events = POLLIN}};
	unsigned long clients = 0;

	for (;;) {
		/* With no descriptor left (lab 05) look again in a while. */
		Poll(event, 2, event[1].events == 0 ? 100 : -1);
		if (event[0].revents != 0)
			return clients;
		clients += take_clients(listener);
		event[1].events = POLLIN;
		if (!not_now() && errno != ECONNABORTED) {
			sys_warn("accept");
			event[1].events = 0;
		}
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: pool PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int signals = signals_to_read(); /* who sees the port may send one */
	int listener = listen_on(port);
	start_workers();
	unsigned long clients = run(listener, signals);
	printf("served %lu clients, %" PRIu64 " bytes\n", clients,
	       atomic_load(&bytes));
	return fflush(stdout) == 0 ? 0 : 1;
}
