/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 where threads that still have a client at the end are cancelled; what they
 * leave behind is seen to by cleanup handlers. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

struct client {
	int socket;
	unsigned long long echoed;
	pthread_t thread;
	struct client *prev, *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct client head = {.prev = &head, .next = &head};
static unsigned long long clients, bytes;

static void leave(void *arg)
{
	struct client *c = arg;

	pthread_mutex_lock(&lock);
	c->prev->next = c->next;
	c->next->prev = c->prev;
	bytes += c->echoed;
	close(c->socket);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	free(c);
}

static void *serve(void *arg)
{
	struct client *c = arg;
	char buffer[4096];
	ssize_t n;

	pthread_cleanup_push(leave, c);
	while ((n = read(c->socket, buffer, sizeof buffer)) > 0) {
		/* Not in the middle of an answer. */
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		if (sendn(c->socket, buffer, (size_t)n) < 0)
			break;
		c->echoed += (unsigned long long)n;
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	}
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cleanup_pop(1);
	return NULL;
}

static void welcome(int socket)
{
	struct client *c = Calloc(1, sizeof *c);

	c->socket = socket;
	pthread_mutex_lock(&lock);
	clients++;
	c->next = head.next;
	c->prev = &head;
	c->next->prev = head.next = c;
	int error = pthread_create(&c->thread, NULL, serve, c);
	if (error == 0)
		pthread_detach(c->thread);
	pthread_mutex_unlock(&lock);
	if (error != 0) {
		errno = error;
		sys_warn("pthread_create");
		leave(c);
	}
}

static void *accept_all(void *arg)
{
	int listener = *(int *)arg;

	for (;;) {
		int socket = accept(listener, NULL, NULL);
		if (socket >= 0) {
			pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
			welcome(socket);
			pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		}
	}
	return NULL;
}

/* A thread accepts, and the main one waits for the signal. */
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
	sigaddset(&term, SIGINT);
	Pthread_sigmask(SIG_BLOCK, &term, NULL);

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1, listener = Socket(AF_INET, SOCK_STREAM, 0), signo;
	pthread_t acceptor;
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	Pthread_create(&acceptor, NULL, accept_all, &listener);

	sigwait(&term, &signo);
	pthread_cancel(acceptor);
	Pthread_join(acceptor, NULL);
	close(listener);

	pthread_mutex_lock(&lock);
	for (struct client *c = head.next; c != &head; c = c->next)
		pthread_cancel(c->thread);
	while (head.next != &head)
		pthread_cond_wait(&changed, &lock);
	printf("\nserved %llu clients, %llu bytes\n", clients, bytes);
	pthread_mutex_unlock(&lock);
	return 0;
}
