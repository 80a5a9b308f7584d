/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with a poll() before every call that could wait. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void await(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};

	while (poll(&one, 1, -1) == -1)
		if (errno != EINTR)
			sys_err("poll");
}

static bool send_all(int client, const char *p, const char *end)
{
	while (p < end) {
		await(client, POLLOUT);
		ssize_t n = send(client, p, (size_t)(end - p), MSG_NOSIGNAL);
		if (n == -1 && errno != EINTR)
			return false;
		if (n > 0)
			p += n;
	}
	return true;
}

static void serve(int client)
{
	char bytes[1500];

	for (;;) {
		await(client, POLLIN);
		ssize_t n = recv(client, bytes, sizeof bytes, 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0 || !send_all(client, bytes, bytes + n))
			break;
	}
}

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1)
		sys_err("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1)
		sys_err("setsockopt");
	if (bind(fd, (struct sockaddr *)&address, sizeof address) == -1)
		sys_err("bind");
	if (listen(fd, 5) == -1)
		sys_err("listen");
	return fd;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port == -1) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	int listener = listen_on(port);
	for (;;) {
		await(listener, POLLIN);
		int client = accept(listener, NULL, NULL);
		if (client == -1) {
			if (errno == EBADF || errno == EINVAL ||
			    errno == EMFILE || errno == ENFILE)
				sys_err("accept");
			continue; /* a lost client */
		}
		serve(client);
		close(client);
	}
}
