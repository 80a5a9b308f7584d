/* SPDX-License-Identifier: MIT */
/* client.c - send each line of stdin to an echo server, print what comes back. */

/*
 * So far it sends the first line and prints what one recv() brings.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const char *host, int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
	};

	/* TODO: this takes dotted numbers only.  getaddrinfo(3) knows names,
	 * "localhost" for one. */
	if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
		fprintf(stderr, "client: %s: not an IPv4 address\n", host);
		exit(1);
	}

	int server = Socket(AF_INET, SOCK_STREAM, 0);
	Connect(server, (struct sockaddr *)&address, sizeof address);
	return server;
}

/* Send a line of n bytes, print its echo. */
static void exchange(int server, char *line, size_t n)
{
	/* TODO: if the server has gone, this ends the program without a word. */
	Send(server, line, n, 0);

	/* TODO: the echo may come in pieces, and one piece may hold more than
	 * this line's.  And what if it never comes, because the server left? */
	ssize_t back = Recv(server, line, n, 0);
	Write(STDOUT_FILENO, line, (size_t)back);
}

int main(int argc, char *argv[])
{
	int port = argc == 3 ? parse_port(argv[2]) : -1;
	if (port < 0) {
		fputs("usage: client HOST PORT, a port from 1 to 65535\n",
		      stderr);
		return 2;
	}

	int server = connect_to(argv[1], port);
	char *line = NULL; /* getline() makes it as large as it must be */
	size_t size = 0;

	/* TODO: every line, not only the first */
	ssize_t n = getline(&line, &size, stdin);
	if (n > 0)
		exchange(server, line, (size_t)n);

	free(line);
	Close(server);
	return 0;
}
