/* SPDX-License-Identifier: MIT */
/* witness_thread.c - the witness's wrappers for threads, and holding them back. */

/*
 * Theory of operation
 *
 * A server that hands each thread the address of one shared connfd works as
 * long as the thread looks before the next accept() stores into it.  ACT_HOLD
 * takes that luck away: the new thread begins in held(), which waits on a
 * futex for `accepts` to move, and only then calls the real start routine.
 *
 * `accepts` is moved not by accept() as it returns, but by the next recorded
 * call of the thread that accepted (most often the next pthread_create): a
 * thread woken earlier might still overtake the store of accept's result.
 *
 * What held() needs lies in an entry that is used once and never again, since
 * nothing orders the end of one use before the start of another (see the
 * remark on helgrind in witness.c).  After HELD of them threads start at once.
 */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HELD 1024

struct entry {
	void *(*routine)(void *);
	void *arg;
	uint32_t accepts; /* when the thread was created */
	uint64_t until;	  /* CLOCK_MONOTONIC, ns */
};

static struct entry entry[HELD];
static uint32_t entries_used;
static uint32_t accepts; /* the futex; of this process */
static uint32_t waiting; /* threads in it */
static __thread bool accepted __attribute__((tls_model("initial-exec")));

static uint32_t change(uint32_t *word, uint32_t by)
{
	return __atomic_fetch_add(word, by, __ATOMIC_SEQ_CST);
}

/* 0, or -1 with errno ETIMEDOUT, EAGAIN (it moved already), EINTR. */
static long wait_for_move(uint32_t from, uint64_t until)
{
	const struct timespec t = {.tv_sec = (time_t)(until / 1000000000u),
				   .tv_nsec = (long)(until % 1000000000u)};

	return syscall(SYS_futex, &accepts,
		       FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, from, &t, NULL,
		       FUTEX_BITSET_MATCH_ANY);
}

static void *held(void *arg)
{
	const struct entry *e = arg;
	int saved = errno;

	change(&waiting, 1);
	while (__atomic_load_n(&accepts, __ATOMIC_SEQ_CST) == e->accepts &&
	       (!wait_for_move(e->accepts, e->until) || errno == EINTR))
		;
	change(&waiting, UINT32_MAX); /* minus one */
	errno = saved;
	return e->routine(e->arg);
}

void witness_accepted(void)
{
	accepted = true;
}

void witness_moved_on(void)
{
	if (!accepted)
		return;
	accepted = false;
	change(&accepts, 1);
	if (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &accepts, FUTEX_WAKE | FUTEX_PRIVATE_FLAG,
			INT_MAX);
}

void witness_alone(void)
{
	__atomic_exchange_n(&waiting, 0, __ATOMIC_SEQ_CST);
}

/* An entry for a thread to be held, or NULL if they are used up. */
static struct entry *take_entry(void)
{
	uint32_t i = change(&entries_used, 1);

	if (i < HELD)
		return &entry[i];
	change(&entries_used, UINT32_MAX);
	return NULL;
}

int pthread_create(pthread_t *restrict thread,
		   const pthread_attr_t *restrict attr,
		   void *(*routine)(void *), void *restrict arg)
{
	int detached = PTHREAD_CREATE_JOINABLE, r;
	struct passage p;
	struct entry *e = NULL;

	if (attr)
		pthread_attr_getdetachstate(attr, &detached);
	p = witness_enter(CALL_THREAD, (int64_t)(intptr_t)routine,
			  detached == PTHREAD_CREATE_DETACHED, 0);
	if (p.action == ACT_FAIL)
		return witness_leave_code(&p, (int)p.arg);
	if (p.action == ACT_HOLD && !(e = take_entry()))
		witness_undo(&p);
	if (e)
		*e = (struct entry){routine, arg,
				    __atomic_load_n(&accepts, __ATOMIC_SEQ_CST),
				    witness_now() + p.arg * UINT64_C(1000)};
	r = e ? NEXT(pthread_create)(thread, attr, held, e)
	      : NEXT(pthread_create)(thread, attr, routine, arg);
	/* *thread may be gone by now: the new thread may have freed it. */
	return witness_leave_code(&p, r);
}

int pthread_join(pthread_t th, void **thread_return)
{
	struct passage p = witness_enter(CALL_JOIN, (int64_t)th, 0, 0);

	return witness_leave_code(
		&p, p.action == ACT_FAIL
			    ? (int)p.arg
			    : NEXT(pthread_join)(th, thread_return));
}

int pthread_detach(pthread_t th)
{
	struct passage p = witness_enter(CALL_JOIN, (int64_t)th, 1, 0);

	return witness_leave_code(&p, p.action == ACT_FAIL
					      ? (int)p.arg
					      : NEXT(pthread_detach)(th));
}
