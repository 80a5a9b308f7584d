/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with a child that receives and prints: the parent tells it through one pipe how
 * much is to come, and hears through another that it has come. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

/* In the child.  For each number from orders: receive and print that many
 * bytes, and answer with one byte. */
static int receive(int server, int orders, int done)
{
	size_t left;

	while (readn(orders, &left, sizeof left) == sizeof left) {
		while (left > 0) {
			char bytes[2000];
			ssize_t n = read_some(
				server, bytes,
				left < sizeof bytes ? left : sizeof bytes);
			if (n < 0)
				sys_warn("read");
			if (n == 0)
				fputs("client: the server closed the connection\n",
				      stderr);
			if (n <= 0 ||
			    writen(STDOUT_FILENO, bytes, (size_t)n) < 0)
				return 1;
			left -= (size_t)n;
		}
		if (writen(done, "", 1) < 0)
			return 1;
	}
	return 0;
}

static int connect_to(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM},
			*list;
	int error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	int fd = Socket(list->ai_family, list->ai_socktype, list->ai_protocol);
	Connect(fd, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return fd;
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);

	int server = connect_to(argv[1], argv[2]);
	int orders[2], done[2];
	Pipe(orders);
	Pipe(done);
	pid_t child = Fork();
	if (child == 0) {
		Close(orders[1]);
		Close(done[0]);
		_exit(receive(server, orders[0], done[1]));
	}
	Close(orders[0]);
	Close(done[1]);

	/* Whatever goes wrong with the connection, the child sees it, says it
	 * and ends; then `done` comes to end of file. */
	char *line = NULL, answer;
	size_t room = 0;
	ssize_t length;
	while ((length = getline(&line, &room, stdin)) > 0) {
		size_t n = (size_t)length;
		if (writen(orders[1], &n, sizeof n) < 0)
			break;
		(void)sendn(server, line, n);
		if (readn(done[0], &answer, 1) != 1)
			break;
	}
	free(line);
	Close(orders[1]);
	Close(server);
	int status;
	Waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
