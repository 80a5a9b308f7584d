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
 * A write that is held waits in the same way, for `reads`: a thread that has read
 * something moves it with its next call.  By then it has done what it does to a
 * buffer, and whoever shares that buffer sends it now.
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
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define HELD 1024

struct entry {
	void *(*routine)(void *);
	thrd_start_t c11; /* in its place, if thrd_create() was called */
	void *arg;
	uint32_t accepts; /* when the thread was created */
	uint64_t until;	  /* CLOCK_MONOTONIC, ns */
};

static struct entry entry[HELD];
static uint32_t entries_used;

/* What is waited for, in this process. */
struct happening {
	uint32_t times;	  /* it has happened; the futex */
	uint32_t waiting; /* threads in it */
};

static struct happening accepts, reads;
static __thread bool accepted __attribute__((tls_model("initial-exec")));
static __thread bool has_read __attribute__((tls_model("initial-exec")));

static uint32_t change(uint32_t *word, uint32_t by)
{
	return __atomic_fetch_add(word, by, __ATOMIC_SEQ_CST);
}

static uint32_t look(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* 0, or -1 with errno ETIMEDOUT, EAGAIN (it moved already), EINTR. */
static long wait_for_move(uint32_t *word, uint32_t from, uint64_t until)
{
	const struct timespec t = {.tv_sec = (time_t)(until / 1000000000u),
				   .tv_nsec = (long)(until % 1000000000u)};

	return syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG,
		       from, &t, NULL, FUTEX_BITSET_MATCH_ANY);
}

static void await(struct happening *h, uint32_t from, uint64_t until)
{
	int saved = errno;

	change(&h->waiting, 1);
	while (look(&h->times) == from &&
	       (!wait_for_move(&h->times, from, until) || errno == EINTR))
		;
	change(&h->waiting, UINT32_MAX); /* minus one */
	errno = saved;
}

static void announce(struct happening *h)
{
	change(&h->times, 1);
	if (look(&h->waiting))
		syscall(SYS_futex, &h->times, FUTEX_WAKE | FUTEX_PRIVATE_FLAG,
			INT_MAX);
}

static void *held(void *arg)
{
	const struct entry *e = arg;

	await(&accepts, e->accepts, e->until);
	return e->routine(e->arg);
}

static int held_c11(void *arg)
{
	const struct entry *e = arg;

	await(&accepts, e->accepts, e->until);
	return e->c11(e->arg);
}

void witness_hold(uint32_t microseconds)
{
	await(&reads, look(&reads.times),
	      witness_now() + microseconds * UINT64_C(1000));
}

void witness_accepted(void)
{
	accepted = true;
}

void witness_has_read(void)
{
	has_read = true;
}

void witness_moved_on(void)
{
	if (accepted)
		announce(&accepts);
	if (has_read)
		announce(&reads);
	accepted = has_read = false;
}

void witness_alone(void)
{
	__atomic_exchange_n(&accepts.waiting, 0, __ATOMIC_SEQ_CST);
	__atomic_exchange_n(&reads.waiting, 0, __ATOMIC_SEQ_CST);
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

/* For a thread that the rule holds; NULL: it is to start at once. */
static struct entry *hold_back(struct passage *p, struct entry what)
{
	struct entry *e = p->action == ACT_HOLD ? take_entry() : NULL;

	if (p->action == ACT_HOLD && !e)
		witness_undo(p);
	if (!e)
		return NULL;
	*e = what;
	e->accepts = look(&accepts.times);
	e->until = witness_now() + p->arg * UINT64_C(1000);
	return e;
}

int pthread_create(pthread_t *restrict thread,
		   const pthread_attr_t *restrict attr,
		   void *(*routine)(void *), void *restrict arg)
{
	int detached = PTHREAD_CREATE_JOINABLE, r;
	struct passage p;
	struct entry *e;

	if (attr)
		pthread_attr_getdetachstate(attr, &detached);
	p = witness_enter(CALL_THREAD, (int64_t)(intptr_t)routine,
			  detached == PTHREAD_CREATE_DETACHED, 0);
	if (p.action == ACT_FAIL)
		return witness_leave_code(&p, (int)p.arg);
	e = hold_back(&p, (struct entry){.routine = routine, .arg = arg});
	r = e ? NEXT(pthread_create)(thread, attr, held, e)
	      : NEXT(pthread_create)(thread, attr, routine, arg);
	/* *thread may be gone by now: the new thread may have freed it. */
	return witness_leave_code(&p, r);
}

int thrd_create(thrd_t *thr, thrd_start_t func, void *arg)
{
	struct passage p =
		witness_enter(CALL_THREAD, (int64_t)(intptr_t)func, 0, 0);
	struct entry *e;
	int r;

	if (p.action == ACT_FAIL) {
		witness_leave_code(&p, (int)p.arg);
		return p.arg == ENOMEM ? thrd_nomem : thrd_error;
	}
	e = hold_back(&p, (struct entry){.c11 = func, .arg = arg});
	r = e ? NEXT(thrd_create)(thr, held_c11, e)
	      : NEXT(thrd_create)(thr, func, arg);
	witness_leave_code(&p, r == thrd_success ? 0 : EAGAIN);
	return r;
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
