/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 as a daemon; a thread of its own takes SIGTERM, prints and ends the process
 * while all the others are where they are.  Log lines on stdout, totals kept at every message. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	unsigned clients;
	uint64_t bytes;
} total;

static void count(unsigned clients, size_t bytes)
{
	Pthread_mutex_lock(&lock);
	total.clients += clients;
	total.bytes += bytes;
	Pthread_mutex_unlock(&lock);
}

/* The descriptor itself is the argument. */
static void *serve(void *arg)
{
	int socket = (int)(intptr_t)arg;
	char buffer[4096];
	ssize_t n;

	Pthread_detach(pthread_self());
	for (;;) {
		n = recv(socket, buffer, sizeof buffer, 0);
		if (n <= 0)
			break;
		count(0, (size_t)n);
		if (sendn(socket, buffer, (size_t)n) < 0)
			break;
	}
	printf("descriptor %d: bye\n", socket);
	close(socket);
	pthread_exit(NULL);
}

/* It keeps the lock: nobody shall count any more. */
static void *await_end(void *arg)
{
	int signo;

	while (sigwait(arg, &signo) != 0 || signo != SIGTERM)
		;
	Pthread_mutex_lock(&lock);
	printf("served %u clients, %llu bytes\n", total.clients,
	       (unsigned long long)total.bytes);
	fflush(stdout);
	_exit(0);
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
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);

	if (Fork() > 0)
		_exit(0);
	setsid();

	static sigset_t term;
	pthread_t waiter;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &term, NULL);
	Pthread_create(&waiter, NULL, await_end, &term);
	Listen(listener, SOMAXCONN);

	for (;;) {
		struct sockaddr_in peer;
		socklen_t size = sizeof peer;
		int socket = accept(listener, (struct sockaddr *)&peer, &size);
		pthread_t thread;

		if (socket < 0)
			continue;
		count(1, 0);
		printf("descriptor %d: hello port %d\n", socket,
		       ntohs(peer.sin_port));
		if (pthread_create(&thread, NULL, serve,
				   (void *)(intptr_t)socket) != 0) {
			fputs("server: too many clients\n", stderr);
			close(socket);
		}
	}
}
