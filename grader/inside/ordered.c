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
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define MUTEXES 1021

static pthread_mutex_t mutex[MUTEXES];

__attribute__((constructor)) static void make_mutexes(void)
{
	for (size_t i = 0; i < MUTEXES; i++)
		pthread_mutex_init(&mutex[i], NULL);
}

struct held {
	pthread_mutex_t *mutex;
	sigset_t before;
};

static struct held hold(uint64_t what)
{
	struct held h = {.mutex = &mutex[what % MUTEXES]};
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &h.before);
	pthread_mutex_lock(h.mutex);
	return h;
}

static void release(const struct held *h)
{
	pthread_mutex_unlock(h->mutex);
	pthread_sigmask(SIG_SETMASK, &h->before, NULL);
}

static struct held hold_address(const volatile void *p)
{
	return hold((uintptr_t)p / 16);
}

/* Come after all who have passed here before. */
static void pass(uint64_t what)
{
	int saved = errno;
	struct held h = hold(what);

	release(&h);
	errno = saved;
}

/* ---- atomic operations, by the names that the compiler calls them by ---- */

/* The names are the compiler's own, and it insists on types of its own. */
#define NAMED(name) __asm__(name)

#define OPERATION(type, size, name, before, after)                    \
	type name##_##size(volatile void *p, type v, int order)       \
		NAMED("__atomic_" #name "_" #size);                   \
	type name##_##size(volatile void *p, type v, int order)       \
	{                                                             \
		struct held h = hold_address(p);                      \
		type old = *(volatile type *)p, new = (type)(before); \
                                                                      \
		(void)order;                                          \
		(void)v;                                              \
		*(volatile type *)p = new;                            \
		release(&h);                                          \
		return after;                                         \
	}

#define OPERATIONS(type, size)                                                 \
	OPERATION(type, size, exchange, v, old)                                \
	OPERATION(type, size, fetch_add, old + v, old)                         \
	OPERATION(type, size, fetch_sub, old - v, old)                         \
	OPERATION(type, size, fetch_and, old &v, old)                          \
	OPERATION(type, size, fetch_or, old | v, old)                          \
	OPERATION(type, size, fetch_xor, old ^ v, old)                         \
	OPERATION(type, size, fetch_nand, ~(old & v), old)                     \
	OPERATION(type, size, add_fetch, old + v, new)                         \
	OPERATION(type, size, sub_fetch, old - v, new)                         \
	OPERATION(type, size, and_fetch, old &v, new)                          \
	OPERATION(type, size, or_fetch, old | v, new)                          \
	OPERATION(type, size, xor_fetch, old ^ v, new)                         \
	OPERATION(type, size, nand_fetch, ~(old & v), new)                     \
                                                                               \
	type load_##size(const volatile void *p, int order)                    \
		NAMED("__atomic_load_" #size);                                 \
	type load_##size(const volatile void *p, int order)                    \
	{                                                                      \
		struct held h = hold_address(p);                               \
		type v = *(const volatile type *)p;                            \
                                                                               \
		(void)order;                                                   \
		release(&h);                                                   \
		return v;                                                      \
	}                                                                      \
                                                                               \
	void store_##size(volatile void *p, type v, int order)                 \
		NAMED("__atomic_store_" #size);                                \
	void store_##size(volatile void *p, type v, int order)                 \
	{                                                                      \
		exchange_##size(p, v, order);                                  \
	}                                                                      \
                                                                               \
	bool compare_exchange_##size(volatile void *p, void *expected, type v, \
				     int success, int failure)                 \
		NAMED("__atomic_compare_exchange_" #size);                     \
	bool compare_exchange_##size(volatile void *p, void *expected, type v, \
				     int success, int failure)                 \
	{                                                                      \
		struct held h = hold_address(p);                               \
		bool same = *(volatile type *)p == *(type *)expected;          \
                                                                               \
		(void)success;                                                 \
		(void)failure;                                                 \
		if (same)                                                      \
			*(volatile type *)p = v;                               \
		else                                                           \
			*(type *)expected = *(volatile type *)p;               \
		release(&h);                                                   \
		return same;                                                   \
	}

__extension__ typedef unsigned __int128 uint128;

OPERATIONS(uint8_t, 1)
OPERATIONS(uint16_t, 2)
OPERATIONS(uint32_t, 4)
OPERATIONS(uint64_t, 8)
OPERATIONS(uint128, 16)

/* Objects of any other size, as a struct that is _Atomic. */
void load_n(size_t n, const void *p, void *to, int order)
	NAMED("__atomic_load");
void store_n(size_t n, void *p, const void *from, int order)
	NAMED("__atomic_store");
void exchange_n(size_t n, void *p, const void *from, void *to, int order)
	NAMED("__atomic_exchange");
bool compare_exchange_n(size_t n, void *p, void *expected, const void *from,
			int success, int failure)
	NAMED("__atomic_compare_exchange");

void load_n(size_t n, const void *p, void *to, int order)
{
	struct held h = hold_address(p);

	(void)order;
	memcpy(to, p, n);
	release(&h);
}

void store_n(size_t n, void *p, const void *from, int order)
{
	struct held h = hold_address(p);

	(void)order;
	memcpy(p, from, n);
	release(&h);
}

void exchange_n(size_t n, void *p, const void *from, void *to, int order)
{
	struct held h = hold_address(p);

	(void)order;
	memcpy(to, p, n);
	memcpy(p, from, n);
	release(&h);
}

bool compare_exchange_n(size_t n, void *p, void *expected, const void *from,
			int success, int failure)
{
	struct held h = hold_address(p);
	bool same = memcmp(p, expected, n) == 0;

	(void)success;
	(void)failure;
	memcpy(same ? p : expected, same ? from : p, n);
	release(&h);
	return same;
}

/* `name` goes on to the C library's function, which is looked up before main():
 * a signal handler may be the first to ask for it. */
#define NEXT(name)                                                 \
	static __typeof__(&(name)) next_##name;                    \
	__attribute__((constructor)) static void find_##name(void) \
	{                                                          \
		void *address = dlsym(RTLD_NEXT, #name);           \
                                                                   \
		memcpy(&next_##name, &address, sizeof(address));   \
	}

/* ---- what goes through the kernel ---- */

/* Who writes there has done so before who reads it.  Not so with a client's
 * connection: what it makes of an answer is its own business. */
static bool carries_order(int fd, uint64_t *what)
{
	struct stat about;
	struct sockaddr_storage address;
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

READER(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n))
READER(ssize_t, readv, (int fd, const struct iovec *v, int count),
       (fd, v, count))
READER(ssize_t, recv, (int fd, void *to, size_t n, int flags),
       (fd, to, n, flags))
READER(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
READER(int, eventfd_read, (int fd, eventfd_t *value), (fd, value))
WRITER(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n))
WRITER(ssize_t, writev, (int fd, const struct iovec *v, int count),
       (fd, v, count))
WRITER(ssize_t, send, (int fd, const void *from, size_t n, int flags),
       (fd, from, n, flags))
WRITER(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags),
       (fd, m, flags))
WRITER(int, eventfd_write, (int fd, eventfd_t value), (fd, value))

/* ---- threads and semaphores ---- */

struct life {
	void *(*routine)(void *);
	thrd_start_t c11; /* in its place, if thrd_create() was called */
	void *arg;
};

static void pass_on(void *unused)
{
	(void)unused;
	pass((uint64_t)pthread_self());
}

static void *live(void *arg)
{
	struct life l = *(struct life *)arg;
	void *result;

	free(arg);
	/* Also when it ends by pthread_exit(), or is cancelled. */
	pthread_cleanup_push(pass_on, NULL);
	result = l.routine ? l.routine(l.arg) : (void *)(intptr_t)l.c11(l.arg);
	pthread_cleanup_pop(1);
	return result;
}

static int live_c11(void *arg)
{
	return (int)(intptr_t)live(arg);
}

static struct life *new_life(struct life what)
{
	struct life *l = malloc(sizeof(*l));

	if (l)
		*l = what;
	return l;
}

NEXT(pthread_create)
int pthread_create(pthread_t *restrict thread,
		   const pthread_attr_t *restrict attr,
		   void *(*routine)(void *), void *restrict arg)
{
	struct life *l = new_life((struct life){routine, NULL, arg});
	int error = l ? next_pthread_create(thread, attr, live, l) : EAGAIN;

	if (error)
		free(l);
	return error;
}

NEXT(thrd_create)
int thrd_create(thrd_t *thread, thrd_start_t routine, void *arg)
{
	struct life *l = new_life((struct life){NULL, routine, arg});
	int r = l ? next_thrd_create(thread, live_c11, l) : thrd_nomem;

	if (r != thrd_success)
		free(l);
	return r;
}

/* `key` has been waited for if the result is `good`. */
#define WAITER(name, declared, passed, key, good) \
	NEXT(name)                                \
	int name declared                         \
	{                                         \
		int result = next_##name passed;  \
                                                  \
		if (result == (good))             \
			pass((uint64_t)(key));    \
		return result;                    \
	}

WAITER(thrd_join, (thrd_t thread, int *result_), (thread, result_), thread,
       (int)thrd_success)
WAITER(pthread_tryjoin_np, (pthread_t thread, void **result_),
       (thread, result_), thread, 0)
WAITER(pthread_timedjoin_np,
       (pthread_t thread, void **result_, const struct timespec *until),
       (thread, result_, until), thread, 0)
WAITER(pthread_clockjoin_np,
       (pthread_t thread, void **result_, clockid_t clock,
	const struct timespec *until),
       (thread, result_, clock, until), thread, 0)
WAITER(sem_trywait, (sem_t * semaphore), (semaphore), (uintptr_t)semaphore, 0)
WAITER(sem_timedwait,
       (sem_t *restrict semaphore, const struct timespec *restrict until),
       (semaphore, until), (uintptr_t)semaphore, 0)
WAITER(sem_clockwait,
       (sem_t *restrict semaphore, clockid_t clock,
	const struct timespec *restrict until),
       (semaphore, clock, until), (uintptr_t)semaphore, 0)

NEXT(sem_post)
int sem_post(sem_t *semaphore)
{
	pass((uintptr_t)semaphore);
	return next_sem_post(semaphore);
}
