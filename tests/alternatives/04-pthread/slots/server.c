/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 with a fixed table of slots, a mutex in each; the totals are the slots', added
 * up at the end, and each client is read byte by byte through stdio. */

#define _GNU_SOURCE
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>

#define SLOTS 250

struct slot {
	pthread_mutex_t lock;
	int socket; /* 0: free, which no client's is */
	bool used;  /* its thread has to be joined */
	pthread_t thread;
	unsigned long clients, bytes;
};

static struct slot slot[SLOTS];

static volatile sig_atomic_t stopping;

static void on_term(int signo)
{
	(void)signo;
	stopping = 1;
}

static void echo(struct slot *s, int socket)
{
	FILE *in = fdopen(dup(socket), "r"), *out = fdopen(socket, "w");
	int c;

	setvbuf(in, NULL, _IONBF, 0); /* what is there, and no more */
	setvbuf(out, NULL, _IONBF, 0);
	while ((c = getc(in)) != EOF && putc(c, out) != EOF) {
		Pthread_mutex_lock(&s->lock);
		s->bytes++;
		Pthread_mutex_unlock(&s->lock);
	}
	fclose(in);
	Pthread_mutex_lock(&s->lock);
	s->socket = 0;
	fclose(out);
	Pthread_mutex_unlock(&s->lock);
}

static void *serve(void *arg)
{
	struct slot *s = arg;

	Pthread_mutex_lock(&s->lock);
	int socket = s->socket;
	Pthread_mutex_unlock(&s->lock);
	echo(s, socket);
	return NULL;
}

/* With its lock held. */
static void use(struct slot *s, int socket)
{
	if (s->used)
		Pthread_join(s->thread, NULL);
	s->used = false;
	s->clients++;
	s->socket = socket;
	int error = pthread_create(&s->thread, NULL, serve, s);
	if (error == 0) {
		s->used = true;
	} else {
		errno = error;
		sys_warn("pthread_create");
		s->socket = 0;
		close(socket);
	}
}

static void welcome(int socket)
{
	for (int i = 0; i < SLOTS; i++) {
		struct slot *s = &slot[i];

		Pthread_mutex_lock(&s->lock);
		bool was_free = s->socket == 0;
		if (was_free)
			use(s, socket);
		Pthread_mutex_unlock(&s->lock);
		if (was_free)
			return;
	}
	close(socket);
}

static void hang_up_and_add(unsigned long *clients, unsigned long *bytes)
{
	for (int i = 0; i < SLOTS; i++) {
		struct slot *s = &slot[i];

		Pthread_mutex_lock(&s->lock);
		if (s->socket != 0)
			shutdown(s->socket, SHUT_RDWR);
		Pthread_mutex_unlock(&s->lock);
	}
	for (int i = 0; i < SLOTS; i++) {
		if (slot[i].used)
			Pthread_join(slot[i].thread, NULL);
		*clients += slot[i].clients;
		*bytes += slot[i].bytes;
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < SLOTS; i++)
		Pthread_mutex_init(&slot[i].lock, NULL);

	struct sigaction action = {.sa_handler = on_term};
	sigset_t term, others;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &term, &others);
	sigemptyset(&action.sa_mask);
	Sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 100);

	/* SIGTERM comes in while ppoll() sleeps, and at no other time. */
	while (!stopping) {
		struct pollfd event = {.fd = listener, .events = POLLIN};

		if (ppoll(&event, 1, NULL, &others) > 0) {
			int socket = accept(listener, NULL, NULL);
			if (socket >= 0)
				welcome(socket);
		}
	}
	close(listener);

	unsigned long clients = 0, bytes = 0;
	hang_up_and_add(&clients, &bytes);
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
