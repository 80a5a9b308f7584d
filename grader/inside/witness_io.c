/* SPDX-License-Identifier: MIT */
/* witness_io.c - the witness's wrappers of everything that reads or writes. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- plain buffers ---- */

static struct passage enter(enum witness_call call, int fd, size_t n,
			    int64_t flags)
{
	return witness_enter(call, fd, (int64_t)n, flags);
}

static size_t cut(const struct passage *p, size_t n)
{
	if (p->action == ACT_HALF)
		return n - n / 2;
	return p->action == ACT_ONE && n > 1 ? 1 : n;
}

/* MSG_TRUNC makes a read tell of bytes that it did not store. */
static ssize_t leave(struct passage *p, ssize_t r, const void *buf, int flags)
{
	if (r > 0 && !(flags & MSG_TRUNC))
		witness_note(p, buf, (size_t)r);
	return (ssize_t)witness_leave(p, r);
}

static ssize_t leave_read(struct passage *p, ssize_t r, const void *buf,
			  int flags)
{
	if (r > 0)
		witness_has_read();
	return leave(p, r, buf, flags);
}

static ssize_t pass_read(int fd, void *buf, size_t n)
{
	struct passage p = enter(CALL_READ, fd, n, WITHOUT_FLAGS);
	ssize_t r = witness_fails(&p) ? -1 : NEXT(read)(fd, buf, cut(&p, n));

	return leave_read(&p, r, buf, 0);
}

static ssize_t pass_recv(int fd, void *buf, size_t n, int flags)
{
	struct passage p = enter(CALL_READ, fd, n, flags);
	ssize_t r =
		witness_fails(&p) ? -1 : NEXT(recv)(fd, buf, cut(&p, n), flags);

	return leave_read(&p, r, buf, flags);
}

static ssize_t pass_recvfrom(int fd, void *buf, size_t n, int flags,
			     __SOCKADDR_ARG from, socklen_t *from_n)
{
	struct passage p = enter(CALL_READ, fd, n, flags);
	ssize_t r = witness_fails(&p) ? -1
				      : NEXT(recvfrom)(fd, buf, cut(&p, n),
						       flags, from, from_n);

	return leave_read(&p, r, buf, flags);
}

ssize_t read(int fd, void *buf, size_t nbytes)
{
	return pass_read(fd, buf, nbytes);
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	return pass_recv(fd, buf, n, flags);
}

ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags,
		 __SOCKADDR_ARG addr, socklen_t *restrict addr_len)
{
	return pass_recvfrom(fd, buf, n, flags, addr, addr_len);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	struct passage p = enter(CALL_WRITE, fd, n, WITHOUT_FLAGS);
	ssize_t r = witness_fails(&p) ? -1 : NEXT(write)(fd, buf, cut(&p, n));

	return leave(&p, r, buf, 0);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	struct passage p = enter(CALL_WRITE, fd, n, flags);
	ssize_t r =
		witness_fails(&p) ? -1 : NEXT(send)(fd, buf, cut(&p, n), flags);

	return leave(&p, r, buf, 0);
}

ssize_t sendto(int fd, const void *buf, size_t n, int flags,
	       __CONST_SOCKADDR_ARG addr, socklen_t addr_len)
{
	struct passage p = enter(CALL_WRITE, fd, n, flags);
	ssize_t r = witness_fails(&p) ? -1
				      : NEXT(sendto)(fd, buf, cut(&p, n), flags,
						     addr, addr_len);

	return leave(&p, r, buf, 0);
}

ssize_t sendfile(int out_fd, int in_fd, off_t *offset, size_t count)
{
	struct passage p = enter(CALL_WRITE, out_fd, count, WITHOUT_FLAGS);
	ssize_t r = witness_fails(&p) ? -1
				      : NEXT(sendfile)(out_fd, in_fd, offset,
						       cut(&p, count));

	return (ssize_t)witness_leave(&p, r);
}

ssize_t sendfile64(int out_fd, int in_fd, off64_t *offset, size_t count)
{
	struct passage p = enter(CALL_WRITE, out_fd, count, WITHOUT_FLAGS);
	ssize_t r = witness_fails(&p) ? -1
				      : NEXT(sendfile64)(out_fd, in_fd, offset,
							 cut(&p, count));

	return (ssize_t)witness_leave(&p, r);
}

/* ---- what fortified headers make of them ---- */

/* They pass the buffer's size too, and abort before reading more than fits.
 * That stays the C library's to say: it is asked with what the program said. */
ssize_t __read_chk(int fd, void *buf, size_t n, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t n, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t n, size_t room,
		       int flags, __SOCKADDR_ARG from,
		       socklen_t *restrict from_n);

ssize_t __read_chk(int fd, void *buf, size_t n, size_t room)
{
	return n > room ? NEXT(__read_chk)(fd, buf, n, room)
			: pass_read(fd, buf, n);
}

ssize_t __recv_chk(int fd, void *buf, size_t n, size_t room, int flags)
{
	return n > room ? NEXT(__recv_chk)(fd, buf, n, room, flags)
			: pass_recv(fd, buf, n, flags);
}

ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t n, size_t room,
		       int flags, __SOCKADDR_ARG from,
		       socklen_t *restrict from_n)
{
	return n > room ? NEXT(__recvfrom_chk)(fd, buf, n, room, flags, from,
					       from_n)
			: pass_recvfrom(fd, buf, n, flags, from, from_n);
}

/* ---- vectors ---- */

/* Enough to shorten; a vector that is longer still ends after these: a short
 * count as good as any. */
#define FEW 64

struct vector {
	const struct iovec *iov;
	size_t n;
};

static size_t total(struct vector v)
{
	size_t sum = 0;

	for (size_t i = 0; i < v.n && i < IOV_MAX; i++)
		sum += v.iov[i].iov_len;
	return sum;
}

/* The vector that a rule leaves of v: v itself, or `few`, made from its head.
 * Looked at before the call only if there is such a rule: the kernel, which
 * has not seen it yet, would be kinder to a wild pointer. */
static struct vector cut_vector(const struct passage *p, struct vector v,
				struct iovec few[FEW])
{
	size_t left, i;

	if ((p->action != ACT_HALF && p->action != ACT_ONE) || !v.iov || !v.n ||
	    v.n > IOV_MAX)
		return v;
	left = cut(p, total(v));
	for (i = 0; i < v.n && i < FEW && left; i++) {
		few[i] = v.iov[i];
		if (few[i].iov_len > left)
			few[i].iov_len = left;
		left -= few[i].iov_len;
	}
	/* 0 bytes would be an end of file that is none. */
	return total((struct vector){few, i}) ? (struct vector){few, i} : v;
}

/* The count asked for, and the head of the `stored` bytes that went through. */
static void note_vector(struct passage *p, struct vector v, ssize_t stored)
{
	uint8_t head[WITNESS_BYTES];
	size_t n = 0, most = stored > 0 ? (size_t)stored : 0;

	if (most > sizeof(head))
		most = sizeof(head);
	for (size_t i = 0; i < v.n && n < most; i++) {
		size_t part = v.iov[i].iov_len < most - n ? v.iov[i].iov_len
							  : most - n;

		if (part)
			memcpy(head + n, v.iov[i].iov_base, part);
		n += part;
	}
	witness_set(p, 1, (int64_t)total(v));
	witness_note(p, head, n);
}

static ssize_t leave_vector(struct passage *p, ssize_t r, struct vector v)
{
	if (p->event && witness_followed(p, r))
		note_vector(p, v, r);
	return (ssize_t)witness_leave(p, r);
}

ssize_t readv(int fd, const struct iovec *iovec, int count)
{
	struct passage p = witness_enter(CALL_READ, fd, -1, WITHOUT_FLAGS);
	struct iovec few[FEW];
	struct vector all = {iovec, count > 0 ? (size_t)count : 0};
	struct vector v = cut_vector(&p, all, few);
	ssize_t r = witness_fails(&p)
			    ? -1
			    : NEXT(readv)(fd, v.iov, v.n ? (int)v.n : count);

	if (r > 0)
		witness_has_read();
	return leave_vector(&p, r, all);
}

ssize_t writev(int fd, const struct iovec *iovec, int count)
{
	struct passage p = witness_enter(CALL_WRITE, fd, -1, WITHOUT_FLAGS);
	struct iovec few[FEW];
	struct vector all = {iovec, count > 0 ? (size_t)count : 0};
	struct vector v = cut_vector(&p, all, few);
	ssize_t r = witness_fails(&p)
			    ? -1
			    : NEXT(writev)(fd, v.iov, v.n ? (int)v.n : count);

	return leave_vector(&p, r, all);
}

/* A message is used as it is, unless its vector was cut: then as a copy. */
static bool cut_message(const struct passage *p, const struct msghdr *m,
			struct msghdr *copy, struct iovec few[FEW])
{
	struct vector v;

	if ((p->action != ACT_HALF && p->action != ACT_ONE) || !m)
		return false;
	v = cut_vector(p, (struct vector){m->msg_iov, m->msg_iovlen}, few);
	if (v.iov != few)
		return false;
	*copy = *m;
	copy->msg_iov = few;
	copy->msg_iovlen = v.n;
	return true;
}

static ssize_t leave_message(struct passage *p, ssize_t r,
			     const struct msghdr *m, int flags)
{
	if (p->event && witness_followed(p, r))
		note_vector(p, (struct vector){m->msg_iov, m->msg_iovlen},
			    flags & MSG_TRUNC ? 0 : r);
	return (ssize_t)witness_leave(p, r);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	struct passage p = witness_enter(CALL_READ, fd, -1, flags);
	struct iovec few[FEW];
	struct msghdr copy;
	bool shorter = cut_message(&p, message, &copy, few);
	ssize_t r =
		witness_fails(&p)
			? -1
			: NEXT(recvmsg)(fd, shorter ? &copy : message, flags);

	if (shorter && r != -1) {
		message->msg_namelen = copy.msg_namelen;
		message->msg_controllen = copy.msg_controllen;
		message->msg_flags = copy.msg_flags;
	}
	if (r > 0)
		witness_has_read();
	return leave_message(&p, r, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct passage p = witness_enter(CALL_WRITE, fd, -1, flags);
	struct iovec few[FEW];
	struct msghdr copy;
	bool shorter = cut_message(&p, message, &copy, few);
	ssize_t r =
		witness_fails(&p)
			? -1
			: NEXT(sendmsg)(fd, shorter ? &copy : message, flags);

	return leave_message(&p, r, message, 0);
}
