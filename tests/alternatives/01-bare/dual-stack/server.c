/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with one IPv6 socket that takes IPv4 clients too, as mapped addresses. */

#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Where the kernel has no IPv6, an IPv4 socket must do. */
static int listen_6_and_4(in_port_t port)
{
	int off = 0;
	struct sockaddr_in6 six = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_ANY_INIT,
	};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons(port)};
	bool has_six = true;

	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd < 0 && errno == EAFNOSUPPORT) {
		has_six = false;
		fd = socket(AF_INET, SOCK_STREAM, 0);
	}
	if (fd < 0)
		sys_err("socket");

	if (has_six &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0)
		sys_err("setsockopt");
	int bound = has_six ? bind(fd, (struct sockaddr *)&six, sizeof six)
			    : bind(fd, (struct sockaddr *)&four, sizeof four);
	if (bound < 0)
		sys_err("bind");
	if (listen(fd, 2) < 0)
		sys_err("listen");
	return fd;
}

int main(int argc, char *argv[])
{
	int port;
	char rest;

	if (argc != 2 || sscanf(argv[1], "%5d%c", &port, &rest) != 1 ||
	    port < 1 || port > 65535) {
		fprintf(stderr, "Usage: %s <port>\n", argv[0]);
		return 1;
	}

	int listener = listen_6_and_4((in_port_t)port);
	int client = accept(listener, NULL, NULL);
	if (client < 0)
		sys_err("accept");

	char bytes[8192];
	ssize_t n = read(client, bytes, sizeof bytes);
	if (n < 0)
		sys_err("read");
	if (n > 0 && write(client, bytes, (size_t)n) != n)
		sys_err("write");
	shutdown(client, SHUT_RDWR);
	close(client);
	close(listener);
	return 0;
}
