/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with select(), a table by descriptor, and a self-pipe for SIGTERM. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

struct state {
	char *bytes; /* NULL: nobody has this descriptor */
	size_t n;
};

static struct state table[FD_SETSIZE];
static fd_set readers, writers;
static int highest;
static int self_pipe[2];
static unsigned long clients;
static unsigned long long total;

static void on_sigterm(int signo)
{
	int saved = errno;

	(void)signo;
	if (write(self_pipe[1], "", 1) < 0)
		errno = 0;
	errno = saved;
}

static void watch(int fd)
{
	FD_SET(fd, &readers);
	if (fd > highest)
		highest = fd;
}

static void forget(int fd)
{
	FD_CLR(fd, &readers);
	FD_CLR(fd, &writers);
	free(table[fd].bytes);
	table[fd].bytes = NULL;
	close(fd);
	while (highest > 0 && !FD_ISSET(highest, &readers) &&
	       !FD_ISSET(highest, &writers))
		highest--;
}

static void nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* False: there is no descriptor for who comes next. */
static int take(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return errno != EMFILE && errno != ENFILE;
	clients++;
	table[fd].bytes = fd < FD_SETSIZE ? malloc(8192) : NULL;
	if (!table[fd].bytes) {
		close(fd);
		return 1;
	}
	table[fd].n = 0;
	nonblocking(fd);
	watch(fd);
	return 1;
}

static int harmless(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void receive(int fd)
{
	struct state *s = &table[fd];
	ssize_t n = read(fd, s->bytes, 8192);

	if (n == 0 || (n < 0 && !harmless())) {
		forget(fd);
	} else if (n > 0) {
		s->n = (size_t)n;
		FD_CLR(fd, &readers);
		FD_SET(fd, &writers);
	}
}

static void deliver(int fd)
{
	struct state *s = &table[fd];
	ssize_t n = write(fd, s->bytes, s->n);

	if (n < 0) {
		if (!harmless())
			forget(fd);
		return;
	}
	total += (unsigned long long)n;
	s->n -= (size_t)n;
	memmove(s->bytes, s->bytes + n, s->n);
	if (s->n == 0) {
		FD_CLR(fd, &writers);
		FD_SET(fd, &readers);
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	struct sockaddr_in address = {.sin_family = AF_INET};
	int listener, on = 1, full = 0;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (pipe(self_pipe) < 0)
		sys_err("pipe");
	signal(SIGTERM, on_sigterm);
	address.sin_port = htons((in_port_t)port);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		sys_err("socket");
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(listener, 5) < 0)
		sys_err("listen");
	nonblocking(listener);
	watch(self_pipe[0]);
	watch(listener);
	for (;;) {
		fd_set can_read = readers, can_write = writers;
		int last = highest;

		if (select(last + 1, &can_read, &can_write, NULL, NULL) < 0) {
			if (errno != EINTR)
				sys_err("select");
			continue;
		}
		if (FD_ISSET(self_pipe[0], &can_read))
			break;
		if (FD_ISSET(listener, &can_read) && !take(listener)) {
			FD_CLR(listener, &readers);
			full = 1;
		}
		for (int fd = 0; fd <= last; fd++) {
			if (fd == listener || !table[fd].bytes)
				continue;
			if (FD_ISSET(fd, &can_write))
				deliver(fd);
			else if (FD_ISSET(fd, &can_read))
				receive(fd);
			if (full && !table[fd].bytes) {
				full = 0;
				watch(listener);
			}
		}
	}
	printf("served %lu clients, %llu bytes\n", clients, total);
	return 0;
}
