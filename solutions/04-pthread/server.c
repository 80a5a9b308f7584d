/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with a thread per client, and totals at the end. */

/*
 * Theory of operation
 *
 * The main thread accepts, and starts a thread for each client.  All memory is
 * everybody's, so each variable here is of one of three kinds:
 *
 *  - of one thread only: what echo() keeps on its stack;
 *  - handed over: a struct client is the main thread's until the client's
 *    thread has been started, and that thread's from then on;
 *  - shared: the totals and the list of clients.  Nobody touches them without
 *    holding the lock.  The descriptors in the list are among them: one that is
 *    closed may be another client's a moment later.
 *
 * SIGTERM is blocked in every thread, and read from a descriptor by the main
 * one.  Then it shuts down all connections; each thread finds end of file in
 * its own, and takes itself off the list.  When the list is empty all is said.
 *
 * Threads are detached: nobody joins them, and their stacks go with them.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/signalfd.h>

struct client {
	int socket;
	struct client *next, **link; /* link: where the list points to this */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t somebody_left = PTHREAD_COND_INITIALIZER;
static struct client *clients; /* that are connected; under the lock, as are: */
static unsigned long served;   /* clients accepted */
static uint64_t bytes;	       /* echoed */

/* Send back what comes until the client ends; how many bytes it was. */
static uint64_t echo(int client)
{
	char buffer[4096];
	uint64_t echoed = 0;
	ssize_t n;

	while ((n = read_some(client, buffer, sizeof buffer)) > 0 &&
	       sendn(client, buffer, (size_t)n) == 0)
		echoed += (uint64_t)n;
	return echoed;
}

static struct client *enter(int socket)
{
	struct client *c = Malloc(sizeof *c);

	Pthread_mutex_lock(&lock);
	*c = (struct client){socket, clients, &clients};
	if (clients != NULL)
		clients->link = &c->next;
	clients = c;
	served++;
	Pthread_mutex_unlock(&lock);
	return c;
}

static void leave(struct client *c, uint64_t echoed)
{
	Pthread_mutex_lock(&lock);
	bytes += echoed;
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	Close(c->socket); /* counted first: who sees its end may ask for it */
	pthread_cond_signal(&somebody_left);
	Pthread_mutex_unlock(&lock);
	free(c);
}

/* A thread's life. */
static void *serve(void *arg)
{
	struct client *c = arg;

	leave(c, echo(c->socket));
	return NULL;
}

/* Accept a client, if there is one, and give it a thread. */
static void take_client(int listener, const pthread_attr_t *detached)
{
	pthread_t thread;
	int socket = accept(listener, NULL, NULL);

	/* Whatever it is, a client that gave up or the network, the queue is as
	 * good as before.  (Simplified: when descriptors run out, this tries
	 * and warns for as long as that lasts.) */
	if (socket < 0) {
		if (errno != EAGAIN)
			sys_warn("accept");
		return;
	}

	/* On the list before there is a thread that could take it off. */
	struct client *c = enter(socket);
	int error = pthread_create(&thread, detached, serve, c);
	if (error != 0) { /* it is returned; errno tells nothing */
		errno = error;
		sys_warn("pthread_create");
		leave(c, 0);
	}
}

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);

	/* The client that poll() told of may be gone before accept(). */
	Fcntl(listener, F_SETFL, O_NONBLOCK);
	return listener;
}

/* Where SIGTERM is read: from now on it interrupts nobody.  Threads inherit the
 * mask, so this comes before the first of them. */
static int catch_sigterm(void)
{
	sigset_t ours;
	int signals;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &ours, NULL);
	signals = signalfd(-1, &ours, 0);
	if (signals < 0)
		sys_err("signalfd");
	return signals;
}

/* Accept until SIGTERM comes. */
static void run(int listener, int signals)
{
	struct pollfd event[] = {{.fd = signals, .events = POLLIN},
				 {.fd = listener, .events = POLLIN}};
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		Poll(event, 2, -1);
		if (event[0].revents != 0)
			break;
		if (event[1].revents != 0)
			take_client(listener, &detached);
	}
	pthread_attr_destroy(&detached);
}

/* End all connections, wait until their threads have counted, and tell. */
static void sum_up(void)
{
	Pthread_mutex_lock(&lock);
	for (const struct client *c = clients; c != NULL; c = c->next)
		shutdown(c->socket, SHUT_RDWR);
	while (clients != NULL)
		pthread_cond_wait(&somebody_left, &lock);
	printf("served %lu clients, %" PRIu64 " bytes\n", served, bytes);
	Pthread_mutex_unlock(&lock);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int signals = catch_sigterm(); /* who sees the port may send one */
	int listener = listen_on(port);
	run(listener, signals);
	Close(listener);
	sum_up();
	return fflush(stdout) == 0 ? 0 : 1;
}
