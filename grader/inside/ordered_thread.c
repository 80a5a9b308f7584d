/* SPDX-License-Identifier: MIT */
/* ordered_thread.c - the ends of threads, and semaphores, however they are waited for */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#include "ordered.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

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
int thrd_create(thrd_t *thr, thrd_start_t func, void *arg)
{
	struct life *l = new_life((struct life){NULL, func, arg});
	int r = l ? next_thrd_create(thr, live_c11, l) : thrd_nomem;

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

WAITER(thrd_join, (thrd_t thr, int *res), (thr, res), thr, (int)thrd_success)
WAITER(pthread_tryjoin_np, (pthread_t th, void **thread_return),
       (th, thread_return), th, 0)
WAITER(pthread_timedjoin_np,
       (pthread_t th, void **thread_return, const struct timespec *abstime),
       (th, thread_return, abstime), th, 0)
WAITER(pthread_clockjoin_np,
       (pthread_t th, void **thread_return, clockid_t clockid,
	const struct timespec *abstime),
       (th, thread_return, clockid, abstime), th, 0)
WAITER(sem_trywait, (sem_t * sem), (sem), (uintptr_t)sem, 0)
WAITER(sem_timedwait,
       (sem_t *restrict sem, const struct timespec *restrict abstime),
       (sem, abstime), (uintptr_t)sem, 0)
WAITER(sem_clockwait,
       (sem_t *restrict sem, clockid_t clock,
	const struct timespec *restrict abstime),
       (sem, clock, abstime), (uintptr_t)sem, 0)

NEXT(sem_post)
int sem_post(sem_t *sem)
{
	pass((uintptr_t)sem);
	return next_sem_post(sem);
}
