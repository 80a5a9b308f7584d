/* SPDX-License-Identifier: MIT */
/* io.h - full reads and writes: EINTR and short counts, once and for all. */
#ifndef COMMON_IO_H
#define COMMON_IO_H

#include <stddef.h>
#include <sys/types.h>

/*
 * read(2), write(2) and send(2) may move fewer bytes than asked (a short
 * count: a socket has only that much, a pipe has only so much room), and may
 * be interrupted by a signal before they moved any (EINTR).  Neither is an
 * error.  These four take care of both, for blocking descriptors.
 *
 * On failure they return -1 with errno set.  How many bytes had gone through
 * by then is not told: the stream has lost its place, and all that is left to
 * do is to close it.  On a non-blocking descriptor EAGAIN is such a failure;
 * there, keep count yourself with the bare calls.
 */

/* Read until n bytes are there.  Fewer are returned only at end of file. */
ssize_t readn(int fd, void *buf, size_t n);

/* Read once, up to n bytes of what is there.  0 is end of file. */
ssize_t read_some(int fd, void *buf, size_t n);

/* Write all n bytes and return 0.  On a pipe or socket that nobody reads any
 * more, SIGPIPE comes before the error EPIPE and by default ends the program. */
int writen(int fd, const void *buf, size_t n);

/* Send all n bytes on a connected socket and return 0.  With MSG_NOSIGNAL: a
 * peer that has gone is the error EPIPE or ECONNRESET, and never SIGPIPE. */
int sendn(int fd, const void *buf, size_t n);

#endif
