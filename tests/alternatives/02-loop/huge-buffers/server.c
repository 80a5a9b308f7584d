/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with 8 MiB of buffer, large socket buffers, and SIGPIPE ignored. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define HUGE_SIZE (8 << 20)

static char huge[HUGE_SIZE];

static int echo_once(int client)
{
	ssize_t n = read(client, huge, HUGE_SIZE);
	if (n == -1 && errno == EINTR)
		return 0;
	if (n <= 0)
		return -1;

	const char *p = huge;
	while (n > 0) {
		ssize_t sent = write(client, p, (size_t)n);
		if (sent == -1 && errno != EINTR)
			return -1;
		if (sent > 0) {
			p += sent;
			n -= sent;
		}
	}
	return 0;
}

static void want_large_buffers(int fd)
{
	int size = 1 << 20;

	/* Only a wish: the kernel cuts it down to its own limit. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

int main(int argc, char *argv[])
{
	int port;
	if (argc != 2 || (port = parse_port(argv[1])) < 0) {
		fprintf(stderr, "usage: %s port\n",
			argc > 0 ? argv[0] : "server");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);

	int listener = socket(PF_INET, SOCK_STREAM, 0);
	if (listener == -1)
		sys_err("socket");
	want_large_buffers(listener);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = INADDR_ANY,
	};
	if (bind(listener, (struct sockaddr *)&address, sizeof address))
		sys_err("bind");
	if (listen(listener, 1024))
		sys_err("listen");
	printf("Server started on port %d, stop it with Ctrl-C.\n", port);
	fflush(stdout);

	while (1) {
		int client = accept(listener, NULL, NULL);
		if (client == -1) {
			if (errno == EMFILE || errno == ENFILE ||
			    errno == EBADF)
				sys_err("accept");
			perror("accept");
			continue;
		}
		while (echo_once(client) == 0)
			;
		shutdown(client, SHUT_RDWR);
		close(client);
	}
}
