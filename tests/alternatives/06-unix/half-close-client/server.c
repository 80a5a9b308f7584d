/* SPDX-License-Identifier: MIT */
/* server.c - epoll, a signalfd, recvmsg() in two pieces; the listening socket is asked about only
 * while there is no client. */
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

static void name_of(const struct sockaddr_un *p, socklen_t n)
{
	size_t start = offsetof(struct sockaddr_un, sun_path);
	if (n <= start) {
		printf("client unnamed\n");
		return;
	}
	n -= (socklen_t)start;
	if (n > 108)
		n = 108;
	fputs("client ", stdout);
	if (!p->sun_path[0]) {
		putchar('@');
		fwrite(p->sun_path + 1, 1, n - 1, stdout);
	} else
		fwrite(p->sun_path, 1, strnlen(p->sun_path, n), stdout);
	putchar('\n');
}
int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: %s PATH\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGTERM);
	sigprocmask(SIG_BLOCK, &s, NULL);
	int sig = signalfd(-1, &s, SFD_CLOEXEC);
	struct sockaddr_un a, p;
	socklen_t n = fill(&a, argv[1], "server");
	clear_stale(&a, n, SOCK_STREAM);
	int l = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	umask(077);
	if (bind(l, (void *)&a, n)) {
		perror("bind");
		return 1;
	}
	if (listen(l, 5)) {
		perror("listen");
		return 1;
	}
	int ep = epoll_create1(EPOLL_CLOEXEC), c = -1;
	struct epoll_event e = {.events = EPOLLIN, .data.fd = sig}, ev;
	epoll_ctl(ep, EPOLL_CTL_ADD, sig, &e);
	e.data.fd = l;
	epoll_ctl(ep, EPOLL_CTL_ADD, l, &e);
	for (;;) {
		if (epoll_wait(ep, &ev, 1, -1) != 1)
			continue;
		if (ev.data.fd == sig) {
			unlink(a.sun_path);
			return 0;
		}
		if (ev.data.fd == l) {
			n = sizeof p;
			c = accept4(l, (void *)&p, &n, SOCK_CLOEXEC);
			if (c < 0)
				continue;
			name_of(&p, n);
			epoll_ctl(ep, EPOLL_CTL_DEL, l, NULL);
			e = (struct epoll_event){.events = EPOLLIN,
						 .data.fd = c};
			epoll_ctl(ep, EPOLL_CTL_ADD, c, &e);
			continue;
		}
		unsigned char x[100], y[1000];
		struct iovec v[] = {{x, sizeof x}, {y, sizeof y}};
		struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
		ssize_t got = recvmsg(c, &m, 0);
		for (ssize_t i = 0; i < got; i++) {
			unsigned char *b = i < 100 ? x + i : y + i - 100;
			if (*b >= 'a' && *b <= 'z')
				*b = (unsigned char)(*b - 'a' + 'A');
		}
		bool ok = got > 0;
		size_t left = got > 0 ? (size_t)got : 0;
		while (left) {
			v[0].iov_len =
				left < v[0].iov_len ? left : v[0].iov_len;
			v[1].iov_len = left - v[0].iov_len;
			ssize_t k = sendmsg(c, &m, MSG_NOSIGNAL);
			if (k < 0) {
				if (errno == EINTR)
					continue;
				ok = false;
				break;
			}
			left -= (size_t)k;
			size_t f = (size_t)k < v[0].iov_len ? (size_t)k
							    : v[0].iov_len;
			v[0].iov_base = (char *)v[0].iov_base + f;
			v[0].iov_len -= f;
			v[1].iov_base = (char *)v[1].iov_base + ((size_t)k - f);
		}
		if (!ok) {
			close(c);
			e = (struct epoll_event){.events = EPOLLIN,
						 .data.fd = l};
			epoll_ctl(ep, EPOLL_CTL_ADD, l, &e);
		}
	}
}
