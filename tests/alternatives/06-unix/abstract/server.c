/* SPDX-License-Identifier: MIT */
/* server.c - a path that begins with @ is an abstract name. */

/*
 *	./server /tmp/upper &
 *	nc -NU /tmp/upper
 *
 * Theory of operation
 *
 * One client after another, as in lab 02; only the address is another kind.  A
 * path is a file, and files outlive the program that made them: what a dead
 * server has left is removed at the start, and SIGTERM removes our own.  The
 * handler does that itself and ends the program, wherever it was: unlink() and
 * _exit() are two of the calls that a handler may make (signal-safety(7)).
 *
 * Simplified: two servers started at the same moment may both find the same
 * dead socket, and the second then removes the first one's.  A lock on a file
 * beside the path is the cure.
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *path; /* of our socket, for the handler */

static void stop(int signo)
{
	(void)signo;
	unlink(path);
	_exit(0);
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

	/* One that is too long must not be cut: it would name another file.
	 * An empty one would be no path at all, but an abstract name. */
	if (n == 0 || n >= sizeof address.sun_path) {
		fprintf(stderr, "server: \"%s\" is no path of 1 to %zu bytes\n",
			name, sizeof address.sun_path - 1);
		exit(2);
	}
	memcpy(address.sun_path, name, n + 1);
	if (*name == '@' && n > 1)
		address.sun_path[0] = '\0';
	return address;
}

/* Remove the socket that a dead server has left there.  Anything else stays,
 * and bind() will say that the address is in use. */
static void remove_stale(const struct sockaddr_un *address)
{
	struct stat about;

	/* lstat(): a link to a socket is not for us to remove, either. */
	if (lstat(address->sun_path, &about) < 0 || !S_ISSOCK(about.st_mode))
		return;

	/* A server that lives lets us in, or (EAGAIN) has its queue full. */
	int probe = Socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (connect(probe, (const struct sockaddr *)address, size_of(address)) <
		    0 &&
	    errno == ECONNREFUSED)
		Unlink(address->sun_path);
	Close(probe);
}

static int listen_at(const char *name)
{
	struct sigaction action = {.sa_handler = stop};
	struct sockaddr_un address = address_of(name);
	int listener = Socket(AF_UNIX, SOCK_STREAM, 0);

	remove_stale(&address);
	Bind(listener, (struct sockaddr *)&address, size_of(&address));

	/* Not before bind(), or it might remove what is not ours; and before
	 * listen(), so that whoever sees us listen can stop us. */
	path = name;
	sigemptyset(&action.sa_mask);
	Sigaction(SIGTERM, &action, NULL);
	Listen(listener, SOMAXCONN);
	return listener;
}

/* Who has called?  `size` tells how much of the address there is, and may be
 * one more than there is room for: a path of 108 bytes ends without a NUL. */
static void print_name(const struct sockaddr_un *peer, socklen_t size)
{
	const size_t start = offsetof(struct sockaddr_un, sun_path);
	const char *name = peer->sun_path;
	size_t n = size > start ? size - start : 0;

	if (n > sizeof peer->sun_path)
		n = sizeof peer->sun_path;
	if (n == 0)
		printf("client unnamed\n");
	else if (name[0] == '\0') /* an abstract name: no file, any bytes */
		printf("client @%.*s\n", (int)n - 1, name + 1);
	else
		printf("client %.*s\n", (int)n, name);
	fflush(stdout);
}

/* Answer what comes, until the client ends or breaks the connection. */
static void answer(int client)
{
	unsigned char bytes[4096]; /* toupper() wants no negative numbers */
	ssize_t n;

	while ((n = read_some(client, bytes, sizeof bytes)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)toupper(bytes[i]);
		if (sendn(client, bytes, (size_t)n) < 0) {
			sys_warn("send");
			return;
		}
	}
	if (n < 0)
		sys_warn("recv");
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: server PATH\n", stderr);
		return 2;
	}

	int listener = listen_at(argv[1]);
	for (;;) {
		struct sockaddr_un peer;
		socklen_t size = sizeof peer; /* accept() changes it */
		int client = Accept(listener, (struct sockaddr *)&peer, &size);

		print_name(&peer, size);
		answer(client);
		Close(client);
	}
}
