/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with sockets that never block: it is poll() that sleeps. */

#define _GNU_SOURCE /* accept4 */
#include "sys_err.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sleep until fd is ready for what events says, for as long as it takes. */
static void await(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};

	while (poll(&one, 1, -1) < 0)
		if (errno != EINTR)
			sys_err("poll");
}

/* Another look is worth it after these; anything else is for good. */
static int again(void)
{
	return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
}

static int take_client(int listener)
{
	int client;

	do {
		await(listener, POLLIN);
		client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	} while (client < 0 && again());
	if (client < 0)
		sys_err("accept4");
	return client;
}

static size_t receive(int client, char *bytes, size_t size)
{
	ssize_t n;

	do {
		await(client, POLLIN);
		n = recv(client, bytes, size, 0);
	} while (n < 0 && again());
	if (n < 0)
		sys_err("recv");
	return (size_t)n;
}

static void reply(int client, const char *bytes, size_t left)
{
	while (left > 0) {
		await(client, POLLOUT);
		ssize_t n = send(client, bytes, left, MSG_NOSIGNAL);
		if (n < 0 && !again())
			sys_err("send");
		if (n > 0) {
			bytes += n;
			left -= (size_t)n;
		}
	}
}

int main(int argc, char *argv[])
{
	char *end = NULL;
	unsigned long port = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
	if (port == 0 || port > 65535 || *end != '\0') {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (listener < 0)
		sys_err("socket");
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(listener, 4) < 0)
		sys_err("listen");

	char bytes[4096];
	int client = take_client(listener);
	reply(client, bytes, receive(client, bytes, sizeof bytes));
	close(client);
	close(listener);
	return 0;
}
