/* SPDX-License-Identifier: MIT */
/* server.c - lab 05 as a small event loop: each descriptor has a function to be called. */

#define _GNU_SOURCE
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

struct watcher;
typedef void callback(struct watcher *w);

struct watcher {
	int fd;
	size_t index; /* in watchers[] and list[] */
	callback *ready;
	size_t n, room;
	char *pending;
};

static struct watcher **watchers;
static struct pollfd *list;
static size_t count, capacity;
static struct watcher *door;
static int running = 1;
static unsigned long clients;
static unsigned long long total;

static struct watcher *start(int fd, callback *ready)
{
	struct watcher *w = Calloc(1, sizeof *w);

	if (count == capacity) {
		capacity += 64;
		watchers = Realloc(watchers, capacity * sizeof(*watchers));
		list = Realloc(list, capacity * sizeof *list);
	}
	w->fd = fd;
	w->ready = ready;
	w->index = count;
	watchers[count] = w;
	list[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
	return w;
}

static void finish(struct watcher *w)
{
	close(w->fd);
	list[w->index] = list[--count];
	watchers[w->index] = watchers[count];
	watchers[w->index]->index = w->index;
	free(w->pending);
	free(w);
	list[door->index].events = POLLIN;
}

static int nothing_yet(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void on_readable(struct watcher *w);

static void on_writable(struct watcher *w)
{
	ssize_t n = send(w->fd, w->pending, w->n, MSG_NOSIGNAL);

	if (n < 0) {
		if (!nothing_yet())
			finish(w);
		return;
	}
	total += (unsigned long long)n;
	w->n -= (size_t)n;
	memmove(w->pending, w->pending + n, w->n);
	if (w->n == 0) {
		w->ready = on_readable;
		list[w->index].events = POLLIN;
	}
}

/* All there is, up to a megabyte. */
static void on_readable(struct watcher *w)
{
	ssize_t n = 1;

	while (w->n < 1 << 20 && n > 0) {
		if (w->room - w->n < 4096) {
			w->room = w->room ? 2 * w->room : 8192;
			w->pending = Realloc(w->pending, w->room);
		}
		n = recv(w->fd, w->pending + w->n, 4096, MSG_DONTWAIT);
		if (n > 0)
			w->n += (size_t)n;
	}
	if (w->n > 0) {
		w->ready = on_writable;
		list[w->index].events = POLLOUT;
	} else if (n == 0 || !nothing_yet()) {
		finish(w);
	}
}

static void on_call(struct watcher *w)
{
	int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		clients++;
		start(fd, on_readable);
	} else if (!nothing_yet() && errno != ECONNABORTED) {
		list[w->index].events = 0;
	}
}

static void on_signal(struct watcher *w)
{
	(void)w;
	running = 0;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	struct sockaddr_in6 address = {.sin6_family = AF_INET6};
	int on = 1, off = 0, fd;
	sigset_t ours;

	if (port < 0) {
		fprintf(stderr, "usage: server PORT\n");
		return 2;
	}
	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, NULL);
	address.sin6_port = htons((in_port_t)port);
	fd = Socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	Setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(fd, (struct sockaddr *)&address, sizeof address);
	Listen(fd, 16);
	door = start(fd, on_call);
	start(signalfd(-1, &ours, SFD_CLOEXEC), on_signal);
	while (running) {
		Poll(list, count, -1);
		for (size_t i = count; i-- > 0;)
			if (list[i].revents)
				watchers[i]->ready(watchers[i]);
	}
	printf("good bye\nserved %lu clients, %llu bytes\n", clients, total);
	return 0;
}
