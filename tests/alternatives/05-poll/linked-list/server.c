/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with a linked list, poll() with a time-out, and a flag now and then. */

#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct client {
	struct client *next;
	int fd, over;
	short ready;
	size_t begin, end;
	char bytes[2048];
};

static volatile sig_atomic_t stopping;
static struct client *head;
static size_t n;
static unsigned long clients;
static unsigned long long total;

static void on_sigterm(int signo)
{
	(void)signo;
	stopping = 1;
}

static int may_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void take(int listener)
{
	int fd = accept(listener, NULL, NULL);
	struct client *c;

	if (fd < 0)
		return; /* without a descriptor: in a moment again */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	c = malloc(sizeof *c);
	if (!c) {
		close(fd);
		return;
	}
	*c = (struct client){.next = head, .fd = fd};
	head = c;
	n++;
	clients++;
}

static void receive(struct client *c)
{
	struct iovec v = {c->bytes, sizeof c->bytes};
	ssize_t got = readv(c->fd, &v, 1);

	c->begin = 0;
	c->end = got > 0 ? (size_t)got : 0;
	c->over = got == 0 || (got < 0 && !may_wait());
}

static void deliver(struct client *c)
{
	struct iovec v = {c->bytes + c->begin, c->end - c->begin};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	ssize_t sent = sendmsg(c->fd, &m, MSG_NOSIGNAL);

	if (sent > 0) {
		c->begin += (size_t)sent;
		total += (unsigned long long)sent;
	}
	c->over = sent < 0 && !may_wait();
}

static void sweep(void)
{
	struct client **link = &head;

	while (*link) {
		struct client *c = *link;

		if (!c->over) {
			link = &c->next;
			continue;
		}
		*link = c->next;
		close(c->fd);
		free(c);
		n--;
	}
}

/* One round; `tired`: the last accept() found no descriptor. */
static void turn(int listener)
{
	struct pollfd *list = Malloc((n + 1) * sizeof *list);
	static int tired;
	size_t i = 1;

	list[0] =
		(struct pollfd){.fd = tired ? -1 : listener, .events = POLLIN};
	for (struct client *c = head; c; c = c->next, i++)
		list[i] = (struct pollfd){.fd = c->fd,
					  .events = c->begin < c->end ? POLLOUT
								      : POLLIN};
	if (poll(list, i, tired ? 50 : 200) < 0) {
		if (errno != EINTR)
			sys_err("poll");
		free(list);
		return;
	}
	i = 1;
	for (struct client *c = head; c; c = c->next, i++) {
		if (!list[i].revents)
			continue;
		if (c->begin < c->end)
			deliver(c);
		else
			receive(c);
	}
	tired = 0;
	if (list[0].revents) {
		errno = 0;
		take(listener);
		tired = errno == EMFILE || errno == ENFILE;
	}
	free(list);
	sweep();
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	struct sockaddr_in address = {.sin_family = AF_INET};
	int listener, on = 1;

	if (port < 0) {
		fprintf(stderr, "usage: server PORT\n");
		return 2;
	}
	signal(SIGTERM, on_sigterm);
	address.sin_port = htons((in_port_t)port);
	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Fcntl(listener, F_SETFL, O_NONBLOCK);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 3);
	while (!stopping)
		turn(listener);
	for (struct client *c = head; c; c = c->next)
		c->over = 1;
	sweep();
	printf("served %lu clients, %llu bytes\n", clients, total);
	return 0;
}
