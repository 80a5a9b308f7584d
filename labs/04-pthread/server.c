/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with a thread per client, and totals at the end. */

/*
 * So far it is lab 03's server in short: a process for each client.  It counts
 * what it echoes, and the count is lost with the child: memory is not shared.
 * Yours to do: threads in place of processes.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

static unsigned long bytes; /* echoed */

/* Send back what comes, until the client ends or breaks the connection. */
static void echo(int client)
{
	char buffer[4096];
	ssize_t n;

	/* TODO totals: whose variable is `bytes`? */
	while ((n = read_some(client, buffer, sizeof buffer)) > 0 &&
	       sendn(client, buffer, (size_t)n) == 0)
		bytes += (unsigned long)n;
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
	return listener;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	int listener = listen_on(port);

	/* Children vanish by themselves.  Threads do not know this signal. */
	signal(SIGCHLD, SIG_IGN);

	/* TODO summary: SIGTERM.  Which thread takes it, who ends the threads
	 * that still have clients, and when are the totals complete?
	 * Print "served C clients, B bytes", exit 0. */

	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0) {
			sys_warn("accept");
			continue;
		}

		/* TODO threads: a thread in place of the process.  How does it
		 * learn which client is its own, who closes the connection, who
		 * gets rid of the thread, and what if there is none? */
		pid_t pid = fork();
		if (pid == 0) {
			Close(listener);
			echo(client);
			_exit(0);
		}
		if (pid < 0)
			sys_warn("fork");
		Close(client);
	}
}
