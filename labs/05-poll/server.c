/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with one thread for all its clients. */

/*
 * So far it is lab 04's idea: a thread for each client, which spends its life
 * asleep in read().  Yours to do: one thread, which never sleeps but in poll(),
 * and a struct that remembers for each client what its thread knew.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>

/* TODO state: what does a thread know about its client while it waits?  All of
 * that goes into a struct, and the structs into a table that can grow. */

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;
	/* TODO accept: with no client in the queue accept() must not wait. */
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

/* TODO echo: as long as nothing is pending, receive; as long as something is,
 * send what the socket takes, and remember the rest.  Both calls return at
 * once, with what there is or with EAGAIN. */
static void *serve(void *argument)
{
	int client = *(int *)argument;
	char bytes[4096];
	ssize_t n;

	free(argument);
	while ((n = read_some(client, bytes, sizeof bytes)) > 0)
		if (sendn(client, bytes, (size_t)n) < 0)
			break;
	Close(client);
	return NULL;
}

static void take_client(int listener)
{
	/* TODO errors: which of them concern one client, which of them will
	 * come again at once as long as no client leaves? */
	int client = accept(listener, NULL, NULL);
	if (client < 0) {
		sys_warn("accept");
		return;
	}

	/* TODO one thread: a row in the table instead. */
	pthread_t thread;
	int *argument = Malloc(sizeof *argument);
	*argument = client;
	if (pthread_create(&thread, NULL, serve, argument) != 0) {
		free(argument);
		Close(client);
		return;
	}
	Pthread_detach(thread);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int listener = listen_on(port);

	/* TODO summary: count the clients and the bytes; on SIGTERM end all,
	 * print "served C clients, B bytes", exit 0. */

	/* TODO poll: for which descriptors, for which events of each, and who
	 * is taken out of the table when? */
	for (;;)
		take_client(listener);
}
