/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with ppoll(), and a queue for each client that grows up to a limit. */

#define _GNU_SOURCE
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { PIECE = 16384, MOST = 262144 };

/* Bytes that wait: n from first on, round the end of the room if need be. */
struct queue {
	char *bytes;
	size_t room, first, n;
};

struct client {
	struct queue out;
	bool ended; /* it sends no more */
};

static volatile sig_atomic_t stopping;
static struct pollfd *event; /* [0]: the listening socket */
static struct client *client;
static size_t n, room;
static unsigned long clients;
static unsigned long long total;

static void on_sigterm(int signo)
{
	stopping = signo;
}

static void grow(struct queue *q)
{
	size_t bigger = q->room ? 2 * q->room : PIECE;
	char *bytes = Malloc(bigger);
	size_t head = q->room - q->first < q->n ? q->room - q->first : q->n;

	if (q->n > 0) {
		memcpy(bytes, q->bytes + q->first, head);
		memcpy(bytes + head, q->bytes, q->n - head);
	}
	free(q->bytes);
	*q = (struct queue){.bytes = bytes, .room = bigger, .n = q->n};
}

static void put(struct queue *q, const char *bytes, size_t size)
{
	while (q->room - q->n < size)
		grow(q);
	for (size_t i = 0; i < size; i++)
		q->bytes[(q->first + q->n + i) % q->room] = bytes[i];
	q->n += size;
}

static bool not_now(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static bool receive(size_t i)
{
	char piece[PIECE];
	ssize_t got = recv(event[i].fd, piece, sizeof piece, 0);

	if (got > 0)
		put(&client[i].out, piece, (size_t)got);
	if (got == 0)
		client[i].ended = true;
	return got >= 0 || not_now();
}

static bool deliver(size_t i)
{
	struct queue *q = &client[i].out;
	size_t most = q->first + q->n > q->room ? q->room - q->first : q->n;
	ssize_t sent;

	if (q->n == 0)
		return true;
	sent = send(event[i].fd, q->bytes + q->first, most, MSG_NOSIGNAL);
	if (sent < 0)
		return not_now();
	total += (unsigned long long)sent;
	q->n -= (size_t)sent;
	q->first = q->n ? (q->first + (size_t)sent) % q->room : 0;
	return true;
}

/* What to wait for; false: for nothing any more. */
static bool plan(size_t i)
{
	struct client *c = &client[i];

	event[i].events = 0;
	if (!c->ended && c->out.n < MOST)
		event[i].events |= POLLIN;
	if (c->out.n > 0)
		event[i].events |= POLLOUT;
	return event[i].events != 0;
}

static void drop(size_t i)
{
	Close(event[i].fd);
	free(client[i].out.bytes);
	event[i] = event[--n];
	client[i] = client[n];
	event[0].fd = event[0].fd < 0 ? ~event[0].fd : event[0].fd;
}

static void add(int fd)
{
	if (n == room) {
		room = room ? 2 * room : 8;
		event = Realloc(event, room * sizeof *event);
		client = Realloc(client, room * sizeof *client);
	}
	event[n] = (struct pollfd){.fd = fd, .events = POLLIN};
	client[n++] = (struct client){0};
}

static void take(void)
{
	int fd;

	while ((fd = accept4(event[0].fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		clients++;
		add(fd);
	}
	/* poll() passes over what is negative. */
	if (errno == EMFILE || errno == ENFILE)
		event[0].fd = ~event[0].fd;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	struct sigaction action = {.sa_handler = on_sigterm};
	struct sockaddr_in address = {.sin_family = AF_INET};
	sigset_t term, none;
	int listener, on = 1;

	if (port < 0) {
		fprintf(stderr, "usage: server PORT\n");
		return 2;
	}
	sigemptyset(&none);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_BLOCK, &term, NULL);
	Sigaction(SIGTERM, &action, NULL);
	address.sin_port = htons((in_port_t)port);
	listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 128);
	add(listener);
	while (!stopping) {
		size_t seen = n;

		if (ppoll(event, n, NULL, &none) < 0) {
			if (errno != EINTR)
				sys_err("ppoll");
			continue;
		}
		if (event[0].revents)
			take();
		for (size_t i = seen; i-- > 1;) {
			short got = event[i].revents;
			bool good = true;

			if (got & (POLLIN | POLLERR | POLLHUP) &&
			    event[i].events & POLLIN)
				good = receive(i);
			if (good && got)
				good = deliver(i);
			if (got && (!good || !plan(i)))
				drop(i);
		}
	}
	printf("served %lu clients, %llu bytes\n", clients, total);
	while (n > 1)
		drop(n - 1);
	free(event);
	free(client);
	return 0;
}
