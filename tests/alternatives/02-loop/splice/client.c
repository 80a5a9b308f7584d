/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with MSG_MORE and MSG_WAITALL: the kernel does the counting. */

#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

static int open_connection(const char *host, const char *port)
{
	struct addrinfo hints = {
		.ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG,
	};
	struct addrinfo *list;
	int error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	int fd = Socket(AF_INET, SOCK_STREAM, 0);
	Connect(fd, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return fd;
}

/* The line in two sends, the first of which says that more is to come. */
static void send_line(int fd, const char *line, size_t n)
{
	for (size_t done = 0; done < n;) {
		size_t part = n - done > 1 ? (n - done) / 2 : 1;
		int more = part < n - done ? MSG_MORE : 0;
		ssize_t k = send(fd, line + done, part, MSG_NOSIGNAL | more);
		if (k < 0 && errno != EINTR)
			sys_err("send");
		if (k > 0)
			done += (size_t)k;
	}
}

/* MSG_WAITALL can still come up short, at end of file or after a signal. */
static void receive_line(int fd, char *line, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = recv(fd, line + done, n - done, MSG_WAITALL);
		if (k == 0) {
			fputs("client: end of file from the server\n", stderr);
			exit(1);
		}
		if (k < 0 && errno != EINTR)
			sys_err("recv");
		if (k > 0)
			done += (size_t)k;
	}
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}

	int fd = open_connection(argv[1], argv[2]);
	setvbuf(stdout, NULL, _IONBF, 0);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getline(&line, &room, stdin)) > 0) {
		send_line(fd, line, (size_t)n);
		receive_line(fd, line, (size_t)n);
		if (fwrite(line, 1, (size_t)n, stdout) != (size_t)n)
			sys_err("stdout");
	}
	free(line);
	Close(fd);
	return 0;
}
