/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with a thread for each client, which the next client has to wait for; on an
 * IPv6 socket where there is one. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>

static void *serve(void *arg)
{
	int client = *(
		int *)arg; /* the caller waits, so its variable stays as it is */
	char bytes[1024];
	ssize_t n;

	while ((n = read_some(client, bytes, sizeof bytes)) > 0)
		if (sendn(client, bytes, (size_t)n) == -1)
			break;
	return NULL;
}

static int listen_six(int port)
{
	struct sockaddr_in6 address = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((in_port_t)port),
		.sin6_addr = IN6ADDR_ANY_INIT,
	};
	int off = 0;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;
	Setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	Bind(fd, (struct sockaddr *)&address, sizeof address);
	Listen(fd, 20);
	return fd;
}

static int listen_four(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int fd = Socket(AF_INET, SOCK_STREAM, 0);

	Bind(fd, (struct sockaddr *)&address, sizeof address);
	Listen(fd, 20);
	return fd;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	int listener = listen_six(port);
	if (listener < 0)
		listener = listen_four(port);
	for (;;) {
		int client = Accept(listener, NULL, NULL);
		pthread_t thread;
		int error = pthread_create(&thread, NULL, serve, &client);
		if (error == 0)
			Pthread_join(thread, NULL);
		Close(client);
	}
}
