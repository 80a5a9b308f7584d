/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with epoll, edge-triggered: every call is repeated until EAGAIN. */

#define _GNU_SOURCE
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

enum { ROOM = 32768 };

struct client {
	int fd;
	size_t first, n; /* a ring: n bytes from first on, and round */
	bool ended;	 /* it sends no more */
	struct client *next, *before;
	char ring[ROOM];
};

static struct client everybody = {.next = &everybody, .before = &everybody};
static int set, listener, signals;
static bool starved; /* an accept() has failed, and nobody has left since */
static unsigned long clients;
static unsigned long long total;

static void watch(int fd, unsigned events, void *who)
{
	struct epoll_event e = {.events = events, .data.ptr = who};

	if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &e) < 0)
		sys_err("epoll_ctl");
}

static void enter(void);

static void leave(struct client *c)
{
	close(c->fd);
	c->next->before = c->before;
	c->before->next = c->next;
	free(c);
	if (starved)
		enter(); /* no new edge tells of those in the queue */
}

static bool again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* Receive into what is free; false: it is over. */
static bool fill(struct client *c)
{
	while (c->n < ROOM && !c->ended) {
		size_t at = (c->first + c->n) % ROOM;
		size_t most = at < c->first ? c->first - at : ROOM - at;
		ssize_t got = recv(c->fd, c->ring + at, most, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return again();
		c->n += (size_t)got;
		c->ended = got == 0;
	}
	return true;
}

static bool drain(struct client *c)
{
	while (c->n > 0) {
		size_t most = c->first + c->n > ROOM ? ROOM - c->first : c->n;
		ssize_t sent =
			send(c->fd, c->ring + c->first, most, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return again();
		c->first = (c->first + (size_t)sent) % ROOM;
		c->n -= (size_t)sent;
		total += (unsigned long long)sent;
	}
	return true;
}

/* Until neither direction moves any more. */
static void talk(struct client *c)
{
	unsigned long long before;

	do {
		before = total;
		if (!fill(c) || !drain(c) || (c->ended && c->n == 0)) {
			leave(c);
			return;
		}
	} while (total != before);
}

static void enter(void)
{
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		struct client *c;

		if (fd < 0) {
			starved = errno == EMFILE || errno == ENFILE ||
				  errno == ENOMEM || errno == ENOBUFS;
			if (starved || again())
				return;
			continue;
		}
		c = Calloc(1, sizeof *c);
		c->fd = fd;
		c->next = &everybody;
		c->before = everybody.before;
		c->before->next = everybody.before = c;
		clients++;
		watch(fd, EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, c);
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	struct sockaddr_in address = {.sin_family = AF_INET};
	struct epoll_event ready[64];
	bool stopping = false;
	sigset_t ours;
	int on = 1;

	if (port < 0) {
		fprintf(stderr, "usage: server PORT\n");
		return 2;
	}
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, NULL);
	signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	address.sin_port = htons((in_port_t)port);
	listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	set = epoll_create1(EPOLL_CLOEXEC);
	watch(listener, EPOLLIN | EPOLLET, &listener);
	watch(signals, EPOLLIN, &signals);
	while (!stopping) {
		int n = epoll_wait(set, ready, 64, -1);

		if (n < 0 && errno != EINTR)
			sys_err("epoll_wait");
		for (int i = 0; i < n; i++) {
			if (ready[i].data.ptr == &signals)
				stopping = true;
			else if (ready[i].data.ptr == &listener)
				enter();
			else
				talk(ready[i].data.ptr);
		}
	}
	starved = false;
	while (everybody.next != &everybody)
		leave(everybody.next);
	printf("served %lu clients, %llu bytes\n", clients, total);
	return 0;
}
