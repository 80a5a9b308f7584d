/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with a socket that never blocks, not even in connect(). */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void await(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};

	while (poll(&one, 1, -1) < 0)
		if (errno != EINTR)
			sys_err("poll");
}

/* Start to connect, wait until it is decided, and ask how it went. */
static int connect_slowly(const struct sockaddr_in *to)
{
	int error = 0;
	socklen_t size = sizeof error;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		sys_err("socket");
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		sys_err("fcntl");
	if (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0)
		return fd;
	if (errno != EINPROGRESS)
		sys_err("connect");
	await(fd, POLLOUT);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		sys_err("getsockopt");
	if (error != 0) {
		errno = error;
		sys_err("connect");
	}
	return fd;
}

static struct sockaddr_in look_up(const char *host, int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
	};
	struct hostent *entry = gethostbyname(host);

	if (entry == NULL || entry->h_addrtype != AF_INET) {
		fprintf(stderr, "client: %s: %s\n", host, hstrerror(h_errno));
		exit(1);
	}
	memcpy(&address.sin_addr, entry->h_addr_list[0],
	       sizeof address.sin_addr);
	return address;
}

static void put(int server, const char *p, size_t left)
{
	while (left > 0) {
		ssize_t n = write(server, p, left);
		if (n > 0) {
			p += n;
			left -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			await(server, POLLOUT);
		} else if (errno != EINTR) {
			sys_err("write");
		}
	}
}

static void get(int server, char *p, size_t left)
{
	while (left > 0) {
		ssize_t n = read(server, p, left);
		if (n > 0) {
			p += n;
			left -= (size_t)n;
		} else if (n == 0) {
			fprintf(stderr,
				"client: the server has left, %zu bytes short\n",
				left);
			exit(1);
		} else if (errno == EAGAIN) {
			await(server, POLLIN);
		} else if (errno != EINTR) {
			sys_err("read");
		}
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 3 ? parse_port(argv[2]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);

	struct sockaddr_in address = look_up(argv[1], port);
	int server = connect_slowly(&address);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	while ((n = getdelim(&line, &room, '\n', stdin)) != -1) {
		char *back = malloc((size_t)n);
		if (back == NULL) {
			perror("client: malloc");
			return 1;
		}
		put(server, line, (size_t)n);
		get(server, back, (size_t)n);
		if (fwrite(back, 1, (size_t)n, stdout) != (size_t)n ||
		    fflush(stdout) != 0)
			sys_err("stdout");
		free(back);
	}
	free(line);
	shutdown(server, SHUT_RDWR);
	close(server);
	return 0;
}
