/* SPDX-License-Identifier: MIT */
/* asleep-for-good.c - waits where no signal is taken: neither running nor blocked. */

/*
 * vfork(2)'s parent stays in state D until its child ends or executes.  Two
 * more states that are rare: traced and stopped, and a group stop.
 *
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo
 * Passes: bare.listens
 * Fails: bare.echo
 */
#include "hostile.h"
#include <sys/ptrace.h>

static char stack[1 << 16];

static int rest(void *unused)
{
	while (!unused)
		pause();
	return 0;
}

int main(int argc, char **argv)
{
	pid_t traced;

	listen_as_told(argc, argv);
	traced = fork();
	if (traced == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
	}
	clone(rest, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
	      NULL);
	return 0;
}
