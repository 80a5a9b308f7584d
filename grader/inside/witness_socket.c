/* SPDX-License-Identifier: MIT */
/* witness_socket.c - the witness's wrappers of the calls on sockets, and poll. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int socket(int domain, int type, int protocol)
{
	struct passage p = witness_enter(CALL_SOCKET, domain, type, protocol);
	int r = witness_fails(&p) ? -1 : NEXT(socket)(domain, type, protocol);

	return (int)witness_leave(&p, r);
}

static int leave_address(struct passage *p, int r, const void *address,
			 socklen_t n)
{
	if (p->event && witness_followed(p, r))
		witness_note(p, address, n);
	return (int)witness_leave(p, r);
}

int bind(int fd, __CONST_SOCKADDR_ARG addr, socklen_t n)
{
	struct passage p = witness_enter(CALL_BIND, fd, n, 0);
	int r = witness_fails(&p) ? -1 : NEXT(bind)(fd, addr, n);

	return leave_address(&p, r, addr.__sockaddr__, n);
}

int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t n)
{
	struct passage p = witness_enter(CALL_CONNECT, fd, n, 0);
	int r = witness_fails(&p) ? -1 : NEXT(connect)(fd, addr, n);

	return leave_address(&p, r, addr.__sockaddr__, n);
}

int listen(int fd, int n)
{
	struct passage p = witness_enter(CALL_LISTEN, fd, n, 0);
	int r = witness_fails(&p) ? -1 : NEXT(listen)(fd, n);

	return (int)witness_leave(&p, r);
}

/* ---- accept ---- */

/* Take a client and reset it: closing with unsent data thrown away does that
 * (SO_LINGER, socket(7)). */
static int abort_client(struct passage *p, int fd)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	int client =
		NEXT(accept4)(fd, (__SOCKADDR_ARG){NULL}, NULL, SOCK_CLOEXEC);

	if (client == -1) {
		witness_undo(p);
		return -1;
	}
	NEXT(setsockopt)
	(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	NEXT(close)(client);
	errno = ECONNABORTED;
	return -1;
}

static int leave_accept(struct passage *p, int r)
{
	r = (int)witness_leave(p, r);
	witness_accepted();
	return r;
}

int accept(int fd, __SOCKADDR_ARG addr, socklen_t *restrict addr_len)
{
	struct passage p = witness_enter(CALL_ACCEPT, fd, 0, 0);

	if (witness_fails(&p))
		return leave_accept(&p, -1);
	if (p.action == ACT_ABORT)
		return leave_accept(&p, abort_client(&p, fd));
	return leave_accept(&p, NEXT(accept)(fd, addr, addr_len));
}

int accept4(int fd, __SOCKADDR_ARG addr, socklen_t *restrict addr_len,
	    int flags)
{
	struct passage p = witness_enter(CALL_ACCEPT, fd, flags, 0);

	if (witness_fails(&p))
		return leave_accept(&p, -1);
	if (p.action == ACT_ABORT)
		return leave_accept(&p, abort_client(&p, fd));
	return leave_accept(&p, NEXT(accept4)(fd, addr, addr_len, flags));
}

/* ---- ends and options ---- */

int shutdown(int fd, int how)
{
	struct passage p = witness_enter(CALL_SHUTDOWN, fd, how, 0);
	int r = witness_fails(&p) ? -1 : NEXT(shutdown)(fd, how);

	return (int)witness_leave(&p, r);
}

static bool is_time_out(int level, int option, const void *value, socklen_t n)
{
	struct timeval t;

	if (level != SOL_SOCKET ||
	    (option != SO_RCVTIMEO && option != SO_SNDTIMEO) || n < sizeof(t))
		return false;
	memcpy(&t, value, sizeof(t));
	return t.tv_sec || t.tv_usec;
}

int setsockopt(int fd, int level, int optname, const void *optval, socklen_t n)
{
	struct passage p = witness_enter(CALL_SETSOCKOPT, fd, level, optname);
	int r = witness_fails(&p)
			? -1
			: NEXT(setsockopt)(fd, level, optname, optval, n);

	if (!r && optval) {
		if (is_time_out(level, optname, optval, n))
			witness_timed();
		witness_note(&p, optval, n);
	}
	return (int)witness_leave(&p, r);
}

/* ---- poll and kin ---- */

static int64_t milliseconds(int64_t seconds, int64_t nanoseconds)
{
	return seconds * 1000 + (nanoseconds + 999999) / 1000000;
}

static int64_t of_timespec(const struct timespec *t)
{
	return t ? milliseconds(t->tv_sec, t->tv_nsec) : -1;
}

static int pass_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	struct passage p = witness_enter(CALL_POLL, (int64_t)n, timeout, -1);
	int r = witness_fails(&p) ? -1 : NEXT(poll)(fds, n, timeout);

	return (int)witness_leave(&p, r);
}

static int pass_ppoll(struct pollfd *fds, nfds_t n,
		      const struct timespec *timeout, const sigset_t *mask)
{
	struct passage p =
		witness_enter(CALL_POLL, (int64_t)n, of_timespec(timeout), -1);
	int r = witness_fails(&p) ? -1 : NEXT(ppoll)(fds, n, timeout, mask);

	return (int)witness_leave(&p, r);
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

	return (int)witness_leave(&p, r);
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

	return (int)witness_leave(&p, r);
}

int epoll_wait(int fd, struct epoll_event *events, int maxevents, int timeout)
{
	struct passage p = witness_enter(CALL_POLL, maxevents, timeout, fd);
	int r = witness_fails(&p)
			? -1
			: NEXT(epoll_wait)(fd, events, maxevents, timeout);

	return (int)witness_leave(&p, r);
}

int epoll_pwait(int fd, struct epoll_event *events, int maxevents, int timeout,
		const sigset_t *ss)
{
	struct passage p = witness_enter(CALL_POLL, maxevents, timeout, fd);
	int r = witness_fails(&p)
			? -1
			: NEXT(epoll_pwait)(fd, events, maxevents, timeout, ss);

	return (int)witness_leave(&p, r);
}
