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
