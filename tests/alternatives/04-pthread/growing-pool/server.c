/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 with a pool of threads: a client goes to one that is idle, and a new one is
 * made only if there is none.  At the end all are joined. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>

struct worker {
	pthread_t thread;
	pthread_cond_t wanted;
	int socket; /* -1: idle */
	struct worker *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker *workers; /* all below is under the lock */
static unsigned long clients, bytes;
static bool stopping;

static void *work(void *arg)
{
	struct worker *self = arg;
	char buffer[2048];

	Pthread_mutex_lock(&lock);
	for (;;) {
		while (self->socket < 0 && !stopping)
			pthread_cond_wait(&self->wanted, &lock);
		if (self->socket < 0)
			break;
		int socket = self->socket;
		Pthread_mutex_unlock(&lock);

		ssize_t n;
		while ((n = read_some(socket, buffer, sizeof buffer)) > 0) {
			if (sendn(socket, buffer, (size_t)n) < 0)
				break;
			Pthread_mutex_lock(&lock);
			bytes += (unsigned long)n;
			Pthread_mutex_unlock(&lock);
		}

		Pthread_mutex_lock(&lock);
		close(socket);
		self->socket = -1;
	}
	Pthread_mutex_unlock(&lock);
	return NULL;
}

/* Called with the lock held. */
static struct worker *idle_worker(void)
{
	for (struct worker *w = workers; w != NULL; w = w->next)
		if (w->socket < 0)
			return w;
	return NULL;
}

/* Called with the lock held. */
static bool hire(int socket)
{
	struct worker *w = Calloc(1, sizeof *w);

	pthread_cond_init(&w->wanted, NULL);
	w->socket = socket;
	int error = pthread_create(&w->thread, NULL, work, w);
	if (error != 0) {
		errno = error;
		sys_warn("pthread_create");
		free(w);
		return false;
	}
	w->next = workers;
	workers = w;
	return true;
}

static void welcome(int socket)
{
	Pthread_mutex_lock(&lock);
	struct worker *w = idle_worker();
	clients++;
	if (w != NULL) {
		w->socket = socket;
		pthread_cond_signal(&w->wanted);
	} else if (!hire(socket)) {
		close(socket);
	}
	Pthread_mutex_unlock(&lock);
}

static int listener;

static void *await_sigterm(void *arg)
{
	int signo;

	while (sigwait(arg, &signo) != 0)
		;
	Pthread_mutex_lock(&lock);
	stopping = true;
	for (struct worker *w = workers; w != NULL; w = w->next) {
		if (w->socket >= 0)
			shutdown(w->socket, SHUT_RDWR);
		pthread_cond_signal(&w->wanted);
	}
	Pthread_mutex_unlock(&lock);
	shutdown(listener, SHUT_RD);
	return NULL;
}

static bool is_stopping(void)
{
	Pthread_mutex_lock(&lock);
	bool is = stopping;
	Pthread_mutex_unlock(&lock);
	return is;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);

	sigset_t term;
	pthread_t waiter;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &term, NULL);
	Pthread_create(&waiter, NULL, await_sigterm, &term);
	Listen(listener, 128);

	while (!is_stopping()) {
		int socket = accept(listener, NULL, NULL);
		if (socket >= 0 && is_stopping())
			close(socket);
		else if (socket >= 0)
			welcome(socket);
	}
	Pthread_join(waiter, NULL);
	while (workers != NULL) {
		struct worker *w = workers;
		workers = w->next;
		Pthread_join(w->thread, NULL);
		pthread_cond_destroy(&w->wanted);
		free(w);
	}
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
