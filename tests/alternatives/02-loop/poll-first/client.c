/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with poll() on stdin and the socket, so that it notices at once when the server
 * goes, and sends and receives a line of any length at the same time. */

#define _GNU_SOURCE /* POLLRDHUP */
#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What came from stdin and has not been sent.  No stdio here: poll() would know
 * nothing of the bytes in its buffer. */
struct input {
	char *bytes;
	size_t n, room;
	bool ended;
};

static void server_gone(void)
{
	fputs("client: the server has closed the connection\n", stderr);
	exit(1);
}

static void ready(struct pollfd *fds, nfds_t n)
{
	while (poll(fds, n, -1) < 0)
		if (errno != EINTR)
			sys_err("poll");
}

static void print(const char *p, size_t left)
{
	while (left > 0) {
		ssize_t n = write(STDOUT_FILENO, p, left);
		if (n < 0)
			sys_err("write");
		p += n;
		left -= (size_t)n;
	}
}

/* One step in each direction that is ready; false if that is not now. */
static bool moved(ssize_t n, const char *what)
{
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		sys_err("%s", what);
	return n > 0;
}

static void exchange(int server, const char *line, size_t n)
{
	size_t sent = 0, back = 0;
	char bytes[4096];

	while (back < n) {
		struct pollfd s = {server, POLLIN, 0};
		if (sent < n)
			s.events |= POLLOUT;
		ready(&s, 1);
		if (s.revents & POLLOUT) {
			ssize_t out = send(server, line + sent, n - sent,
					   MSG_DONTWAIT | MSG_NOSIGNAL);
			if (moved(out, "send"))
				sent += (size_t)out;
		}
		if (s.revents & (POLLIN | POLLHUP | POLLERR)) {
			size_t want = n - back < sizeof bytes ? n - back
							      : sizeof bytes;
			ssize_t in = recv(server, bytes, want, MSG_DONTWAIT);
			if (in == 0)
				server_gone();
			if (moved(in, "recv")) {
				print(bytes, (size_t)in);
				back += (size_t)in;
			}
		}
	}
}

/* The length of the first line that is there, 0 if there is none yet. */
static size_t line_length(const struct input *in)
{
	const char *end = in->n > 0 ? memchr(in->bytes, '\n', in->n) : NULL;

	if (end != NULL)
		return (size_t)(end - in->bytes) + 1;
	return in->ended ? in->n : 0;
}

static void read_more(struct input *in)
{
	if (in->room - in->n < 4096) {
		in->room = 2 * in->room + 4096;
		in->bytes = realloc(in->bytes, in->room);
		if (in->bytes == NULL)
			sys_err("realloc");
	}
	ssize_t n = read(STDIN_FILENO, in->bytes + in->n, in->room - in->n);
	if (n < 0 && errno != EINTR)
		sys_err("read");
	if (n == 0)
		in->ended = true;
	if (n > 0)
		in->n += (size_t)n;
}

static void talk(int server)
{
	struct input in = {0};

	for (;;) {
		size_t n = line_length(&in);
		if (n > 0) {
			exchange(server, in.bytes, n);
			in.n -= n;
			memmove(in.bytes, in.bytes + n, in.n);
		} else if (in.ended) {
			break;
		} else {
			struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0},
						{server, POLLRDHUP, 0}};
			ready(fds, 2);
			if (fds[0].revents != 0)
				read_more(&in);
			else if (fds[1].revents != 0)
				server_gone();
		}
	}
	free(in.bytes);
}

static int connect_to(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM},
			*list;

	int error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	int fd = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
	if (fd < 0)
		sys_err("socket");
	if (connect(fd, list->ai_addr, list->ai_addrlen) < 0)
		sys_err("connect");
	freeaddrinfo(list);
	return fd;
}

int main(int argc, char *argv[])
{
	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}
	int server = connect_to(argv[1], argv[2]);
	talk(server);
	close(server);
	return 0;
}
