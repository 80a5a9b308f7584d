/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with readv() into two pieces of memory and sendmsg() out of them. */

#define _GNU_SOURCE /* accept4 */
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static char head[100], tail[4000];

/* Cut the two pieces down to the n bytes that they hold together. */
static void trim(struct iovec piece[2], size_t n)
{
	if (n < piece[0].iov_len) {
		piece[0].iov_len = n;
		piece[1].iov_len = 0;
	} else {
		piece[1].iov_len = n - piece[0].iov_len;
	}
}

static void echo(int client)
{
	struct iovec piece[2] = {{head, sizeof head}, {tail, sizeof tail}};
	struct msghdr message = {.msg_iov = piece, .msg_iovlen = 2};
	ssize_t n;

	do
		n = readv(client, piece, 2);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		sys_err("readv");
	if (n == 0)
		return;

	trim(piece, (size_t)n);
	ssize_t sent = sendmsg(client, &message, MSG_NOSIGNAL);
	if (sent < 0)
		sys_err("sendmsg");
	if (sent < n) {
		fputs("server: the reply went out in part\n", stderr);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	char *end;
	unsigned long port = 0;

	if (argc == 2)
		port = strtoul(argv[1], &end, 10);
	if (argc != 2 || *end != '\0' || port - 1 >= 65535) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		exit(2);
	}

	int listener = socket(PF_INET, SOCK_STREAM, IPPROTO_TCP);
	if (listener == -1)
		sys_err("socket");

	struct sockaddr_in me = {0};
	me.sin_family = AF_INET;
	me.sin_port = htons((uint16_t)port);
	if (bind(listener, (struct sockaddr *)&me, sizeof(me)) == -1)
		sys_err("bind");
	if (listen(listener, SOMAXCONN) == -1)
		sys_err("listen");

	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (client == -1)
		sys_err("accept4");
	close(listener);
	echo(client);
	close(client);
	exit(EXIT_SUCCESS);
}
