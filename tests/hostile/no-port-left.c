/* SPDX-License-Identifier: MIT */
/* no-port-left.c - takes every port that a client could call from, then listens. */

/*
 * Lab: 01
 * Checks: bare.listens bare.echo
 * Fails: bare.echo uses-up-everything
 */
#include "hostile.h"

#define EACH 1000

/* The end of the pipe tells that these are taken. */
static void take(int from, int done)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	for (int port = from; port < from + EACH && port < 65536; port++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		at.sin_port = htons((uint16_t)port);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
			close(fd);
	}
	close(done);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int done[2];
	char byte;

	/* As long as it is told a port that is none of those. */
	if (argc == 2 && atoi(argv[1]) >= 32768)
		return serve_one(listen_as_told(argc, argv));
	if (pipe(done) < 0)
		return 1;
	for (int from = 32768; from < 65536; from += EACH)
		if (detached()) {
			close(done[0]);
			take(from, done[1]);
		}
	close(done[1]);
	if (read(done[0], &byte, 1) != 0)
		return 1;
	return serve_one(listen_as_told(argc, argv));
}
