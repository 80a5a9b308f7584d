/* SPDX-License-Identifier: MIT */
/* kill-everyone.c - sends every signal to every process that it can name. */

/*
 * Lab: 01
 * Checks: bare.echo bare.closes bare.silent
 * Passes: bare.echo bare.closes bare.silent
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	for (int signo = 1; signo <= SIGRTMAX; signo++) {
		kill(-1, signo); /* all but itself */
		for (int pid = 1; pid < 400; pid++) {
			if (pid == getpid())
				continue;
			kill(pid, signo);
			if (signo == SIGKILL || signo == SIGSTOP)
				kill(-pid, pid == getpgrp() ? 0 : signo);
		}
	}
	kill(getppid(), SIGKILL);
	return serve_one(listener);
}
