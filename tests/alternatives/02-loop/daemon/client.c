/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with a process for each direction: the child sends a line, the parent waits for
 * its echo and gives the child leave for the next. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netdb.h>
#include <stdint.h>
#include <stdio.h>

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
	int fd = Socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, list->ai_addr, list->ai_addrlen) < 0)
		sys_err("connect");
	freeaddrinfo(list);
	return fd;
}

/* The child: tell how long the line is, send it, wait until it is back. */
static _Noreturn void send_lines(int server, int lengths, int leave)
{
	char *line = NULL, byte;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		uint64_t length = (uint64_t)n;
		if (writen(lengths, &length, sizeof length) < 0 ||
		    sendn(server, line, (size_t)n) < 0)
			_exit(1);
		if (read_some(leave, &byte, 1) <= 0)
			_exit(1);
	}
	_exit(0);
}

/* False if the server ends before n bytes are there. */
static int print_echo(int server, uint64_t n)
{
	char piece[1024];

	while (n > 0) {
		size_t most = n < sizeof piece ? (size_t)n : sizeof piece;
		ssize_t got = read_some(server, piece, most);
		if (got <= 0)
			return 0;
		if (writen(STDOUT_FILENO, piece, (size_t)got) < 0)
			sys_err("write");
		n -= (uint64_t)got;
	}
	return 1;
}

int main(int argc, char *argv[])
{
	int lengths[2], leave[2], status = 1;
	uint64_t length;

	if (argc != 3 || parse_port(argv[2]) < 0) {
		fputs("usage: client HOST PORT\n", stderr);
		return 1;
	}
	int server = connect_to(argv[1], argv[2]);
	Pipe(lengths);
	Pipe(leave);
	pid_t child = Fork();
	if (child == 0) {
		Close(lengths[0]);
		Close(leave[1]);
		send_lines(server, lengths[1], leave[0]);
	}
	Close(lengths[1]);
	Close(leave[0]);

	while (readn(lengths[0], &length, sizeof length) == sizeof length) {
		if (!print_echo(server, length)) {
			fputs("client: the server has gone\n", stderr);
			kill(child, SIGKILL);
			return 1;
		}
		writen(leave[1], "", 1);
	}
	Waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
