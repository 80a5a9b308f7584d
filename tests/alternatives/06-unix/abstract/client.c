/* SPDX-License-Identifier: MIT */
/* client.c - a path that begins with @ is an abstract name. */

/*
 *	./client /tmp/upper /tmp/me
 *
 * The second path is the client's own name: a server that asks who has called
 * finds it.  For a stream it could do without; in datagrams (dgram_client.c) it
 * is the only way to get an answer.
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <stddef.h>
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

/* A path with its NUL, or an abstract name without. */
static socklen_t size_of(const struct sockaddr_un *address)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);
	const char *name = address->sun_path;

	return (socklen_t)(start + 1 + strlen(*name ? name : name + 1));
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
	if (*name == '@' && n > 1)
		address.sun_path[0] = '\0';
	return address;
}

/* A socket called `own`, connected to `to`. */
static int connect_to(const char *to, const char *own)
{
	struct sockaddr_un theirs = address_of(to), ours = address_of(own);
	int server = Socket(AF_UNIX, SOCK_STREAM, 0);

	Bind(server, (struct sockaddr *)&ours, size_of(&ours));
	own_path = own;
	atexit(remove_own_path);
	if (connect(server, (struct sockaddr *)&theirs, size_of(&theirs)) < 0)
		sys_err("connect to %s", to);
	return server;
}

/* Send a line of n bytes, wait for exactly n bytes, print them. */
static void exchange(int server, char *line, size_t n)
{
	if (sendn(server, line, n) < 0)
		sys_err("send");

	/* The answer may come in any pieces: count bytes, not calls. */
	ssize_t back = readn(server, line, n);
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
