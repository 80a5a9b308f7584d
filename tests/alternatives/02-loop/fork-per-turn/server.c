/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with a child for each client, which the next client has to wait for. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's work.  If the client breaks the connection, SIGPIPE may end the
 * child: that harms nobody. */
static int talk(int client)
{
	char bytes[4096], *p;
	ssize_t n;

	while ((n = read(client, bytes, sizeof bytes)) > 0) {
		for (p = bytes; n > 0;) {
			ssize_t k = write(client, p, (size_t)n);
			if (k < 0)
				return 1;
			p += k;
			n -= k;
		}
	}
	return n < 0;
}

static void serve(int listener, int client)
{
	pid_t pid = fork();

	if (pid == 0) {
		close(listener);
		_exit(talk(client));
	}
	close(client);
	if (pid < 0) {
		perror("server: fork");
		return;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		sys_err("socket");
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(listener, 10) < 0)
		sys_err("listen");

	for (;;) {
		int client = accept(listener, NULL, NULL);
		if (client >= 0)
			serve(listener, client);
		else if (errno == EBADF || errno == EMFILE || errno == ENFILE)
			sys_err("accept");
	}
}
