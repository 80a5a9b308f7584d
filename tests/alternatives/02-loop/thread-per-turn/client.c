/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with a thread that receives and prints while the first one still sends. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct conversation {
	int server;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t sent; /* bytes of all lines that were begun */
	size_t back; /* bytes that came back and were printed */
	bool over;
};

/* How many bytes are out and not back yet; waits until there are some, and
 * returns 0 at the end. */
static size_t outstanding(struct conversation *c)
{
	Pthread_mutex_lock(&c->lock);
	while (c->sent == c->back && !c->over)
		pthread_cond_wait(&c->changed, &c->lock);
	size_t n = c->sent - c->back;
	Pthread_mutex_unlock(&c->lock);
	return n;
}

static void *receive(void *arg)
{
	struct conversation *c = arg;
	char bytes[512];
	size_t want;

	while ((want = outstanding(c)) > 0) {
		if (want > sizeof bytes)
			want = sizeof bytes;
		ssize_t n = read_some(c->server, bytes, want);
		if (n < 0)
			sys_warn("read");
		if (n == 0)
			fputs("client: the server closed the connection\n",
			      stderr);
		if (n <= 0)
			_exit(1); /* the other thread may be in the middle of anything */
		if (writen(STDOUT_FILENO, bytes, (size_t)n) < 0)
			_exit(1);
		Pthread_mutex_lock(&c->lock);
		c->back += (size_t)n;
		pthread_cond_broadcast(&c->changed);
		Pthread_mutex_unlock(&c->lock);
	}
	return NULL;
}

/* Announce the line, send it, wait until all of it is back. */
static void send_line(struct conversation *c, const char *line, size_t n)
{
	Pthread_mutex_lock(&c->lock);
	c->sent += n;
	pthread_cond_broadcast(&c->changed);
	Pthread_mutex_unlock(&c->lock);

	/* If that fails, the receiver sees it too, and it has the last word. */
	(void)sendn(c->server, line, n);

	Pthread_mutex_lock(&c->lock);
	while (c->back < c->sent)
		pthread_cond_wait(&c->changed, &c->lock);
	Pthread_mutex_unlock(&c->lock);
}

static int connect_to(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM},
			*list;
	int error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	int fd = Socket(list->ai_family, list->ai_socktype, list->ai_protocol);
	Connect(fd, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return fd;
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}

	struct conversation c = {
		.server = connect_to(argv[1], argv[2]),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};
	pthread_t receiver;
	Pthread_create(&receiver, NULL, receive, &c);

	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) > 0)
		send_line(&c, line, (size_t)n);

	Pthread_mutex_lock(&c.lock);
	c.over = true;
	pthread_cond_broadcast(&c.changed);
	Pthread_mutex_unlock(&c.lock);
	Pthread_join(receiver, NULL);
	free(line);
	Close(c.server);
	return 0;
}
