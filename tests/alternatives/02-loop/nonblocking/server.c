/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with sockets that never block, and one buffer that fills and drains at once. */

#define _GNU_SOURCE /* accept4 */
#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct buffer {
	size_t n;
	bool ended; /* the client sends no more */
	char bytes[32768];
};

/* Not an error, only nothing to be done just now. */
static bool not_now(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static bool fill(int client, struct buffer *b)
{
	ssize_t n = read(client, b->bytes + b->n, sizeof b->bytes - b->n);

	if (n < 0)
		return not_now();
	if (n == 0)
		b->ended = true;
	b->n += (size_t)n;
	return true;
}

static bool drain(int client, struct buffer *b)
{
	ssize_t n = write(client, b->bytes, b->n);

	if (n < 0)
		return not_now();
	b->n -= (size_t)n;
	memmove(b->bytes, b->bytes + n, b->n);
	return true;
}

static void serve(int client)
{
	static struct buffer b;
	struct pollfd p = {.fd = client};
	bool good = true;

	b.n = 0;
	b.ended = false;
	while (good && !(b.ended && b.n == 0)) {
		p.events = 0;
		if (!b.ended && b.n < sizeof b.bytes)
			p.events |= POLLIN;
		if (b.n > 0)
			p.events |= POLLOUT;
		if (poll(&p, 1, -1) < 0) {
			if (errno != EINTR)
				sys_err("poll");
			continue;
		}
		if (p.revents & (POLLERR | POLLNVAL))
			good = false;
		if (good && (p.events & POLLIN) &&
		    (p.revents & (POLLIN | POLLHUP)))
			good = fill(client, &b);
		if (good && b.n > 0 && (p.revents & (POLLOUT | POLLHUP)))
			good = drain(client, &b);
	}
}

static int open_listener(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		sys_err("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(fd, SOMAXCONN) < 0)
		sys_err("listen");
	return fd;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);

	int listener = open_listener(port);
	for (;;) {
		int client = accept4(listener, NULL, NULL,
				     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client >= 0) {
			serve(client);
			close(client);
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = listener, .events = POLLIN};
			(void)poll(&p, 1, -1);
		} else if (errno != EINTR && errno != ECONNABORTED &&
			   errno != EPROTO) {
			sys_err("accept4");
		}
	}
}
