/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 with joinable threads, which a thread of its own joins; they report to it
 * through a list and a semaphore.  Totals belong to the joiner alone. */

#define _GNU_SOURCE
#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/signalfd.h>

struct guest {
	int socket;
	unsigned long echoed;
	pthread_t thread;
	struct guest *next_here, *next_done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct guest *here, *done; /* under the lock */
static bool stopping;		  /* so is this */
static sem_t news;		  /* a guest is done, or it is to stop */

static unsigned long clients, bytes; /* the joiner's */

static void *serve(void *arg)
{
	struct guest *g = arg;
	char buffer[1000];
	ssize_t n;

	while ((n = recv(g->socket, buffer, sizeof buffer, 0)) > 0) {
		if (sendn(g->socket, buffer, (size_t)n) < 0)
			break;
		g->echoed += (unsigned long)n;
	}
	shutdown(g->socket, SHUT_WR);
	Pthread_mutex_lock(&lock);
	g->next_done = done;
	done = g;
	Pthread_mutex_unlock(&lock);
	sem_post(&news);
	return g;
}

/* NULL: there is none.  *over: there will not be any more. */
static struct guest *take_done(bool *over)
{
	struct guest *g;

	Pthread_mutex_lock(&lock);
	g = done;
	if (g != NULL) {
		done = g->next_done;
		for (struct guest **p = &here; *p != NULL;
		     p = &(*p)->next_here) {
			if (*p == g) {
				*p = g->next_here;
				break;
			}
		}
	}
	*over = stopping && here == NULL;
	Pthread_mutex_unlock(&lock);
	return g;
}

static void *join_all(void *arg)
{
	bool over = false;

	(void)arg;
	while (!over) {
		if (sem_wait(&news) < 0)
			continue;
		struct guest *g = take_done(&over);
		if (g == NULL)
			continue;
		Pthread_join(g->thread, NULL);
		clients++;
		bytes += g->echoed;
		close(g->socket);
		free(g);
	}
	return NULL;
}

static void welcome(int socket)
{
	struct guest *g = Calloc(1, sizeof *g);

	g->socket = socket;
	Pthread_mutex_lock(&lock);
	int error = pthread_create(&g->thread, NULL, serve, g);
	if (error == 0) {
		g->next_here = here;
		here = g;
	}
	Pthread_mutex_unlock(&lock);
	if (error != 0) {
		errno = error;
		sys_warn("pthread_create");
		close(socket);
		free(g);
	}
}

static void stop(void)
{
	Pthread_mutex_lock(&lock);
	stopping = true;
	for (struct guest *g = here; g != NULL; g = g->next_here)
		shutdown(g->socket, SHUT_RDWR);
	Pthread_mutex_unlock(&lock);
	sem_post(&news);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &term, NULL);
	int signals = signalfd(-1, &term, SFD_CLOEXEC);

	struct sockaddr_in6 any = {.sin6_family = AF_INET6,
				   .sin6_port = htons((in_port_t)port)};
	int off = 0, on = 1;
	int listener = Socket(AF_INET6, SOCK_STREAM, 0);
	Setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&any, sizeof any);

	pthread_t joiner;
	sem_init(&news, 0, 0);
	Pthread_create(&joiner, NULL, join_all, NULL);
	Listen(listener, 5);

	struct pollfd ready[] = {{.fd = listener, .events = POLLIN},
				 {.fd = signals, .events = POLLIN}};
	while (poll(ready, 2, -1) < 0 || ready[1].revents == 0) {
		int socket = ready[0].revents != 0 ? accept4(listener, NULL,
							     NULL, SOCK_CLOEXEC)
						   : -1;
		if (socket >= 0)
			welcome(socket);
	}
	close(listener);
	stop();
	Pthread_join(joiner, NULL);
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
