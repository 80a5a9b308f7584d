/* SPDX-License-Identifier: MIT */
/* client.c - send each line of stdin to an echo server, print what comes back. */

/*
 *	./client localhost 7000
 *
 * Simplified: a whole line is sent before any of its echo is read.  That works
 * as long as both sockets' buffers hold the line, 64 KiB and a good deal more.
 * With an endless line both sides would wait for the other to read; poll() is
 * the way out, see lab 05.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The IPv4 addresses of host, a name or dotted numbers. */
static struct addrinfo *addresses_of(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;

	/* Not errno's business: it has error numbers of its own. */
	int error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	return list;
}

/* A socket connected to the first of the addresses that answers. */
static int connect_to(const char *host, const char *port)
{
	struct addrinfo *list = addresses_of(host, port);

	for (struct addrinfo *a = list;; a = a->ai_next) {
		/* After a failed connect() a socket is of no more use. */
		int server =
			Socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (connect(server, a->ai_addr, a->ai_addrlen) == 0) {
			freeaddrinfo(list);
			return server;
		}
		if (a->ai_next == NULL)
			sys_err("connect to %s port %s", host, port);
		Close(server);
	}
}

/* Send a line of n bytes, wait for exactly n bytes, print them. */
static void exchange(int server, char *line, size_t n)
{
	if (sendn(server, line, n) < 0)
		sys_err("send");

	/* The echo may come in any pieces: count bytes, not calls. */
	ssize_t back = readn(server, line, n);
	if (back < 0)
		sys_err("recv");
	if ((size_t)back < n) {
		fputs("client: the server closed the connection\n", stderr);
		exit(1);
	}
	if (writen(STDOUT_FILENO, line, n) < 0)
		sys_err("write");
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fputs("usage: client HOST PORT, a port from 1 to 65535\n",
		      stderr);
		return 2;
	}

	int server = connect_to(argv[1], argv[2]);
	char *line = NULL; /* getline() makes it as large as it must be */
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0)
		exchange(server, line, (size_t)n);
	if (ferror(stdin))
		sys_err("stdin");

	free(line);
	Close(server);
	return 0;
}
