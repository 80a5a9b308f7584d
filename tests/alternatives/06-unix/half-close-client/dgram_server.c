/* SPDX-License-Identifier: MIT */
/* dgram_server.c - a buffer that grows to what MSG_PEEK has told; ppoll() with a mask. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
static socklen_t fill(struct sockaddr_un *a, const char *p, const char *prog)
{
	size_t n = strlen(p);
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!n || n > 107) {
		fprintf(stderr, "%s: path \"%s\" too long or empty\n", prog, p);
		exit(2);
	}
	strcpy(a->sun_path, p);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
}
static void clear_stale(const struct sockaddr_un *a, socklen_t n, int type)
{
	struct stat st;
	if (lstat(a->sun_path, &st) || (st.st_mode & S_IFMT) != S_IFSOCK)
		return;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (connect(fd, (const void *)a, n) && errno == ECONNREFUSED)
		unlink(a->sun_path);
	close(fd);
}
static volatile sig_atomic_t over;
static void on_term(int s)
{
	(void)s;
	over = 1;
}
int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: dgram_server PATH\n");
		return 2;
	}
	struct sockaddr_un a, p;
	sigset_t s, old;
	sigemptyset(&s);
	sigaddset(&s, SIGTERM);
	sigprocmask(SIG_BLOCK, &s, &old);
	struct sigaction sa = {.sa_handler = on_term};
	sigaction(SIGTERM, &sa, NULL);
	socklen_t n = fill(&a, argv[1], "dgram_server");
	clear_stale(&a, n, SOCK_DGRAM);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (void *)&a, n)) {
		perror("bind");
		return 1;
	}
	unsigned char *b = NULL;
	size_t room = 0;
	while (!over) {
		struct pollfd f = {.fd = fd, .events = POLLIN};
		if (ppoll(&f, 1, NULL, &old) < 1)
			continue;
		ssize_t k =
			recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
		if (k < 0)
			continue;
		if ((size_t)k + 1 > room)
			b = realloc(b, room = (size_t)k + 1);
		struct iovec v = {b, (size_t)k};
		struct msghdr m = {.msg_name = &p,
				   .msg_namelen = sizeof p,
				   .msg_iov = &v,
				   .msg_iovlen = 1};
		if (recvmsg(fd, &m, 0) != k)
			continue;
		for (ssize_t i = 0; i < k; i++)
			b[i] = (unsigned char)toupper(b[i]);
		if (m.msg_namelen <= offsetof(struct sockaddr_un, sun_path))
			continue;
		m.msg_flags = 0;
		if (m.msg_namelen > sizeof p)
			m.msg_namelen = sizeof p;
		sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	free(b);
	close(fd);
	unlink(argv[1]);
	return 0;
}
