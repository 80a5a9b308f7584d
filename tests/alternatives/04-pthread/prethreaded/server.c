/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 with 100 threads made at the start, all of which sleep in accept(): no thread
 * is made for a client, and none ends with him. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>

#define THREADS 100

static atomic_uint clients;
static atomic_ullong bytes;
static int listener;

static void echo(int client)
{
	char message[4096];
	ssize_t n;

	while ((n = read_some(client, message, sizeof message)) > 0) {
		bytes += (unsigned long long)n;
		if (sendn(client, message, (size_t)n) < 0)
			break;
	}
}

/* accept() wakes one of those who wait. */
static void *serve(void *unused)
{
	(void)unused;
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client == -1)
			continue;
		clients++;
		echo(client);
		Close(client);
	}
	return NULL;
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

	/* Blocked in all threads, so that only sigwait() takes it. */
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &term, NULL);
	Listen(listener, SOMAXCONN);
	for (int i = 0; i < THREADS; i++) {
		pthread_t thread;

		Pthread_create(&thread, NULL, serve, NULL);
		Pthread_detach(thread);
	}

	int signo;
	while (sigwait(&term, &signo) != 0)
		;
	printf("served %u clients, %llu bytes\n", clients, bytes);
	return 0;
}
