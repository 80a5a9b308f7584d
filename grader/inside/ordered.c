/* SPDX-License-Identifier: MIT */
/* ordered.c - tells helgrind of what orders threads, where it does not know by itself */

/*
 * Theory of operation
 *
 * helgrind reports two accesses of which nothing says which comes first.  It
 * knows the order that mutexes, semaphores and pthread_join() make.  It does not
 * know C11's atomic operations, nor that what is read from a pipe was written
 * before, nor the rarer ways to wait for a semaphore or for a thread's end.
 * Programs that rest on these are right, and would be accused all the same.
 *
 * So a submission that is to run under helgrind is compiled with
 * -fno-inline-atomics (and without __sync_*, run.c), which makes a call of each
 * atomic operation, and linked with this.  Here each is made under a mutex that
 * belongs to its address, which is an order that helgrind does know.  For the
 * others such a mutex is taken and given back by who comes first (before a
 * write, a sem_post, at a thread's end), and by who comes after it.
 *
 * Signals wait for as long as such a mutex is held, or an atomic operation in a
 * handler might meet the one that it has interrupted.  The mutexes are fewer
 * than the addresses.  Two that share one are seen as more ordered than they
 * are: a race may go unnoticed by it, but no program is accused.
 */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#include "ordered.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MUTEXES 1021

static pthread_mutex_t mutex[MUTEXES];

__attribute__((constructor)) static void make_mutexes(void)
{
	for (size_t i = 0; i < MUTEXES; i++)
		pthread_mutex_init(&mutex[i], NULL);
}

struct held hold(uint64_t what)
{
	struct held h = {.mutex = &mutex[what % MUTEXES]};
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &h.before);
	pthread_mutex_lock(h.mutex);
	return h;
}

void release(const struct held *h)
{
	pthread_mutex_unlock(h->mutex);
	pthread_sigmask(SIG_SETMASK, &h->before, NULL);
}

struct held hold_address(const volatile void *p)
{
	return hold((uintptr_t)p / 16);
}

void pass(uint64_t what)
{
	int saved = errno;
	struct held h = hold(what);

	release(&h);
	errno = saved;
}

/* ---- what goes through the kernel ---- */

/* Who writes there has done so before who reads it.  Not so with a client's
 * connection: what it makes of an answer is its own business. */
static bool carries_order(int fd, uint64_t *what)
{
	struct stat about;
	struct sockaddr_storage address = {0};
	socklen_t size = sizeof(address);

	if (fstat(fd, &about) < 0 || S_ISREG(about.st_mode) ||
	    S_ISCHR(about.st_mode))
		return false;
	/* A pair of sockets is two objects: take them all for one. */
	*what = S_ISSOCK(about.st_mode) ? 0 : about.st_ino;
	return !S_ISSOCK(about.st_mode) ||
	       (getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
		address.ss_family == AF_UNIX);
}

static void pass_by(int fd)
{
	int saved = errno;
	uint64_t what;

	if (carries_order(fd, &what))
		pass(what);
	errno = saved;
}

#define READER(type, name, declared, passed)      \
	NEXT(name)                                \
	type name declared                        \
	{                                         \
		type result = next_##name passed; \
                                                  \
		pass_by(fd);                      \
		return result;                    \
	}

#define WRITER(type, name, declared, passed) \
	NEXT(name)                           \
	type name declared                   \
	{                                    \
		pass_by(fd);                 \
		return next_##name passed;   \
	}

READER(ssize_t, read, (int fd, void *buf, size_t nbytes), (fd, buf, nbytes))
READER(ssize_t, readv, (int fd, const struct iovec *iovec, int count),
       (fd, iovec, count))
READER(ssize_t, recv, (int fd, void *buf, size_t n, int flags),
       (fd, buf, n, flags))
READER(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags),
       (fd, message, flags))
READER(int, eventfd_read, (int fd, eventfd_t *value), (fd, value))
WRITER(ssize_t, write, (int fd, const void *buf, size_t n), (fd, buf, n))
WRITER(ssize_t, writev, (int fd, const struct iovec *iovec, int count),
       (fd, iovec, count))
WRITER(ssize_t, send, (int fd, const void *buf, size_t n, int flags),
       (fd, buf, n, flags))
WRITER(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
       (fd, message, flags))
WRITER(int, eventfd_write, (int fd, eventfd_t value), (fd, value))
