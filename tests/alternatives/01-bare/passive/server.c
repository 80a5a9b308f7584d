/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with the address from getaddrinfo(AI_PASSIVE), and talk on stdout. */

#include "parse_port.h"
#include "sys_err.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The first address that can be bound; the last error if there is none. */
static int listen_anywhere(const char *service)
{
	struct addrinfo hints = {
		.ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *list, *a;
	int fd = -1;

	int error = getaddrinfo(NULL, service, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "server: %s: %s\n", service,
			gai_strerror(error));
		exit(1);
	}
	for (a = list; a != NULL; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd < 0)
			continue;
		if (bind(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		if (a->ai_next != NULL)
			close(fd);
	}
	if (a == NULL)
		sys_err("bind");
	freeaddrinfo(list);
	if (listen(fd, 10) < 0)
		sys_err("listen");
	return fd;
}

int main(int argc, char *argv[])
{
	if (argc != 2 || parse_port(argv[1]) < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	setlinebuf(stdout);
	printf("Welcome! Waiting on port %s for one client.\n", argv[1]);
	int listener = listen_anywhere(argv[1]);

	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;
	int client = accept(listener, (struct sockaddr *)&peer, &size);
	if (client < 0)
		sys_err("accept");

	char host[NI_MAXHOST], port[NI_MAXSERV];
	int error =
		getnameinfo((struct sockaddr *)&peer, size, host, sizeof host,
			    port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	if (error == 0)
		printf("Hello %s:%s.\n", host, port);

	char bytes[4097];
	ssize_t n = recv(client, bytes, sizeof bytes - 1, 0);
	if (n < 0)
		sys_err("recv");
	size_t length = n < 0 ? 0 : (size_t)n;
	bytes[length] =
		'\0'; /* there is room for it, and it does not go back */
	printf("Message of %zu bytes: %s\n", length, bytes);
	if (length > 0 && send(client, bytes, length, 0) < 0)
		sys_err("send");
	close(client);
	close(listener);
	puts("Bye.");
	return 0;
}
