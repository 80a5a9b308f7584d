/* SPDX-License-Identifier: MIT */
/* io.c - full reads and writes: EINTR and short counts, once and for all. */
#include "io.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interrupted.h"

ssize_t read_some(int fd, void *buf, size_t n)
{
	ssize_t got;

	do
		got = read(fd, buf, n);
	while (interrupted(got));
	return got;
}

ssize_t readn(int fd, void *buf, size_t n)
{
	char *p = buf;
	size_t done = 0;

	while (done < n) {
		ssize_t got = read_some(fd, p + done, n - done);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/* The part that write and send share. */
static int put_all(ssize_t (*put)(int, const void *, size_t), int fd,
		   const void *buf, size_t n)
{
	const char *p = buf;

	while (n > 0) {
		ssize_t put_now = put(fd, p, n);

		if (interrupted(put_now))
			continue;
		if (put_now == 0)
			errno = EIO; /* never seen; without this it would loop for ever */
		if (put_now <= 0)
			return -1;
		p += put_now;
		n -= (size_t)put_now;
	}
	return 0;
}

int writen(int fd, const void *buf, size_t n)
{
	return put_all(write, fd, buf, n);
}

static ssize_t send_quietly(int fd, const void *buf, size_t n)
{
	return send(fd, buf, n, MSG_NOSIGNAL);
}

int sendn(int fd, const void *buf, size_t n)
{
	return put_all(send_quietly, fd, buf, n);
}
