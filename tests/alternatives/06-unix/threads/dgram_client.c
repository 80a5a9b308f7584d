/* SPDX-License-Identifier: MIT */
/* dgram_client.c - waits for each answer with MSG_PEEK first, to know its length. */

/*
 *	./dgram_client /tmp/upper.d /tmp/me
 *
 * Simplified: every answer is waited for, however long.  No datagram is lost on
 * its way here, but a server may drop one, or end before it has answered; a
 * client with more at stake would give poll() a time-out.
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 8192 };

static const char *own_path;

static void remove_own_path(void)
{
	unlink(own_path);
}

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(name);

	if (n == 0 || n >= sizeof address.sun_path) {
		fprintf(stderr,
			"dgram_client: \"%s\" is no path of 1 to %zu bytes\n",
			name, sizeof address.sun_path - 1);
		exit(2);
	}
	memcpy(address.sun_path, name, n + 1);
	return address;
}

/* A socket called `own` that sends to `to`, and receives from there only. */
static int connect_to(const char *to, const char *own)
{
	struct sockaddr_un theirs = address_of(to), ours = address_of(own);
	int server = Socket(AF_UNIX, SOCK_DGRAM, 0);

	/* Without a name of its own it could send, and never get an answer. */
	Bind(server, (struct sockaddr *)&ours, sizeof ours);
	own_path = own;
	atexit(remove_own_path);
	if (connect(server, (struct sockaddr *)&theirs, sizeof theirs) < 0)
		sys_err("connect to %s", to);
	return server;
}

/* Send a line of n bytes, and print the one datagram that answers it. */
static void exchange(int server, const char *line, size_t n)
{
	char bytes[DATAGRAM_MAX];

	if (n > sizeof bytes) {
		fprintf(stderr, "dgram_client: a line of %zu bytes, %zu fit\n",
			n, sizeof bytes);
		exit(1);
	}
	/* A datagram goes whole or not at all: there is no short count. */
	Send(server, line, n, 0);

	ssize_t back = Recv(server, bytes, sizeof bytes, MSG_PEEK);
	back = Recv(server, bytes, (size_t)back, 0);
	if (writen(STDOUT_FILENO, bytes, (size_t)back) < 0)
		sys_err("write");
}

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: dgram_client PATH MYPATH\n", stderr);
		return 2;
	}

	int server = connect_to(argv[1], argv[2]);
	char *line = NULL;
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
