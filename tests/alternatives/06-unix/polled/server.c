/* SPDX-License-Identifier: MIT */
/* server.c - all clients at once, by poll(); SIGTERM comes through a signalfd. */
#define _GNU_SOURCE 1
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST 250

struct pending {
	unsigned char data[65536];
	size_t from, to;
};

static struct pollfd set[MOST + 2];
static struct pending *out[MOST + 2];
static nfds_t used = 2;

static void fatal(const char *what)
{
	fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_listener(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (!*path || strlen(path) >= sizeof a.sun_path) {
		fprintf(stderr, "server: %s: not a usable path\n", path);
		exit(2);
	}
	strcpy(a.sun_path, path);
	/* The socket itself is the probe; once refused it is as good as new. */
	if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
		int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

		if (connect(probe, (struct sockaddr *)&a, sizeof a) == -1 &&
		    errno == ECONNREFUSED)
			unlink(path);
		close(probe);
	}
	if (bind(s, (struct sockaddr *)&a, sizeof a) == -1)
		fatal("bind");
	if (listen(s, 128) == -1)
		fatal("listen");
	return s;
}

static void welcome(int s)
{
	struct sockaddr_un a;
	socklen_t n = sizeof a;
	int c;

	memset(&a, 0, sizeof a);
	c = accept4(s, (struct sockaddr *)&a, &n, SOCK_NONBLOCK);
	if (c == -1)
		return;
	if (used == MOST + 2) {
		close(c);
		return;
	}
	if (n == sizeof(sa_family_t))
		printf("client unnamed\n");
	else if (!a.sun_path[0])
		printf("client abstract\n");
	else
		printf("client %.108s\n", a.sun_path);
	fflush(stdout);
	set[used] = (struct pollfd){.fd = c, .events = POLLIN};
	out[used++] = calloc(1, sizeof(struct pending));
}

static void drop(nfds_t i)
{
	close(set[i].fd);
	free(out[i]);
	set[i] = set[--used];
	out[i] = out[used];
}

/* 0: the client is to go */
static int attend(nfds_t i)
{
	struct pending *p = out[i];
	ssize_t n;

	if (p->to == 0) {
		n = read(set[i].fd, p->data, sizeof p->data);
		if (n <= 0)
			return n < 0 && errno == EAGAIN;
		for (ssize_t k = 0; k < n; k++)
			p->data[k] = (unsigned char)toupper(p->data[k]);
		p->to = (size_t)n;
	}
	n = send(set[i].fd, p->data + p->from, p->to - p->from, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN;
	p->from += (size_t)n;
	if (p->from == p->to)
		p->from = p->to = 0;
	set[i].events = p->to ? POLLOUT : POLLIN;
	return 1;
}

int main(int argc, char **argv)
{
	sigset_t term;

	if (argc != 2) {
		fputs("usage: server PATH\n", stderr);
		return 2;
	}
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	set[0] =
		(struct pollfd){.fd = signalfd(-1, &term, 0), .events = POLLIN};
	set[1] =
		(struct pollfd){.fd = open_listener(argv[1]), .events = POLLIN};
	for (;;) {
		if (poll(set, used, -1) == -1)
			continue;
		if (set[0].revents)
			break;
		for (nfds_t i = used; i-- > 2;)
			if (set[i].revents && !attend(i))
				drop(i);
		if (set[1].revents)
			welcome(set[1].fd);
	}
	while (used > 2)
		drop(2);
	unlink(argv[1]);
	return 0;
}
