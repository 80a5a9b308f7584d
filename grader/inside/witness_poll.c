/* SPDX-License-Identifier: MIT */
/* witness_poll.c - the witness's wrappers of poll and its kin. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

static int64_t milliseconds(int64_t seconds, int64_t nanoseconds)
{
	return seconds * 1000 + (nanoseconds + 999999) / 1000000;
}

static int64_t of_timespec(const struct timespec *t)
{
	return t ? milliseconds(t->tv_sec, t->tv_nsec) : -1;
}

/* Of those that were ready the first few, which fit into the record. */
struct ready {
	size_t n;
	struct pollfd one[WITNESS_BYTES / sizeof(struct pollfd)];
};

/* False when it is full. */
static bool add_ready(struct ready *r, struct pollfd one)
{
	if (one.revents)
		r->one[r->n++] = one;
	return r->n < sizeof(r->one) / sizeof(*r->one);
}

static int leave_ready(struct passage *p, int r, const struct ready *ready)
{
	if (r > 0)
		witness_note(p, ready->one, ready->n * sizeof(*ready->one));
	return (int)witness_leave(p, r);
}

static int leave_poll(struct passage *p, int r, const struct pollfd *fds,
		      nfds_t n)
{
	struct ready ready = {0};

	for (nfds_t i = 0; p->event && r > 0 && i < n; i++)
		if (!add_ready(&ready, fds[i]))
			break;
	return leave_ready(p, r, &ready);
}

static int leave_select(struct passage *p, int r, int n,
			const fd_set *const sets[3])
{
	static const short meaning[3] = {POLLIN, POLLOUT, POLLPRI};
	struct ready ready = {0};

	for (int fd = 0; p->event && r > 0 && fd < n; fd++) {
		struct pollfd one = {.fd = fd};

		for (int i = 0; i < 3; i++)
			if (sets[i] && FD_ISSET(fd, sets[i]))
				one.revents |= meaning[i];
		if (!add_ready(&ready, one))
			break;
	}
	return leave_ready(p, r, &ready);
}

/* The bits of epoll are those of poll; what its events belong to, only the
 * program knows. */
static int leave_epoll(struct passage *p, int r,
		       const struct epoll_event *events)
{
	struct ready ready = {0};

	for (int i = 0; p->event && i < r; i++) {
		struct pollfd one = {.fd = -1,
				     .revents = (short)events[i].events};

		if (!add_ready(&ready, one))
			break;
	}
	return leave_ready(p, r, &ready);
}

static int pass_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct passage p = witness_enter(CALL_POLL, (int64_t)n, timeout, -1);
	int r = witness_fails(&p) ? -1 : NEXT(poll)(fds, n, timeout);

	return leave_poll(&p, r, fds, n);
}

static int pass_ppoll(struct pollfd *fds, nfds_t n,
		      const struct timespec *timeout, const sigset_t *mask)
{
	struct passage p =
		witness_enter(CALL_POLL, (int64_t)n, of_timespec(timeout), -1);
	int r = witness_fails(&p) ? -1 : NEXT(ppoll)(fds, n, timeout, mask);

	return leave_poll(&p, r, fds, n);
}

int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
	return pass_poll(fds, nfds, timeout);
}

int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout,
	  const sigset_t *ss)
{
	return pass_ppoll(fds, nfds, timeout, ss);
}

/* What fortified headers make of them; see witness_io.c. */
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		const sigset_t *mask, size_t room);

int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	return n > room / sizeof(*fds) ? NEXT(__poll_chk)(fds, n, timeout, room)
				       : pass_poll(fds, n, timeout);
}

int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		const sigset_t *mask, size_t room)
{
	return n > room / sizeof(*fds)
		       ? NEXT(__ppoll_chk)(fds, n, timeout, mask, room)
		       : pass_ppoll(fds, n, timeout, mask);
}

int select(int nfds, fd_set *restrict readfds, fd_set *restrict writefds,
	   fd_set *restrict exceptfds, struct timeval *restrict timeout)
{
	int64_t wait =
		timeout ? milliseconds(timeout->tv_sec, timeout->tv_usec * 1000)
			: -1;
	struct passage p = witness_enter(CALL_POLL, nfds, wait, -1);
	int r = witness_fails(&p) ? -1
				  : NEXT(select)(nfds, readfds, writefds,
						 exceptfds, timeout);
	const fd_set *const sets[] = {readfds, writefds, exceptfds};

	return leave_select(&p, r, nfds, sets);
}

int pselect(int nfds, fd_set *restrict readfds, fd_set *restrict writefds,
	    fd_set *restrict exceptfds, const struct timespec *restrict timeout,
	    const sigset_t *restrict mask)
{
	struct passage p =
		witness_enter(CALL_POLL, nfds, of_timespec(timeout), -1);
	int r = witness_fails(&p) ? -1
				  : NEXT(pselect)(nfds, readfds, writefds,
						  exceptfds, timeout, mask);
	const fd_set *const sets[] = {readfds, writefds, exceptfds};

	return leave_select(&p, r, nfds, sets);
}

int epoll_wait(int fd, struct epoll_event *events, int maxevents, int timeout)
{
	struct passage p = witness_enter(CALL_POLL, maxevents, timeout, fd);
	int r = witness_fails(&p)
			? -1
			: NEXT(epoll_wait)(fd, events, maxevents, timeout);

	return leave_epoll(&p, r, events);
}

int epoll_pwait(int fd, struct epoll_event *events, int maxevents, int timeout,
		const sigset_t *ss)
{
	struct passage p = witness_enter(CALL_POLL, maxevents, timeout, fd);
	int r = witness_fails(&p)
			? -1
			: NEXT(epoll_pwait)(fd, events, maxevents, timeout, ss);

	return leave_epoll(&p, r, events);
}
