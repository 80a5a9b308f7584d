/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with recvmsg(), err(3), and every descriptor left to the kernel at exit. */

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>

static unsigned short port_or_exit(const char *text)
{
	char *rest;

	errno = 0;
	intmax_t value = strtoimax(text, &rest, 10);
	if (errno != 0 || rest == text || *rest != '\0' || value < 1 ||
	    value > USHRT_MAX)
		errx(2, "%s is not a port", text);
	return (unsigned short)value;
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: server PORT\n", stderr);
		return 2;
	}
	unsigned short port = port_or_exit(argv[1]);

	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		err(1, "socket");
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(port)};
	if (bind(listener, (struct sockaddr *)&address, sizeof address))
		err(1, "bind");
	if (listen(listener, 0))
		err(1, "listen");
	int client = accept(listener, NULL, NULL);
	if (client < 0)
		err(1, "accept");

	char *bytes = calloc(1, 4096);
	if (bytes == NULL)
		err(1, "calloc");
	struct iovec vector = {bytes, 4096};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
	ssize_t n = recvmsg(client, &message, 0);
	if (n < 0)
		err(1, "recvmsg");
	vector.iov_len = (size_t)n;
	if (n > 0 && sendmsg(client, &message, MSG_NOSIGNAL) != n)
		err(1, "sendmsg");
	free(bytes);
	exit(0);
}
