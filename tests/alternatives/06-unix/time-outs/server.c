/* SPDX-License-Identifier: MIT */
/* server.c - looks every 200 ms whether SIGTERM has come; the probe looks into /proc/net/unix. */

/*
 *	./server /tmp/upper &
 *	nc -NU /tmp/upper
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *path; /* of our socket, for the handler */

static volatile sig_atomic_t stopping;

static void stop(int signo)
{
	stopping = signo;
}

/* Wait for something to read there, or for SIGTERM: then end. */
static void wait_for(int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLIN};

	while (poll(&one, 1, 200) <= 0 || stopping) {
		if (!stopping)
			continue;
		unlink(path);
		exit(0);
	}
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

	/* Whoever listens is in the list, by the name it gave to bind(). */
	FILE *list = fopen("/proc/net/unix", "r");
	char line[512], wanted[128];
	int lives = 0;

	if (!list)
		sys_err("/proc/net/unix");
	snprintf(wanted, sizeof wanted, " %s\n", address->sun_path);
	while (fgets(line, sizeof line, list))
		lives |= strlen(line) > strlen(wanted) &&
			 strcmp(line + strlen(line) - strlen(wanted), wanted) ==
				 0;
	fclose(list);
	if (!lives)
		Unlink(address->sun_path);
}

static int listen_at(const char *name)
{
	struct sigaction action = {.sa_handler = stop};
	struct sockaddr_un address = address_of(name);
	int listener = Socket(AF_UNIX, SOCK_STREAM, 0);

	remove_stale(&address);
	Bind(listener, (struct sockaddr *)&address, sizeof address);

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

	while (wait_for(client),
	       (n = read_some(client, bytes, sizeof bytes)) > 0) {
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
		wait_for(listener);
		int client = Accept(listener, (struct sockaddr *)&peer, &size);

		print_name(&peer, size);
		answer(client);
		Close(client);
	}
}
