/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with select() and without stdio for data: a line is gathered byte by byte. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static char line[1 << 17];

static _Noreturn void no_server(void)
{
	fputs("client: no more to be had from the server\n", stderr);
	exit(1);
}

static void wait_for(int fd)
{
	fd_set set;

	do {
		FD_ZERO(&set);
		FD_SET(fd, &set);
	} while (select(fd + 1, &set, NULL, NULL, NULL) < 0 && errno == EINTR);
}

/* The next line of stdin, or as much of it as there is room for; how many bytes
 * that is.  Single bytes, because what is read too far is hard to put back. */
static size_t read_line(void)
{
	size_t n = 0;

	while (n < sizeof line && (n == 0 || line[n - 1] != '\n')) {
		wait_for(STDIN_FILENO);
		ssize_t k = read(STDIN_FILENO, line + n, 1);
		if (k < 0)
			sys_err("read");
		if (k == 0)
			break;
		n++;
	}
	return n;
}

static void exchange(int server, char *p, size_t n)
{
	for (size_t sent = 0; sent < n;) {
		struct iovec v = {p + sent, n - sent};
		struct msghdr message = {.msg_iov = &v, .msg_iovlen = 1};
		ssize_t k = sendmsg(server, &message, MSG_NOSIGNAL);
		if (k < 0)
			sys_err("sendmsg");
		sent += (size_t)k;
	}
	while (n > 0) {
		char back[700];
		wait_for(server);
		ssize_t k =
			read(server, back, n < sizeof back ? n : sizeof back);
		if (k < 0)
			sys_err("read");
		if (k == 0)
			no_server();
		if (write(STDOUT_FILENO, back, (size_t)k) != k)
			sys_err("write");
		n -= (size_t)k;
	}
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		exit(2);
	}
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM},
			*a;
	int error = getaddrinfo(argv[1], argv[2], &hints, &a);
	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", argv[1],
			gai_strerror(error));
		exit(1);
	}
	int server = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (server < 0)
		sys_err("socket");
	if (connect(server, a->ai_addr, a->ai_addrlen) < 0)
		sys_err("connect");
	freeaddrinfo(a);

	size_t n;
	while ((n = read_line()) > 0)
		exchange(server, line, n);
	close(server);
	exit(0);
}
