/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with a child that talks to the client while the parent waits for it. */

#include "sys_err.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's whole life; what it returns is its exit status. */
static int talk(int client)
{
	char message[4096];

	ssize_t n = read(client, message, sizeof message);
	if (n < 0)
		return 1;
	for (ssize_t done = 0; done < n;) {
		ssize_t sent =
			write(client, message + done, (size_t)(n - done));
		if (sent < 0)
			return 1;
		done += sent;
	}
	return 0;
}

static int make_listener(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		sys_err("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(fd, 1) < 0)
		sys_err("listen");
	return fd;
}

int main(int argc, char *argv[])
{
	char *end = "";
	long port = argc == 2 ? strtol(argv[1], &end, 10) : -1;
	if (*end != '\0' || port < 1 || port > 65535) {
		fputs("usage: server PORT\n", stderr);
		return 2;
	}

	int listener = make_listener((int)port);
	int client = accept(listener, NULL, NULL);
	if (client < 0)
		sys_err("accept");

	signal(SIGCHLD,
	       SIG_DFL); /* ignored, there would be nothing to wait for */
	pid_t child = fork();
	if (child < 0)
		sys_err("fork");
	if (child == 0) {
		close(listener);
		_exit(talk(client));
	}
	close(client); /* else the client would see no end of file */

	int status;
	if (waitpid(child, &status, 0) < 0)
		sys_err("waitpid");
	close(listener);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
