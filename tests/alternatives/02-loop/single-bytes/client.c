/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 byte by byte: each goes out by itself, and each comes back by itself. */

#include "parse_port.h"
#include "sys_err.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void connect_or_exit(int fd, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM},
			*a;
	int error = getaddrinfo(host, port, &hints, &a);

	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	if (connect(fd, a->ai_addr, a->ai_addrlen) < 0)
		sys_err("connect");
	freeaddrinfo(a);
}

/* Send up to and with the next newline.  How many bytes it was, 0 at the end. */
static size_t send_line(int server)
{
	size_t n = 0;
	int c;

	while ((c = getchar()) != EOF) {
		unsigned char byte = (unsigned char)c;
		if (send(server, &byte, 1, MSG_NOSIGNAL) != 1)
			sys_err("send");
		n++;
		if (c == '\n')
			break;
	}
	return n;
}

static void print_echo(int server, size_t n)
{
	for (; n > 0; n--) {
		unsigned char byte;
		ssize_t got = recv(server, &byte, 1, 0);
		if (got < 0)
			sys_err("recv");
		if (got == 0) {
			fflush(stdout);
			fputs("client: connection closed by the server\n",
			      stderr);
			exit(1);
		}
		putchar(byte);
	}
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "Usage: %s HOST PORT\n", argv[0]);
		return 1;
	}

	int at_once = 1;
	int server = socket(AF_INET, SOCK_STREAM, 0);
	if (server < 0)
		sys_err("socket");
	if (setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &at_once,
		       sizeof at_once) < 0)
		sys_err("setsockopt");
	connect_or_exit(server, argv[1], argv[2]);

	size_t n;
	while ((n = send_line(server)) > 0)
		print_echo(server, n);
	close(server);
	return 0;
}
