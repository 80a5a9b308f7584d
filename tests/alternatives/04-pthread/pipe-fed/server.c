/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 where pointers to work go through a pipe, and reports come back through a pair
 * of sockets: no lock, and nothing that two threads touch at a time. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

struct work {
	int socket;
	unsigned long echoed;
	struct work *next; /* the main thread's */
};

static int jobs[2], reports[2];

/* Whoever reads a pointer has what it points to; whoever writes it gives it
 * away. */
static void *work(void *unused)
{
	struct work *w;
	char *buffer = Malloc(4096);

	(void)unused;
	while (readn(jobs[0], &w, sizeof w) == sizeof w) {
		struct iovec part = {buffer, 4096};
		struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
		ssize_t n;

		while ((n = recvmsg(w->socket, &message, 0)) > 0) {
			if (sendn(w->socket, buffer, (size_t)n) < 0)
				break;
			w->echoed += (unsigned long)n;
		}
		send(reports[1], &w, sizeof w, 0);
	}
	free(buffer);
	return NULL;
}

/* All the main thread's. */
static struct work *here;
static unsigned long clients, bytes;
static unsigned idle, busy;

static void welcome(int socket)
{
	struct work *w = Calloc(1, sizeof *w);
	pthread_t thread;

	clients++;
	if (idle > 0) {
		idle--;
	} else {
		int error = pthread_create(&thread, NULL, work, NULL);
		if (error != 0) {
			fprintf(stderr, "server: pthread_create: %s\n",
				strerror(error));
			close(socket);
			free(w);
			return;
		}
		pthread_detach(thread);
	}
	*w = (struct work){socket, 0, here};
	here = w;
	busy++;
	if (writen(jobs[1], &w, sizeof w) < 0)
		sys_err("write");
}

static void take_report(void)
{
	struct work *w;

	if (recv(reports[0], &w, sizeof w, MSG_WAITALL) != sizeof w)
		return;
	for (struct work **p = &here; *p != NULL; p = &(*p)->next) {
		if (*p == w) {
			*p = w->next;
			break;
		}
	}
	bytes += w->echoed;
	close(w->socket);
	free(w);
	busy--;
	idle++;
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
	Pipe(jobs);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, reports) < 0)
		sys_err("socketpair");

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 32);

	struct pollfd event[] = {
		{.fd = signalfd(-1, &term, 0), .events = POLLIN},
		{.fd = reports[0], .events = POLLIN},
		{.fd = listener, .events = POLLIN}};
	while (poll(event, 3, -1) < 0 || event[0].revents == 0) {
		if (event[1].revents != 0)
			take_report();
		else if (event[2].revents != 0) {
			int socket = accept(listener, NULL, NULL);
			if (socket >= 0)
				welcome(socket);
		}
	}
	for (struct work *w = here; w != NULL; w = w->next)
		shutdown(w->socket, SHUT_RDWR);
	while (busy > 0)
		take_report();
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
