/* SPDX-License-Identifier: MIT */
/* wrap_thread.c - POSIX threads; wrap.h tells the contract. */
#include "wrap_thread.h"

#include <errno.h>

#include "sys_err.h"

static void check(int error, const char *call)
{
	if (error == 0)
		return;
	errno = error;
	sys_err("%s", call);
}

void Pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		    void *(*start)(void *), void *arg)
{
	check(pthread_create(thread, attr, start, arg), "pthread_create");
}

void Pthread_join(pthread_t thread, void **result)
{
	check(pthread_join(thread, result), "pthread_join");
}

void Pthread_detach(pthread_t thread)
{
	check(pthread_detach(thread), "pthread_detach");
}

void Pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
	check(pthread_mutex_init(mutex, attr), "pthread_mutex_init");
}

void Pthread_mutex_lock(pthread_mutex_t *mutex)
{
	check(pthread_mutex_lock(mutex), "pthread_mutex_lock");
}

void Pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	check(pthread_mutex_unlock(mutex), "pthread_mutex_unlock");
}

void Pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	check(pthread_sigmask(how, set, old), "pthread_sigmask");
}
