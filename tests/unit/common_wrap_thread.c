/* SPDX-License-Identifier: MIT */
/* common_wrap_thread.c - tests of the wrappers for threads. */
/* wrap: pthread_create pthread_detach pthread_mutex_init */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"
#include "common_fault.h"

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  void *(*start)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  void *(*start)(void *), void *arg);
int __real_pthread_detach(pthread_t thread);
int __wrap_pthread_detach(pthread_t thread);
int __real_pthread_mutex_init(pthread_mutex_t *mutex,
			      const pthread_mutexattr_t *attr);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex,
			      const pthread_mutexattr_t *attr);

/* The pthread functions return the error, and errno tells of something else. */
static int misled(void)
{
	int error = errno;

	errno = EXDEV;
	return error;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  void *(*start)(void *), void *arg)
{
	return must_fail("pthread_create")
		       ? misled()
		       : __real_pthread_create(thread, attr, start, arg);
}

int __wrap_pthread_detach(pthread_t thread)
{
	return must_fail("pthread_detach") ? misled()
					   : __real_pthread_detach(thread);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex,
			      const pthread_mutexattr_t *attr)
{
	return must_fail("pthread_mutex_init")
		       ? misled()
		       : __real_pthread_mutex_init(mutex, attr);
}

static void *same(void *arg)
{
	return arg;
}

static void creates_in_vain(void)
{
	pthread_t thread;

	plan_fault("pthread_create", EAGAIN, 1);
	Pthread_create(&thread, NULL, same, NULL);
}

static void joins_itself(void)
{
	errno = EXDEV;
	Pthread_join(pthread_self(), NULL);
}

static void detaches_in_vain(void)
{
	plan_fault("pthread_detach", EINVAL, 1);
	Pthread_detach(pthread_self());
}

static void makes_a_mutex_in_vain(void)
{
	pthread_mutex_t mutex;

	plan_fault("pthread_mutex_init", ENOMEM, 1);
	Pthread_mutex_init(&mutex, NULL);
}

/* A mutex that notices what it is misused for. */
static void make_checking(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	Pthread_mutex_init(mutex, &attr);
}

static void locks_twice(void)
{
	pthread_mutex_t mutex;

	make_checking(&mutex);
	errno = EXDEV;
	Pthread_mutex_lock(&mutex);
	Pthread_mutex_lock(&mutex);
}

static void unlocks_what_is_not_locked(void)
{
	pthread_mutex_t mutex;

	make_checking(&mutex);
	errno = EXDEV;
	Pthread_mutex_unlock(&mutex);
}

static void masks_in_no_way(void)
{
	sigset_t set;

	sigemptyset(&set);
	errno = EXDEV;
	Pthread_sigmask(99, &set, NULL);
}

static void a_joined_thread_gives_its_result(void **state)
{
	int here;
	void *result = NULL;
	pthread_t thread;

	(void)state;
	Pthread_create(&thread, NULL, same, &here);
	Pthread_join(thread, &result);
	assert_ptr_equal(result, &here);
}

static struct {
	pthread_mutex_t mutex;
	long n;
} total;

static void *add_many(void *arg)
{
	for (int i = 0; i < 20000; i++) {
		Pthread_mutex_lock(&total.mutex);
		total.n++;
		Pthread_mutex_unlock(&total.mutex);
	}
	return arg;
}

static void a_mutex_keeps_a_total_exact(void **state)
{
	pthread_t thread[4];

	(void)state;
	Pthread_mutex_init(&total.mutex, NULL);
	for (int i = 0; i < 4; i++)
		Pthread_create(&thread[i], NULL, add_many, NULL);
	for (int i = 0; i < 4; i++)
		Pthread_join(thread[i], NULL);
	assert_int_equal(total.n, 80000);
}

static void *close_it(void *arg)
{
	close(*(const int *)arg);
	return NULL;
}

static void a_detached_thread_runs(void **state)
{
	pthread_t thread;
	int fd[2];
	char c;

	(void)state;
	Pipe(fd);
	Pthread_create(&thread, NULL, close_it, &fd[1]);
	Pthread_detach(thread);
	assert_int_equal(Read(fd[0], &c, 1), 0);
	Close(fd[0]);
}

static void *mask_here(void *arg)
{
	Pthread_sigmask(SIG_BLOCK, NULL, arg);
	return NULL;
}

static void a_thread_inherits_the_mask(void **state)
{
	sigset_t set, old, seen;
	pthread_t thread;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	Pthread_sigmask(SIG_BLOCK, &set, &old);
	Pthread_create(&thread, NULL, mask_here, &seen);
	Pthread_join(thread, NULL);
	assert_int_equal(sigismember(&seen, SIGUSR2), 1);
	assert_int_equal(sigismember(&old, SIGUSR2), 0);
	Pthread_sigmask(SIG_SETMASK, &old, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(creates_in_vain, "pthread_create", EAGAIN),
		ENDS(joins_itself, "pthread_join", EDEADLK),
		ENDS(detaches_in_vain, "pthread_detach", EINVAL),
		ENDS(makes_a_mutex_in_vain, "pthread_mutex_init", ENOMEM),
		ENDS(locks_twice, "pthread_mutex_lock", EDEADLK),
		ENDS(unlocks_what_is_not_locked, "pthread_mutex_unlock", EPERM),
		ENDS(masks_in_no_way, "pthread_sigmask", EINVAL),
		cmocka_unit_test(a_joined_thread_gives_its_result),
		cmocka_unit_test(a_mutex_keeps_a_total_exact),
		cmocka_unit_test(a_detached_thread_runs),
		cmocka_unit_test(a_thread_inherits_the_mask),
	};

	return cmocka_run_group_tests_name("wrap_thread", tests, NULL, NULL);
}
