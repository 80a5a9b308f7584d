/* SPDX-License-Identifier: MIT */
/* wrap_socket.c - sockets; wrap.h tells the contract. */
#include "wrap_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>

#include "interrupted.h"
#include "sys_err.h"

int Socket(int domain, int type, int protocol)
{
	int fd = socket(domain, type, protocol);

	if (fd < 0)
		sys_err("socket");
	return fd;
}

void Bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (bind(fd, addr, len) < 0)
		sys_err("bind");
}

void Listen(int fd, int backlog)
{
	if (listen(fd, backlog) < 0)
		sys_err("listen");
}

/* The client's doing, none of ours: accept(2), "Error handling". */
static bool client_gave_up(int result)
{
	return result < 0 && (errno == ECONNABORTED || errno == EPROTO);
}

int Accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	int connected;

	do
		connected = accept(fd, addr, len);
	while (interrupted(connected) || client_gave_up(connected));
	if (connected < 0)
		sys_err("accept");
	return connected;
}

/* Wait until an interrupted connect has ended: well (0), ill (-1), or not yet
 * (-1 with EINTR). */
static int connect_ends(int fd)
{
	struct pollfd decided = {.fd = fd, .events = POLLOUT};
	int error;
	socklen_t len = sizeof(error);

	if (poll(&decided, 1, -1) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

static bool connected_now(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

/* A UNIX socket is the exception: interrupted while it waits for room in the
 * backlog, it has not begun to connect, and has to be asked again. */
void Connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	int result = connect(fd, addr, len);

	while (interrupted(result)) {
		result = connect_ends(fd);
		if (result == 0 && !connected_now(fd))
			result = connect(fd, addr, len);
	}
	if (result < 0)
		sys_err("connect");
}

void Setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (setsockopt(fd, level, name, value, len) < 0)
		sys_err("setsockopt");
}

void Getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (getsockname(fd, addr, len) < 0)
		sys_err("getsockname");
}

void Getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	if (getpeername(fd, addr, len) < 0)
		sys_err("getpeername");
}

void Shutdown(int fd, int how)
{
	if (shutdown(fd, how) < 0)
		sys_err("shutdown");
}

ssize_t Send(int fd, const void *buf, size_t n, int flags)
{
	ssize_t put;

	do
		put = send(fd, buf, n, flags);
	while (interrupted(put));
	if (put < 0)
		sys_err("send");
	return put;
}

ssize_t Recv(int fd, void *buf, size_t n, int flags)
{
	ssize_t got;

	do
		got = recv(fd, buf, n, flags);
	while (interrupted(got));
	if (got < 0)
		sys_err("recv");
	return got;
}

ssize_t Sendto(int fd, const void *buf, size_t n, int flags,
	       const struct sockaddr *addr, socklen_t len)
{
	ssize_t put;

	do
		put = sendto(fd, buf, n, flags, addr, len);
	while (interrupted(put));
	if (put < 0)
		sys_err("sendto");
	return put;
}

ssize_t Recvfrom(int fd, void *buf, size_t n, int flags, struct sockaddr *addr,
		 socklen_t *len)
{
	ssize_t got;

	do
		got = recvfrom(fd, buf, n, flags, addr, len);
	while (interrupted(got));
	if (got < 0)
		sys_err("recvfrom");
	return got;
}
