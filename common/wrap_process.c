/* SPDX-License-Identifier: MIT */
/* wrap_process.c - processes and signals; wrap.h tells the contract. */
#include "wrap_process.h"

#include "interrupted.h"
#include "sys_err.h"

pid_t Fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		sys_err("fork");
	return pid;
}

pid_t Waitpid(pid_t pid, int *status, int options)
{
	pid_t ended;

	do
		ended = waitpid(pid, status, options);
	while (interrupted(ended));
	if (ended < 0)
		sys_err("waitpid");
	return ended;
}

void Sigaction(int signo, const struct sigaction *act, struct sigaction *old)
{
	if (sigaction(signo, act, old) < 0)
		sys_err("sigaction");
}

void Sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	if (sigprocmask(how, set, old) < 0)
		sys_err("sigprocmask");
}
