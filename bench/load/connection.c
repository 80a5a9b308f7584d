/* SPDX-License-Identifier: MIT */
/* connection.c - one connection: what it has sent, and whether that came back. */
#include "connection.h"

#include "pattern.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static unsigned char buffer[PATTERN_CHUNK];

static bool send_more(struct connection *c)
{
	while (c->sent < c->target) {
		uint64_t left = c->target - c->sent;
		ssize_t n = send(c->fd, pattern_at(c->number, c->sent),
				 left < PATTERN_CHUNK ? left : PATTERN_CHUNK,
				 MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN;
		c->sent += (uint64_t)n;
	}
	return true;
}

bool connection_begin(struct connection *c, uint64_t bytes, uint64_t now)
{
	c->state = BUSY;
	c->began_ns = now;
	c->target += bytes;
	return send_more(c);
}

bool connection_leave(struct connection *c)
{
	c->state = LEAVING;
	return shutdown(c->fd, SHUT_WR) == 0;
}

/* errno becomes that of the connect(2) that went on in the kernel. */
static enum news end_of_connecting(struct connection *c, uint32_t events)
{
	socklen_t length = sizeof errno;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &errno, &length) < 0 ||
	    errno != 0)
		return LOST;
	if (!(events & EPOLLOUT))
		return NOTHING_YET;
	c->state = IDLE;
	return CONNECTED;
}

static uint64_t count_wrong(const unsigned char *expected, size_t n,
			    size_t *first)
{
	uint64_t wrong = 0;

	for (size_t i = n; i-- > 0;)
		if (buffer[i] != expected[i]) {
			*first = i;
			wrong++;
		}
	return wrong;
}

/* Of the n bytes in the buffer those from `first` on are wrong. */
static void note(struct wrong *w, const struct connection *c, size_t first,
		 size_t n)
{
	w->offset = c->received + first;
	w->n = n - first < sizeof w->seen ? n - first : sizeof w->seen;
	memcpy(w->seen, buffer + first, w->n);
}

/* More than was sent cannot come back; what was sent must. */
static bool all_right(const struct connection *c, size_t n, struct wrong *w)
{
	const unsigned char *expected = pattern_at(c->number, c->received);
	uint64_t due = c->sent - c->received;
	size_t first = 0;

	if (n <= due && memcmp(buffer, expected, n) == 0)
		return true;

	size_t compared = n < due ? n : (size_t)due;
	*w = (struct wrong){.bytes = count_wrong(expected, compared, &first)};
	w->unasked = w->bytes == 0;
	if (w->unasked)
		first = compared;
	w->bytes += n - compared;
	note(w, c, first, n);
	return false;
}

/* The server is not to close before its client does. */
static enum news end_of_file(const struct connection *c)
{
	if (c->state == LEAVING && c->received == c->target)
		return ENDED;
	errno = 0;
	return LOST;
}

static enum news receive(struct connection *c, uint32_t events,
			 struct wrong *wrong)
{
	bool ends = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);

	for (;;) {
		ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);

		if (n == 0)
			return end_of_file(c);
		if (n < 0)
			return errno == EAGAIN ? NOTHING_YET : LOST;
		if (!all_right(c, (size_t)n, wrong))
			return WRONG;
		c->received += (uint64_t)n;
		/* A short count says that there is no more, but not whether it
		 * is followed by the end. */
		if ((size_t)n < sizeof buffer && !ends)
			return NOTHING_YET;
	}
}

enum news connection_go_on(struct connection *c, uint32_t events,
			   struct wrong *wrong)
{
	if (c->state == CONNECTING)
		return end_of_connecting(c, events);
	if (c->sent < c->target && !send_more(c))
		return LOST;

	enum news news = receive(c, events, wrong);
	if (news == NOTHING_YET && c->state == BUSY &&
	    c->received == c->target) {
		c->state = IDLE;
		return ROUND_TRIP;
	}
	return news;
}
