/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with stdio on both sides: fread() counts, whatever the pieces. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int dial(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *first, *a;
	int fd = -1, error = getaddrinfo(host, port, &hints, &first);

	if (error != 0) {
		fprintf(stderr, "client: cannot find %s: %s\n", host,
			gai_strerror(error));
		exit(EXIT_FAILURE);
	}
	for (a = first; a != NULL; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, 0);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		int reason = errno;
		if (fd >= 0)
			close(fd);
		errno = reason;
	}
	if (a == NULL)
		sys_err("connect");
	freeaddrinfo(first);
	return fd;
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "client: %s: the server closed the connection\n", what);
	exit(EXIT_FAILURE);
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return EXIT_FAILURE;
	}
	signal(SIGPIPE, SIG_IGN);

	int fd = dial(argv[1], argv[2]);
	FILE *in = fdopen(fd, "r");
	FILE *out = fdopen(dup(fd), "w");
	if (in == NULL || out == NULL)
		sys_err("fdopen");

	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	while ((length = getline(&line, &room, stdin)) > 0) {
		size_t n = (size_t)length;
		if (fwrite(line, 1, n, out) != n || fflush(out) == EOF)
			give_up("sending");
		if (fread(line, 1, n, in) != n)
			give_up("receiving");
		if (fwrite(line, 1, n, stdout) != n || fflush(stdout) == EOF)
			sys_err("stdout");
	}
	free(line);
	fclose(out);
	fclose(in);
	return EXIT_SUCCESS;
}
