/* SPDX-License-Identifier: MIT */
/* libevent.c - the echo server on libevent's raw events: one of the peers to be measured beside. */

/*
 * What is chosen here, and why: raw events and calls of our own, since
 * bufferevents copy everything twice; one buffer for all clients; send() at once,
 * and EV_WRITE only for what is left over.  `EVENT_NOEPOLL=1 libevent PORT` makes
 * the library use poll(2) in place of epoll(7).
 */

#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_BYTES = 4096 };

struct client {
	struct event event; /* EV_READ, or EV_WRITE while bytes are pending */
	char *bytes;	    /* these: NULL while there are none */
	size_t from, to;
};

static void on_ready(evutil_socket_t fd, short what, void *arg);

static bool not_now(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void hang_up(struct client *c)
{
	evutil_socket_t fd = event_get_fd(&c->event);

	event_del(&c->event);
	Close(fd);
	free(c->bytes);
	free(c);
}

static void look_for(struct client *c, short what)
{
	struct event_base *base = event_get_base(&c->event);
	evutil_socket_t fd = event_get_fd(&c->event);

	event_del(&c->event);
	event_assign(&c->event, base, fd, what | EV_PERSIST, on_ready, c);
	event_add(&c->event, NULL);
}

/* Receive once, and send it back; false when the client is done with. */
static bool echo(struct client *c, int fd)
{
	static char buffer[BUFFER_BYTES];
	ssize_t n = recv(fd, buffer, sizeof buffer, 0), sent;

	if (n <= 0)
		return n < 0 && not_now();
	sent = send(fd, buffer, (size_t)n, MSG_NOSIGNAL);
	if (sent < 0 && !not_now())
		return false;
	if (sent < 0)
		sent = 0;
	if (sent < n) {
		c->from = 0;
		c->to = (size_t)(n - sent);
		c->bytes = Malloc(c->to);
		memcpy(c->bytes, buffer + sent, c->to);
		look_for(c, EV_WRITE);
	}
	return true;
}

static bool send_pending(struct client *c, int fd)
{
	ssize_t n = send(fd, c->bytes + c->from, c->to - c->from, MSG_NOSIGNAL);

	if (n < 0)
		return not_now();
	c->from += (size_t)n;
	if (c->from == c->to) {
		free(c->bytes);
		c->bytes = NULL;
		look_for(c, EV_READ);
	}
	return true;
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	if (!(what & EV_WRITE ? send_pending(c, fd) : echo(c, fd)))
		hang_up(c);
}

static void on_client(struct evconnlistener *listener, evutil_socket_t fd,
		      struct sockaddr *peer, int peer_size, void *unused)
{
	struct client *c = Calloc(1, sizeof *c);

	(void)peer, (void)peer_size, (void)unused;
	event_assign(&c->event, evconnlistener_get_base(listener), fd,
		     EV_READ | EV_PERSIST, on_ready, c);
	event_add(&c->event, NULL);
}

static void on_sigterm(evutil_socket_t signo, short what, void *base)
{
	(void)signo, (void)what;
	event_base_loopbreak(base);
}

static void serve(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	struct event_base *base = event_base_new();
	struct event *sigterm = evsignal_new(base, SIGTERM, on_sigterm, base);

	evsignal_add(sigterm, NULL);
	struct evconnlistener *listener = evconnlistener_new_bind(
		base, on_client, NULL,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, SOMAXCONN,
		(struct sockaddr *)&address, sizeof address);
	if (listener == NULL)
		sys_err("evconnlistener_new_bind");
	event_base_dispatch(base);
	evconnlistener_free(listener);
	event_free(sigterm);
	event_base_free(base);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: libevent PORT, a number from 1 to 65535\n",
		      stderr);
		return 2;
	}
	serve(port);
	return 0;
}
