/* SPDX-License-Identifier: MIT */
/* sleeps_in_accept.c - a server with handlers, for lab 03's handout: each has a mistake. */
#include "io.h"
#include "parse_port.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>

static volatile sig_atomic_t stopping;

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void stop(int signo)
{
	(void)signo;
	stopping = 1;
}

static int listen_on(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int listener = Socket(AF_INET, SOCK_STREAM, 0), on = 1;

	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

static _Noreturn void serve(int client)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read_some(client, bytes, sizeof bytes)) > 0)
		sendn(client, bytes, (size_t)n);
	_exit(0);
}

int main(int argc, char *argv[])
{
	struct sigaction no_restart = {.sa_handler = reap};
	struct sigaction restart = {.sa_handler = stop, .sa_flags = SA_RESTART};
	int listener = argc == 2 ? listen_on(parse_port(argv[1])) : -1;

	Sigaction(SIGCHLD, &no_restart, NULL);
	Sigaction(SIGTERM, &restart, NULL); /* the flag, and back to sleep */
	while (!stopping) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			sys_err("accept"); /* at EINTR, too */
		if (Fork() == 0)
			serve(client);
		Close(client);
	}
	return 0;
}
