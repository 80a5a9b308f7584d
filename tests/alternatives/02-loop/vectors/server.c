/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with select(), recvmsg() into pieces and writev() out of them. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECES = 8, PIECE = 333 };

static char memory[PIECES][PIECE];

static void wait_readable(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	while (select(fd + 1, &set, NULL, NULL, NULL) < 0) {
		if (errno != EINTR)
			sys_err("select");
		FD_SET(fd, &set);
	}
}

/* Describe bytes [from, to) of the memory; how many pieces that takes. */
static int describe(struct iovec *v, size_t from, size_t to)
{
	int n = 0;

	while (from < to) {
		size_t end = (from / PIECE + 1) * PIECE;
		if (end > to)
			end = to;
		v[n].iov_base = &memory[from / PIECE][from % PIECE];
		v[n++].iov_len = end - from;
		from = end;
	}
	return n;
}

static ssize_t receive(int client)
{
	struct iovec v[PIECES];
	struct msghdr message = {.msg_iov = v};

	message.msg_iovlen = (size_t)describe(v, 0, sizeof memory);
	return recvmsg(client, &message, 0);
}

static int reply(int client, size_t n)
{
	struct iovec v[PIECES];

	for (size_t done = 0; done < n;) {
		ssize_t k = writev(client, v, describe(v, done, n));
		if (k < 0 && errno != EINTR)
			return -1;
		if (k > 0)
			done += (size_t)k;
	}
	return 0;
}

static int make_listener(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);

	if (fd < 0)
		sys_err("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(fd, 2) < 0)
		sys_err("listen");
	return fd;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		exit(2);
	}

	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGPIPE, &ignore, NULL);

	int listener = make_listener(port);
	for (;;) {
		wait_readable(listener);
		int client = accept(listener, NULL, NULL);
		if (client < 0 &&
		    (errno == EBADF || errno == EMFILE || errno == ENFILE))
			sys_err("accept");
		if (client < 0)
			continue;
		for (;;) {
			wait_readable(client);
			ssize_t n = receive(client);
			if (n < 0 && errno == EINTR)
				continue;
			if (n <= 0 || reply(client, (size_t)n) < 0)
				break;
		}
		close(client);
	}
}
