/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 with EPOLLONESHOT, a ring per client for readv() and writev(), and an eventfd
 * that the handler of SIGTERM raises. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int open_listener(const char *prog_arg, int type)
{
	char *end;
	errno = 0;
	long port = strtol(prog_arg, &end, 10);
	if (errno || *end || end == prog_arg || port < 1 || port > 65535) {
		fprintf(stderr, "usage: server PORT (not %s)\n", prog_arg);
		exit(2);
	}
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((in_port_t)port)};
	int l = socket(AF_INET, SOCK_STREAM | type, 0), on = 1;
	if (l < 0) {
		perror("socket");
		exit(1);
	}
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(l, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("bind");
		exit(1);
	}
	if (listen(l, 128) < 0) {
		perror("listen");
		exit(1);
	}
	return l;
}
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
enum { ROOM = 8192 };
struct ring {
	int fd;
	bool eof;
	size_t head, n;
	char b[ROOM];
	struct ring *next;
};
static int wake;
static struct ring *all;
static unsigned long clients, bytes;
static void on_term(int s)
{
	(void)s;
	int e = errno;
	uint64_t one = 1;
	if (write(wake, &one, sizeof one)) {
	}
	errno = e;
}
static int vec(struct iovec *v, struct ring *r, size_t from, size_t n)
{
	from %= ROOM;
	size_t first = n < ROOM - from ? n : ROOM - from;
	v[0] = (struct iovec){r->b + from, first};
	v[1] = (struct iovec){r->b, n - first};
	return n > first ? 2 : 1;
}
static bool move(struct ring *r)
{
	struct iovec v[2];
	bool progress = true;
	while (progress) {
		progress = false;
		if (!r->eof && r->n < ROOM) {
			ssize_t n =
				readv(r->fd, v,
				      vec(v, r, r->head + r->n, ROOM - r->n));
			if (n == 0)
				r->eof = true;
			else if (n > 0) {
				r->n += (size_t)n;
			} else if (errno != EAGAIN && errno != EINTR)
				return false;
		}
		if (r->n > 0) {
			ssize_t n = writev(r->fd, v, vec(v, r, r->head, r->n));
			if (n > 0) {
				r->head = (r->head + (size_t)n) % ROOM;
				r->n -= (size_t)n;
				bytes += (unsigned long)n;
				progress = true;
			} else if (n < 0 && errno != EAGAIN && errno != EINTR)
				return false;
		}
	}
	return !(r->eof && r->n == 0);
}
int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: server PORT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	wake = eventfd(0, EFD_NONBLOCK);
	signal(SIGTERM, on_term);
	int l = open_listener(argv[1], SOCK_NONBLOCK),
	    ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = &wake};
	epoll_ctl(ep, EPOLL_CTL_ADD, wake, &e);
	e.data.ptr = NULL;
	epoll_ctl(ep, EPOLL_CTL_ADD, l, &e);
	bool deaf = false, stop = false;
	while (!stop) {
		struct epoll_event ev[16];
		int n = epoll_wait(ep, ev, 16, deaf ? 200 : -1);
		if (deaf) {
			deaf = false;
			e = (struct epoll_event){.events = EPOLLIN};
			epoll_ctl(ep, EPOLL_CTL_MOD, l, &e);
		}
		for (int i = 0; i < n; i++) {
			struct ring *r = ev[i].data.ptr;
			if ((void *)r == &wake) {
				stop = true;
				continue;
			}
			if (!r) {
				int fd = accept4(l, NULL, NULL, SOCK_NONBLOCK);
				if (fd < 0) {
					if (errno == EMFILE ||
					    errno == ENFILE) {
						deaf = true;
						e = (struct epoll_event){0};
						epoll_ctl(ep, EPOLL_CTL_MOD, l,
							  &e);
					}
					continue;
				}
				r = calloc(1, sizeof *r);
				r->fd = fd;
				r->next = all;
				all = r;
				clients++;
				e = (struct epoll_event){.events = EPOLLIN |
								   EPOLLONESHOT,
							 .data.ptr = r};
				epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
				continue;
			}
			if (move(r)) {
				e = (struct epoll_event){
					.events = EPOLLONESHOT |
						  (r->n ? EPOLLOUT : 0u) |
						  (!r->eof && r->n < ROOM
							   ? EPOLLIN
							   : 0u),
					.data.ptr = r};
				epoll_ctl(ep, EPOLL_CTL_MOD, r->fd, &e);
			} else {
				struct ring **p = &all;
				while (*p != r)
					p = &(*p)->next;
				*p = r->next;
				close(r->fd);
				free(r);
			}
		}
	}
	while (all) {
		struct ring *r = all;
		all = r->next;
		close(r->fd);
		free(r);
	}
	close(l);
	close(ep);
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
