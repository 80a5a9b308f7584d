/* SPDX-License-Identifier: MIT */
/* dgram_server.c - a datagram server at a path: each comes back in upper case. */

/*
 *	./dgram_server /tmp/upper.d &
 *	./dgram_client /tmp/upper.d /tmp/me
 *
 * Theory of operation
 *
 * No connections: one socket, and one datagram after another, whoever sent it.
 * The answer goes to the name that recvfrom() tells.  What can go wrong with it
 * concerns that sender only, who may have no name, have gone, or never read;
 * so nothing here waits for a sender, and no sender's error ends the server.
 *
 * Simplified: answers that nobody reads use up our send buffer, which is one
 * for all; when it is full, nobody is answered until somebody reads or ends.
 * The start and SIGTERM are as in server.c, and simplified in the same way.
 */

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

enum { DATAGRAM_MAX = 8192 };

static const char *path; /* of our socket, for the handler */

static void stop(int signo)
{
	(void)signo;
	unlink(path);
	_exit(0);
}

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t n = strlen(name);

	if (n == 0 || n >= sizeof address.sun_path) {
		fprintf(stderr,
			"dgram_server: \"%s\" is no path of 1 to %zu bytes\n",
			name, sizeof address.sun_path - 1);
		exit(2);
	}
	memcpy(address.sun_path, name, n + 1);
	return address;
}

/* Remove the socket that a dead server has left there, and nothing else. */
static void remove_stale(const struct sockaddr_un *address)
{
	struct stat about;

	if (lstat(address->sun_path, &about) < 0 || !S_ISSOCK(about.st_mode))
		return;

	/* connect() of a datagram socket sends nothing: it only looks who is
	 * there.  (EPROTOTYPE: somebody, with a socket of another type.) */
	int probe = Socket(AF_UNIX, SOCK_DGRAM, 0);
	if (connect(probe, (const struct sockaddr *)address, sizeof *address) <
		    0 &&
	    errno == ECONNREFUSED)
		Unlink(address->sun_path);
	Close(probe);
}

static int receive_at(const char *name)
{
	struct sigaction action = {.sa_handler = stop};
	struct sockaddr_un address = address_of(name);
	int server = Socket(AF_UNIX, SOCK_DGRAM, 0);
	sigset_t term;

	/* A bound datagram socket receives at once, so SIGTERM is held back
	 * until there is a handler for it. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_BLOCK, &term, NULL);
	remove_stale(&address);
	Bind(server, (struct sockaddr *)&address, sizeof address);
	path = name;
	sigemptyset(&action.sa_mask);
	Sigaction(SIGTERM, &action, NULL);
	Sigprocmask(SIG_UNBLOCK, &term, NULL);
	return server;
}

/* Receive one datagram and answer it. */
static void answer(int server)
{
	unsigned char bytes[DATAGRAM_MAX];
	struct sockaddr_un from;
	socklen_t size = sizeof from;

	/* MSG_TRUNC: n is how long it was, whether it fitted or not. */
	ssize_t n = Recvfrom(server, bytes, sizeof bytes, MSG_TRUNC,
			     (struct sockaddr *)&from, &size);

	if ((size_t)n > sizeof bytes) {
		fprintf(stderr, "dgram_server: %zd bytes are too many\n", n);
		return;
	}
	if (size <= offsetof(struct sockaddr_un, sun_path)) {
		fprintf(stderr, "dgram_server: a sender without a name\n");
		return;
	}
	if (size > sizeof from) /* a path of 108 bytes, and its NUL */
		size = sizeof from;

	/* n may be 0: an empty datagram is one like any other. */
	for (ssize_t i = 0; i < n; i++)
		bytes[i] = (unsigned char)toupper(bytes[i]);
	if (sendto(server, bytes, (size_t)n, MSG_DONTWAIT,
		   (struct sockaddr *)&from, size) < 0)
		sys_warn("sendto"); /* gone, or its queue is full: its loss */
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: dgram_server PATH\n", stderr);
		return 2;
	}

	int server = receive_at(argv[1]);
	for (;;)
		answer(server);
}
