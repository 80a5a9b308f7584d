/* SPDX-License-Identifier: MIT */
/* server.c - an echo server that serves one client after another, for ever. */

/*
 *	./server 7000 &
 *	nc 127.0.0.1 7000
 *
 * What is our own fault or the machine's may end the program, a port in use for
 * one.  Those calls are wrapped: a capital letter, and no error to look at.
 * What a client can cause may end that client only, so read_some() and sendn()
 * return their errors.  (Accept() takes the next client if one gave up while
 * it was in the queue.)
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

enum { BACKLOG = 64 }; /* clients that may wait in the queue meanwhile */

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, BACKLOG);
	return listener;
}

/* Send back what comes, until the client ends or breaks the connection. */
static void echo(int client)
{
	char bytes[4096];
	ssize_t n;

	/* However a message was cut on its way, every piece goes back whole. */
	while ((n = read_some(client, bytes, sizeof bytes)) > 0) {
		if (sendn(client, bytes, (size_t)n) < 0) {
			sys_warn("send");
			return;
		}
	}
	if (n < 0)
		sys_warn("recv"); /* most often: Connection reset by peer */
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int listener = listen_on(port);
	for (;;) {
		int client = Accept(listener, NULL, NULL);
		echo(client);
		Close(client); /* else each client costs a descriptor for good */
	}
}
