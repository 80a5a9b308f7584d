/* SPDX-License-Identifier: MIT */
/* half-open.c - has connections that are never done with connecting. */

/*
 * The listening socket takes a client only when it has spoken (TCP_DEFER_ACCEPT),
 * two listening sockets share a port on two addresses, one of them full.
 *
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo
 * Passes: bare.listens bare.echo
 */
#include "hostile.h"
#include <netinet/tcp.h>

static void jam(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = inet_addr("127.0.0.9")};
	int on = 1;

	for (int i = 8; i <= 9; i++) {
		int door = socket(AF_INET, SOCK_STREAM, 0);

		at.sin_addr.s_addr = htonl(0x7f000000u | (unsigned)i);
		setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (bind(door, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		    listen(door, i == 8 ? 0 : 100) < 0)
			perror("jam");
	}
	at.sin_addr.s_addr = htonl(0x7f000008u);
	for (int i = 0; i < 10; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		connect(fd, (struct sockaddr *)&at, sizeof(at));
	}
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv), seconds = 3600;

	setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
		   sizeof(seconds));
	jam(1999);
	jam(65000);
	return serve_one(listener);
}
