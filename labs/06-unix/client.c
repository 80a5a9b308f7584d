/* SPDX-License-Identifier: MIT */
/* client.c - send each line of stdin to the server at a path, print the answers. */

/*
 * So far it is lab 02's client: the first argument is a TCP port of this
 * machine, and the second is not used.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_to(const char *to, const char *own)
{
	/* TODO address: as in server.c */
	int port = parse_port(to);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (port < 0) {
		fprintf(stderr, "client: \"%s\" is no port\n", to);
		exit(2);
	}
	int server = Socket(AF_INET, SOCK_STREAM, 0);

	/* TODO name: bind to `own`.  Who removes that file, and when, also if
	 * the program ends with an error? */
	(void)own;

	if (connect(server, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("connect to %s", to);
	return server;
}

/* Send a line of n bytes, wait for exactly n bytes, print them. */
static void exchange(int server, char *line, size_t n)
{
	if (sendn(server, line, n) < 0)
		sys_err("send");

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
	if (argc != 3) {
		fputs("usage: client PATH MYPATH\n", stderr);
		return 2;
	}

	int server = connect_to(argv[1], argv[2]);
	char *line = NULL;
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
