/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with a process per client, and totals at the end. */

/*
 * So far it is lab 02's server: while one client stays, the others wait in the
 * queue, however long.  Yours to do: a process for each.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	/* TODO restart: kill this server while a client is connected, start it
	 * again at once, and bind() fails.  Which option helps, and where? */
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

/* Send back what comes, until the client ends or breaks the connection. */
static void echo(int client)
{
	char bytes[4096];
	ssize_t n;

	/* TODO summary: how many bytes were echoed? */
	while ((n = read_some(client, bytes, sizeof bytes)) > 0) {
		if (sendn(client, bytes, (size_t)n) < 0) {
			sys_warn("send");
			return;
		}
	}
	if (n < 0)
		sys_warn("recv");
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int listener = listen_on(port);

	/* TODO reap: who waits for the children that have ended, and when? */

	/* TODO summary: a pipe from the children to the parent, and SIGTERM:
	 * end the children, print "served C clients, B bytes", exit 0. */

	for (;;) {
		/* TODO log: whose address and port are these? */
		int client = accept(listener, NULL, NULL);

		/* TODO errors: which of them are worth the end of a server that
		 * has clients?  Mind EINTR, now that signals come. */
		if (client < 0)
			sys_err("accept");

		/* TODO fork: who serves, who closes which socket, how does the
		 * child end, and what if there is no child? */
		echo(client);
		Close(client);
	}
}
