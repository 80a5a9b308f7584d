/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 where the main thread joins who has ended before it accepts the next; each
 * thread counts for itself, and what it counted is read after the join.  SIGTERM ends accept(). */

#define _GNU_SOURCE
#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>

struct guest {
	pthread_t thread;
	int socket;
	unsigned long echoed; /* its thread's, until that is joined */
};

static struct guest **guests;
static size_t n_guests;
static unsigned long clients, bytes;

static volatile sig_atomic_t stopping;

static void on_term(int signo)
{
	(void)signo;
	stopping = 1;
}

static void *serve(void *arg)
{
	struct guest *g = arg;
	char buffer[4096];
	ssize_t n;

	while ((n = read_some(g->socket, buffer, sizeof buffer)) > 0 &&
	       sendn(g->socket, buffer, (size_t)n) == 0)
		g->echoed += (unsigned long)n;
	/* The end that the client sees; the number stays taken. */
	shutdown(g->socket, SHUT_RDWR);
	return NULL;
}

static void see_off(size_t i)
{
	bytes += guests[i]->echoed;
	close(guests[i]->socket);
	free(guests[i]);
	guests[i] = guests[--n_guests];
}

static void join_who_has_ended(void)
{
	for (size_t i = n_guests; i-- > 0;)
		if (pthread_tryjoin_np(guests[i]->thread, NULL) == 0)
			see_off(i);
}

static void welcome(int socket)
{
	struct guest *g = Calloc(1, sizeof *g);
	sigset_t all, before;

	g->socket = socket;
	clients++;
	/* Signals are the main thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&g->thread, NULL, serve, g);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0) {
		fprintf(stderr, "server: no thread (%d)\n", error);
		close(socket);
		free(g);
		return;
	}
	guests = Realloc(guests, (n_guests + 1) * sizeof(struct guest *));
	guests[n_guests++] = g;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	struct sigaction action = {.sa_handler = on_term};
	sigemptyset(&action.sa_mask);
	Sigaction(SIGTERM, &action, NULL);

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 10);

	while (!stopping) {
		int socket = accept(listener, NULL, NULL);
		join_who_has_ended();
		if (socket >= 0)
			welcome(socket);
	}
	close(listener);
	for (size_t i = 0; i < n_guests; i++)
		shutdown(guests[i]->socket, SHUT_RDWR);
	while (n_guests > 0) {
		Pthread_join(guests[0]->thread, NULL);
		see_off(0);
	}
	free(guests);
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
