/* SPDX-License-Identifier: MIT */
/* wrap_thread.h - POSIX threads; wrap.h tells the contract. */
#ifndef COMMON_WRAP_THREAD_H
#define COMMON_WRAP_THREAD_H

#include <pthread.h>
#include <signal.h>

/*
 * The pthread functions return the error number and do not set errno, so that
 * perror(3) after them tells of something else.  These take the reason from
 * the right place.
 */

/* pthread_create(3), pthread_join(3), pthread_detach(3).  A thread that is
 * neither joined nor detached keeps its stack after its end.  A server that
 * has clients calls pthread_create() itself, as with fork(): for want of one
 * thread (EAGAIN) it should lose one client, not all. */
void Pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		    void *(*start)(void *), void *arg);
void Pthread_join(pthread_t thread, void **result);
void Pthread_detach(pthread_t thread);

/* pthread_mutex_init(3), pthread_mutex_lock(3), pthread_mutex_unlock(3). */
void Pthread_mutex_init(pthread_mutex_t *mutex,
			const pthread_mutexattr_t *attr);
void Pthread_mutex_lock(pthread_mutex_t *mutex);
void Pthread_mutex_unlock(pthread_mutex_t *mutex);

/* pthread_sigmask(3): the calling thread's mask, which new threads inherit. */
void Pthread_sigmask(int how, const sigset_t *set, sigset_t *old);

#endif
