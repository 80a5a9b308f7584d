/* SPDX-License-Identifier: MIT */
/* server.c - an echo server that serves one client after another, for ever. */

/*
 * So far it is lab 01 again, one client and one message, only shorter: a call
 * with a capital letter never returns an error, it ends the program.  Yours to
 * do: the loops, and the errors that must not end a server.
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

static void echo(int client)
{
	char bytes[4096];

	/* TODO: one message after the other, until the client ends.  What does
	 * recv() return then? */
	ssize_t n = Recv(client, bytes, sizeof bytes, 0);

	/* TODO: send() may take fewer bytes than asked.  And what if the client
	 * has gone by now: who should end, the client or the server? */
	Send(client, bytes, (size_t)n, 0);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int listener = listen_on(port);

	/* TODO: one client after the other.  What must be done with a client's
	 * socket before the next one? */
	int client = Accept(listener, NULL, NULL);
	echo(client);

	return 0;
}
