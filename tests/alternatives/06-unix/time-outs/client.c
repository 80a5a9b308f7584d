/* SPDX-License-Identifier: MIT */
/* client.c - MSG_WAITALL instead of a loop, and SIGINT removes its name, too. */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *own_path;

/* However the program ends, by return or by sys_err(): its name goes. */
static void remove_own_path(void)
{
	unlink(own_path);
}

static void interrupt(int signo)
{
	unlink(own_path);
	_exit(128 + signo);
}

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(name);

	if (n == 0 || n >= sizeof address.sun_path) {
		fprintf(stderr, "client: \"%s\" is no path of 1 to %zu bytes\n",
			name, sizeof address.sun_path - 1);
		exit(2);
	}
	memcpy(address.sun_path, name, n + 1);
	return address;
}

/* A socket called `own`, connected to `to`. */
static int connect_to(const char *to, const char *own)
{
	struct sockaddr_un theirs = address_of(to), ours = address_of(own);
	int server = Socket(AF_UNIX, SOCK_STREAM, 0);

	Bind(server, (struct sockaddr *)&ours, sizeof ours);
	own_path = own;
	atexit(remove_own_path);
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	if (connect(server, (struct sockaddr *)&theirs, sizeof theirs) < 0)
		sys_err("connect to %s", to);
	return server;
}

/* Send a line of n bytes, wait for exactly n bytes, print them. */
static void exchange(int server, char *line, size_t n)
{
	if (sendn(server, line, n) < 0)
		sys_err("send");

	/* The answer may come in any pieces: count bytes, not calls. */
	ssize_t back = recv(server, line, n, MSG_WAITALL);
	if (back < 0)
		sys_err("recv");
	if ((size_t)back < n) {
		fputs("client: the server closed the connection\n", stderr);
		exit(1);
	}
	if (writen(STDOUT_FILENO, line, n) < 0)
		sys_err("write");
}

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: client PATH MYPATH\n", stderr);
		return 2;
	}

	int server = connect_to(argv[1], argv[2]);
	char *line = NULL; /* getline() makes it as large as it must be */
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0)
		exchange(server, line, (size_t)n);
	if (ferror(stdin))
		sys_err("stdin");

	free(line);
	Close(server);
	return 0;
}
