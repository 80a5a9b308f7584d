/* SPDX-License-Identifier: MIT */
/* server.c - a server at a path: what clients send comes back in upper case. */

/*
 * So far it is lab 02's echo server, on a TCP port.  Yours to do: an address
 * that is a path, the clients' names, upper case, and an end that leaves
 * nothing behind.
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

/* TODO address: a struct sockaddr_un in place of this.  How long may a path
 * be, and what happens to one that is longer, or empty? */
static struct sockaddr_in address_of(const char *text)
{
	int port = parse_port(text);

	if (port < 0) {
		fprintf(stderr, "server: \"%s\" is no port\n", text);
		exit(2);
	}
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int listen_at(const char *text)
{
	struct sockaddr_in address = address_of(text);
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	/* TODO left-over: bind() refuses a path where there is a file.  Which
	 * files may you remove first, and which may you not? */
	Bind(listener, (struct sockaddr *)&address, sizeof address);

	/* TODO end: on SIGTERM the file goes, and the program with status 0. */
	Listen(listener, SOMAXCONN);
	return listener;
}

static void answer(int client)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read_some(client, bytes, sizeof bytes)) > 0) {
		/* TODO upper case: toupper(3) says for which numbers it is. */
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
	if (argc != 2) {
		fputs("usage: server PATH\n", stderr);
		return 2;
	}

	int listener = listen_at(argv[1]);
	for (;;) {
		/* TODO names: `client PATH` or `client unnamed`, for each. */
		int client = Accept(listener, NULL, NULL);
		answer(client);
		Close(client);
	}
}
