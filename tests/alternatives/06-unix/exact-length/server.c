/* SPDX-License-Identifier: MIT */
/* server.c - all addresses with their exact length, 108 bytes too; sendmsg and recvmsg. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void on_term(int signo)
{
	stopping = signo;
}

static socklen_t fill(struct sockaddr_un *a, const char *path)
{
	size_t n = strlen(path);

	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	if (n == 0 || n > sizeof a->sun_path) {
		fprintf(stderr, "server: path of %zu bytes\n", n);
		exit(2);
	}
	memcpy(a->sun_path, path, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static void fatal(const char *what)
{
	fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int is_dead(const char *path, const struct sockaddr_un *a, socklen_t len)
{
	struct stat st;
	int fd, dead;

	if (lstat(path, &st) == -1 || !S_ISSOCK(st.st_mode))
		return 0;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	dead = connect(fd, (const struct sockaddr *)a, len) == -1 &&
	       errno == ECONNREFUSED;
	close(fd);
	return dead;
}

static void name(const struct sockaddr_un *a, socklen_t len)
{
	size_t n = len - offsetof(struct sockaddr_un, sun_path);

	if (len <= offsetof(struct sockaddr_un, sun_path)) {
		puts("client unnamed");
	} else {
		if (n > sizeof a->sun_path)
			n = sizeof a->sun_path;
		fputs("client ", stdout);
		for (size_t i = 0; i < n && (a->sun_path[i] || i == 0); i++)
			putchar(a->sun_path[i] ? a->sun_path[i] : '@');
		putchar('\n');
	}
	fflush(stdout);
}

static int put(int fd, unsigned char *buf, size_t n)
{
	while (n > 0) {
		struct iovec v = {buf, n};
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
		ssize_t k = sendmsg(fd, &m, MSG_NOSIGNAL);

		if (k == -1 && errno == EINTR && !stopping)
			continue;
		if (k == -1)
			return -1;
		buf += k;
		n -= (size_t)k;
	}
	return 0;
}

static void serve(int fd)
{
	unsigned char buf[1500];

	while (!stopping) {
		struct iovec v = {buf, sizeof buf};
		struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
		ssize_t n = recvmsg(fd, &m, 0);

		if (n <= 0)
			return;
		for (ssize_t i = 0; i < n; i++)
			if (islower(buf[i]))
				buf[i] = (unsigned char)toupper(buf[i]);
		if (put(fd, buf, (size_t)n) == -1)
			return;
	}
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_term};
	struct sockaddr_un a;
	socklen_t len;
	int s;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PATH\n", argv[0]);
		return 2;
	}
	len = fill(&a, argv[1]);
	sigaction(SIGTERM, &sa, NULL);
	if (is_dead(argv[1], &a, len))
		unlink(argv[1]);
	if ((s = socket(AF_UNIX, SOCK_STREAM, 0)) == -1)
		fatal("socket");
	if (bind(s, (struct sockaddr *)&a, len) == -1)
		fatal("bind");
	if (listen(s, 1) == -1)
		fatal("listen");
	while (!stopping) {
		struct sockaddr_un peer;
		socklen_t size = sizeof peer;
		int c = accept(s, (struct sockaddr *)&peer, &size);

		if (c == -1)
			continue;
		name(&peer, size);
		serve(c);
		close(c);
	}
	unlink(argv[1]);
	return 0;
}
