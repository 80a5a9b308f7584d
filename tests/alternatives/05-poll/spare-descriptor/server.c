/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with holes that are used again, and a spare descriptor to turn clients away. */

#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define START 4

struct client {
	char *pending; /* NULL: nothing */
	size_t n;
};

static int wake[2], spare;
static struct pollfd *event; /* [0] the pipe, [1] the listener; fd -1: a hole */
static struct client *client;
static size_t rows;
static unsigned long clients;
static unsigned long long total;

static void on_sigterm(int signo)
{
	int saved = errno;
	ssize_t n = write(wake[1], &signo, 1);

	(void)n;
	errno = saved;
}

/* The first hole, or one of many new ones. */
static size_t hole(void)
{
	size_t i = 0, more;

	while (i < rows && event[i].fd >= 0)
		i++;
	if (i < rows)
		return i;
	more = rows ? 2 * rows : START;
	event = Realloc(event, more * sizeof *event);
	client = Realloc(client, more * sizeof *client);
	for (; rows < more; rows++) {
		event[rows] = (struct pollfd){.fd = -1};
		client[rows] = (struct client){NULL, 0};
	}
	return i;
}

static void seat(int fd)
{
	size_t i = hole();

	event[i] = (struct pollfd){.fd = fd, .events = POLLIN};
	client[i] = (struct client){NULL, 0};
}

/* Give up the spare one for a moment, so that a client who cannot be served is
 * told so by the end of the connection. */
static void turn_away(int listener)
{
	int fd;

	close(spare);
	fd = accept(listener, NULL, NULL);
	if (fd >= 0)
		close(fd);
	spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void take(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0 && errno == EMFILE && spare >= 0)
		turn_away(listener);
	if (fd < 0)
		return;
	clients++;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	seat(fd);
}

static void part(size_t i)
{
	close(event[i].fd);
	event[i].fd = -1;
	free(client[i].pending);
	client[i] = (struct client){NULL, 0};
}

static bool soft(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* What did not go is kept in a block of just its size. */
static void deliver(size_t i, const char *bytes, size_t n)
{
	ssize_t sent = send(event[i].fd, bytes, n, MSG_NOSIGNAL);
	char *rest = NULL;

	if (sent < 0 && !soft(sent)) {
		part(i);
		return;
	}
	if (sent < 0)
		sent = 0;
	total += (unsigned long long)sent;
	if ((size_t)sent < n) {
		rest = Malloc(n - (size_t)sent);
		memcpy(rest, bytes + sent, n - (size_t)sent);
	}
	free(client[i].pending);
	client[i] = (struct client){rest, n - (size_t)sent};
	event[i].events = rest ? POLLOUT : POLLIN;
}

static void talk(size_t i)
{
	char bytes[65536];
	ssize_t n;

	if (client[i].pending) {
		deliver(i, client[i].pending, client[i].n);
		return;
	}
	n = recv(event[i].fd, bytes, sizeof bytes, 0);
	if (n > 0)
		deliver(i, bytes, (size_t)n);
	else if (!soft(n))
		part(i);
}

static void serve(int listener)
{
	for (;;) {
		size_t before = rows;

		if (poll(event, rows, -1) < 0) {
			if (errno == EINTR)
				continue;
			sys_err("poll");
		}
		if (event[0].revents)
			return;
		for (size_t i = 2; i < before; i++)
			if (event[i].fd >= 0 && event[i].revents)
				talk(i);
		if (event[1].revents)
			take(listener);
	}
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
	spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	Pipe(wake);
	seat(wake[0]);
	signal(SIGTERM, on_sigterm);
	address.sin_port = htons((in_port_t)port);
	listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 64);
	seat(listener);
	serve(listener);
	printf("served %lu clients, %llu bytes\n", clients, total);
	return 0;
}
