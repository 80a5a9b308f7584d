/* SPDX-License-Identifier: MIT */
/* witness_socket.c - the witness's wrappers of the calls on sockets. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
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
 * (SO_LINGER, socket(7)).  False if there was none. */
static bool reset_client(struct passage *p, int fd)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	int client =
		NEXT(accept4)(fd, (__SOCKADDR_ARG){NULL}, NULL, SOCK_CLOEXEC);

	if (client == -1) {
		witness_undo(p);
		return false;
	}
	NEXT(setsockopt)
	(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	NEXT(close)(client);
	errno = ECONNABORTED;
	return true;
}

/* A client is to give up; true if the call fails with that. */
static bool gives_up(struct passage *p, int fd)
{
	bool gave_up;

	if (p->action != ACT_ABORT && p->action != ACT_VANISH)
		return false;
	gave_up = reset_client(p, fd);
	return !gave_up || p->action == ACT_ABORT;
}

static void note_peer(struct passage *p, int client)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} peer;
	socklen_t n = sizeof(peer);
	int before = errno;

	if (client >= 0 && p->event && getpeername(client, &peer.any, &n) == 0)
		witness_note(p, &peer, n < sizeof(peer) ? n : sizeof(peer));
	errno = before;
}

static int leave_accept(struct passage *p, int r)
{
	note_peer(p, r);
	r = (int)witness_leave(p, r);
	witness_accepted();
	return r;
}

int accept(int fd, __SOCKADDR_ARG addr, socklen_t *restrict addr_len)
{
	struct passage p = witness_enter(CALL_ACCEPT, fd, 0, 0);

	if (witness_fails(&p) || gives_up(&p, fd))
		return leave_accept(&p, -1);
	return leave_accept(&p, NEXT(accept)(fd, addr, addr_len));
}

int accept4(int fd, __SOCKADDR_ARG addr, socklen_t *restrict addr_len,
	    int flags)
{
	struct passage p = witness_enter(CALL_ACCEPT, fd, flags, 0);

	if (witness_fails(&p) || gives_up(&p, fd))
		return leave_accept(&p, -1);
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
