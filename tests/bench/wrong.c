/* SPDX-License-Identifier: MIT */
/* wrong.c - an echo server that goes wrong on purpose, in one of many ways. */

/* usage: wrong HOW PORT.  A load generator must find out, whatever it is. */

#include "parse_port.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CLIENTS = 64, AT = 300 }; /* the byte of each stream that goes wrong */

struct client {
	int fd;
	size_t echoed;
};

static struct client client[CLIENTS];
static int clients;

static void put(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = Send(fd, bytes, n, MSG_NOSIGNAL);

		bytes += sent;
		n -= (size_t)sent;
	}
}

static void drops(struct client *c, char *bytes, size_t n, size_t at)
{
	put(c->fd, bytes, at);
	put(c->fd, bytes + at + 1, n - at - 1);
}

static void doubles(struct client *c, char *bytes, size_t n, size_t at)
{
	put(c->fd, bytes, at + 1);
	put(c->fd, bytes + at, n - at);
}

static void flips(struct client *c, char *bytes, size_t n, size_t at)
{
	bytes[at] ^= 1;
	put(c->fd, bytes, n);
}

static void mixes(struct client *c, char *bytes, size_t n, size_t at)
{
	struct client *next = &client[(c - client + 1) % clients];

	put(c->fd, bytes, at);
	put(next->fd, bytes + at, n - at);
}

static void adds(struct client *c, char *bytes, size_t n, size_t at)
{
	(void)at;
	put(c->fd, bytes, n);
	put(c->fd, "more", 4);
}

static void holds_back(struct client *c, char *bytes, size_t n, size_t at)
{
	put(c->fd, bytes, at);
	(void)n;
}

static void closes(struct client *c, char *bytes, size_t n, size_t at)
{
	put(c->fd, bytes, at);
	shutdown(c->fd, SHUT_WR);
	(void)n;
}

static void resets(struct client *c, char *bytes, size_t n, size_t at)
{
	const struct linger at_once = {.l_onoff = 1};

	put(c->fd, bytes, at);
	Setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	Dup2(STDERR_FILENO, c->fd);
	(void)n;
}

/* A stall, after which all is well: who measures is not to overlook it. */
static void stalls(struct client *c, char *bytes, size_t n, size_t at)
{
	const struct timespec stall = {.tv_nsec = 300000000};

	nanosleep(&stall, NULL);
	put(c->fd, bytes, n);
	(void)at;
}

typedef void wrong(struct client *c, char *bytes, size_t n, size_t at);

static const struct {
	const char *name;
	wrong *how;
} ways[] = {
	{"stalls", stalls}, {"drops", drops},	{"doubles", doubles},
	{"flips", flips},   {"mixes", mixes},	{"adds", adds},
	{"closes", closes}, {"resets", resets}, {"holds-back", holds_back},
};

static void serve(struct client *c, wrong *how)
{
	char bytes[4096];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
	size_t before = c->echoed;

	if (n <= 0) {
		Close(c->fd);
		c->fd = -1;
		return;
	}
	c->echoed += (size_t)n;
	if (before <= AT && AT < c->echoed)
		how(c, bytes, (size_t)n, AT - before);
	else
		put(c->fd, bytes, (size_t)n);
}

static int listen_on(int port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
	};
	int on = 1, listener = Socket(AF_INET, SOCK_STREAM, 0);

	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (const struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

static _Noreturn void run(int listener, wrong *how)
{
	struct pollfd event[CLIENTS + 1];

	for (;;) {
		event[CLIENTS] = (struct pollfd){listener, POLLIN, 0};
		for (int i = 0; i < clients; i++)
			event[i] = (struct pollfd){client[i].fd, POLLIN, 0};
		for (int i = clients; i < CLIENTS; i++)
			event[i] = (struct pollfd){.fd = -1};
		Poll(event, CLIENTS + 1, -1);
		for (int i = 0; i < clients; i++)
			if (event[i].revents != 0)
				serve(&client[i], how);
		if (event[CLIENTS].revents != 0 && clients < CLIENTS)
			client[clients++] = (struct client){
				.fd = Accept(listener, NULL, NULL)};
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 3 ? parse_port(argv[2]) : -1;

	for (size_t i = 0; port > 0 && i < sizeof ways / sizeof *ways; i++)
		if (strcmp(ways[i].name, argv[1]) == 0)
			run(listen_on(port), ways[i].how);
	fputs("usage: wrong HOW PORT\n", stderr);
	return 2;
}
