/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with epoll, level-triggered, and a flag that SIGTERM sets. */

#define _GNU_SOURCE
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct client {
	int fd;
	size_t begin, end;
	char bytes[16384];
};

static volatile sig_atomic_t stopping;
static int set, listener;
static unsigned long clients;
static unsigned long long total;

static void stop(int signo)
{
	stopping = signo;
}

static void watch(int op, int fd, unsigned events, void *who)
{
	struct epoll_event e = {.events = events, .data.ptr = who};

	if (epoll_ctl(set, op, fd, &e) < 0)
		sys_err("epoll_ctl");
}

static void leave(struct client *c)
{
	close(c->fd); /* the last descriptor: epoll forgets it, too */
	free(c);
	watch(EPOLL_CTL_MOD, listener, EPOLLIN, NULL);
}

/* One of them at a time: the others wait in the queue. */
static void enter(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *c;

	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		watch(EPOLL_CTL_MOD, listener, 0, NULL);
	if (fd < 0)
		return;
	c = Malloc(sizeof *c);
	c->fd = fd;
	c->begin = c->end = 0;
	watch(EPOLL_CTL_ADD, fd, EPOLLIN, c);
	clients++;
}

static bool later(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void talk(struct client *c)
{
	ssize_t n;

	if (c->begin < c->end) {
		n = send(c->fd, c->bytes + c->begin, c->end - c->begin,
			 MSG_NOSIGNAL);
		if (n < 0 && !later(n)) {
			leave(c);
			return;
		}
		if (n > 0) {
			c->begin += (size_t)n;
			total += (unsigned long long)n;
		}
		if (c->begin == c->end)
			watch(EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
		return;
	}
	n = recv(c->fd, c->bytes, sizeof c->bytes, 0);
	if (n > 0) {
		c->begin = 0;
		c->end = (size_t)n;
		watch(EPOLL_CTL_MOD, c->fd, EPOLLOUT, c);
	} else if (!later(n)) {
		leave(c);
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	struct sigaction action = {.sa_handler = stop};
	struct sockaddr_in address = {.sin_family = AF_INET};
	sigset_t blocked, open;
	int on = 1;

	if (port < 0) {
		fprintf(stderr, "Usage: server PORT\n");
		return 2;
	}
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	Sigprocmask(SIG_BLOCK, &blocked, &open);
	Sigaction(SIGTERM, &action, NULL);
	address.sin_port = htons((in_port_t)port);
	listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 1);
	set = epoll_create1(EPOLL_CLOEXEC);
	if (set < 0)
		sys_err("epoll_create1");
	watch(EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
	while (!stopping) {
		struct epoll_event ready[1];
		int n = epoll_pwait(set, ready, 1, -1, &open);

		if (n < 0 && errno != EINTR)
			sys_err("epoll_pwait");
		for (int i = 0; i < n; i++) {
			if (ready[i].data.ptr)
				talk(ready[i].data.ptr);
			else
				enter();
		}
	}
	printf("served %lu clients, %llu bytes\n", clients, total);
	fflush(stdout);
	_exit(0);
}
