/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with a buffer of one byte: slow, and never wrong about a count. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* False when the client has ended or broken the connection. */
static bool get_byte(int client, unsigned char *byte)
{
	ssize_t n;

	do
		n = recv(client, byte, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static bool put_byte(int client, unsigned char byte)
{
	ssize_t n;

	do
		n = send(client, &byte, 1, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "Usage: %s PORT\n", argv[0]);
		return 1;
	}

	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		sys_err("socket");
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(listener, 1) < 0)
		sys_err("listen");

	unsigned long count = 0;
	for (;;) {
		int client = accept(listener, NULL, NULL);
		if (client < 0) {
			if (errno == EINTR || errno == ECONNABORTED ||
			    errno == EPROTO)
				continue;
			sys_err("accept");
		}
		printf("client %lu\n", ++count);
		unsigned char byte;
		while (get_byte(client, &byte) && put_byte(client, byte))
			;
		close(client);
	}
}
