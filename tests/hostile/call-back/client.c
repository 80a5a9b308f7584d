/* SPDX-License-Identifier: MIT */
/* client.c - calls the grader ten thousand times, and floods each that answers. */

/*
 * Lab: 02
 * Checks: loop.client-lines loop.client-server-gone
 * Fails: loop.client-lines
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void call(uint16_t port, int times)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	static char block[1 << 16];

	memset(block, '\n', sizeof(block));
	for (; times > 0; times--) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		connect(fd, (struct sockaddr *)&to, sizeof(to));
		while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
			;
	}
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	uint16_t port = argc > 2 ? (uint16_t)atoi(argv[2]) : 7007;

	for (int i = 0; i < 10; i++)
		if (fork() == 0)
			call(port, 1000);
	call(port, 1000);
}
