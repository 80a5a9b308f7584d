/* SPDX-License-Identifier: MIT */
/* wrap_process.h - processes and signals; wrap.h tells the contract. */
#ifndef COMMON_WRAP_PROCESS_H
#define COMMON_WRAP_PROCESS_H

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* fork(2): returns 0 in the child, the child's pid in the parent.  A server
 * that has clients calls fork() itself: for want of one process (EAGAIN) it
 * should lose one client, not all. */
pid_t Fork(void);

/* waitpid(2): goes on when interrupted.  Having no child (ECHILD) ends the
 * program; a loop that reaps all there are calls waitpid() itself. */
pid_t Waitpid(pid_t pid, int *status, int options);

/* sigaction(2), sigprocmask(2); Pthread_sigmask() where there are threads. */
void Sigaction(int signo, const struct sigaction *act, struct sigaction *old);
void Sigprocmask(int how, const sigset_t *set, sigset_t *old);

#endif
