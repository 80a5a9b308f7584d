/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with splice(): the bytes go through a pipe and never through this program. */

#define _GNU_SOURCE /* splice, TEMP_FAILURE_RETRY */
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

enum {
	CHUNK = 16384
}; /* fits into an empty pipe, so the first splice() never waits for room */

static void echo(int client, int in, int out)
{
	for (;;) {
		ssize_t n = TEMP_FAILURE_RETRY(
			splice(client, NULL, in, NULL, CHUNK, 0));
		if (n <= 0)
			return;
		while (n > 0) {
			ssize_t moved = TEMP_FAILURE_RETRY(
				splice(out, NULL, client, NULL, (size_t)n, 0));
			if (moved <= 0)
				return;
			n -= moved;
		}
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	/* splice() knows no MSG_NOSIGNAL. */
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	Sigaction(SIGPIPE, &ignore, NULL);

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 16);

	for (;;) {
		int client = accept(listener, NULL, NULL);
		if (client < 0) {
			if (errno != EINTR && errno != ECONNABORTED &&
			    errno != EPROTO)
				sys_err("accept");
			continue;
		}
		/* A pipe for each: bytes that could not be sent must not wait in
		 * it for the next client. */
		int fd[2];
		Pipe(fd);
		echo(client, fd[1], fd[0]);
		Close(fd[0]);
		Close(fd[1]);
		Close(client);
	}
}
