/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 as a daemon that forks first thing and binds in the
 * child; the parent exits with 0 when a pipe tells that the child listens,
 * else with the child's status. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>

static void serve(int client)
{
	char bytes[8000];
	ssize_t n;

	while ((n = read_some(client, bytes, sizeof bytes)) > 0)
		if (sendn(client, bytes, (size_t)n) < 0)
			break;
	shutdown(client, SHUT_RDWR);
	Close(client);
}

static int listen_on(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

/* The parent's end: what it exits with is what came of the child's start. */
static _Noreturn void leave(pid_t child, int ready)
{
	char byte;
	int status = 0;

	if (Read(ready, &byte, 1) == 1)
		_exit(0);
	Waitpid(child, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	int ready[2];

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	Pipe(ready);
	pid_t child = Fork();
	if (child > 0) {
		Close(ready[1]);
		leave(child, ready[0]);
	}

	Close(ready[0]);
	if (setsid() < 0)
		sys_err("setsid");
	int listener = listen_on(port);
	writen(ready[1], "", 1);
	Close(ready[1]);
	for (;;)
		serve(Accept(listener, NULL, NULL));
}
