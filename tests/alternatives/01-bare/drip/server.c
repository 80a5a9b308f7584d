/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with a reply in pieces of 1 to 7 bytes: slow, but right. */

#include "sys_err.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const size_t piece[] = {1, 7, 3, 2, 6, 5, 4};

static void drip(int fd, const char *p, size_t left)
{
	for (size_t turn = 0; left > 0; turn++) {
		size_t want = piece[turn % (sizeof piece / sizeof piece[0])];
		ssize_t n = write(fd, p, want < left ? want : left);

		if (n == -1)
			sys_err("write");
		p += n;
		left -= (size_t)n;
	}
}

int main(int argc, char *argv[])
{
	char *end = NULL;
	const long port = argc > 1 ? strtol(argv[1], &end, 10) : 0;

	if (argc != 2 || *end || port <= 0 || port >= 1 << 16) {
		puts("This server echoes one message, and ends.");
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);

	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr = {INADDR_ANY},
	};
	int ear, mouth;
	if ((ear = socket(AF_INET, SOCK_STREAM, 0)) == -1)
		sys_err("socket");
	if (bind(ear, (struct sockaddr *)&address, sizeof address) == -1)
		sys_err("bind port %ld", port);
	if (listen(ear, 128) == -1)
		sys_err("listen");
	printf("listening on port %ld\n", port);
	fflush(stdout);
	if ((mouth = accept(ear, NULL, NULL)) == -1)
		sys_err("accept");

	char bytes[4096];
	ssize_t n = read(mouth, bytes, sizeof bytes);
	if (n == -1)
		sys_err("read");
	printf("%zd bytes came\n", n);
	drip(mouth, bytes, (size_t)n);
	close(mouth);
	close(ear);
	return 0;
}
