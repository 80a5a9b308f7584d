/* SPDX-License-Identifier: MIT */
/* keeper.c - runs a command, and tells what it leaves behind. */

/*
 * usage: keeper SECONDS FILE COMMAND...
 *
 * No submission, but the suites' tool.  As a subreaper (prctl(2)) it is given
 * every process below the command that outlives its parent.  When the command
 * has ended, FILE gets a line for each of those, and they are killed.  One that
 * has not ended after SECONDS is told in FILE too, and killed.  The command has
 * a session of its own, so that a signal to its group goes no further.
 *
 * Ends as the command did: its exit status, or 128 + N for signal N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int signo)
{
	stopped = signo;
}

static void tell(FILE *to, long pid)
{
	char path[64], line[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (f && !fgets(line, sizeof(line), f))
		line[0] = 0;
	if (f)
		fclose(f);
	fprintf(to, "left behind: %.40s\n", line);
}

/* Every process that is ours now, and those that come to us as these end. */
static void clear_away(FILE *to)
{
	char path[64];
	long pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	for (;;) {
		FILE *f = fopen(path, "re");
		int n = f ? fscanf(f, "%ld", &pid) : 0;

		if (f)
			fclose(f);
		if (n != 1)
			return;
		tell(to, pid);
		kill((pid_t)pid, SIGKILL);
		waitpid((pid_t)pid, NULL, 0);
	}
}

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setsid();
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

/* Wait for the command's end, or for ours. */
static void await(pid_t pid, int seconds, FILE *to)
{
	struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, pid, 0),
			   .events = POLLIN};
	int ended = poll(&p, 1, seconds * 1000);

	if (ended == 0)
		fprintf(to, "not done after %d seconds\n", seconds);
	if (ended != 1)
		kill(pid, SIGKILL);
}

int main(int argc, char **argv)
{
	FILE *to = argc > 3 ? fopen(argv[2], "we") : NULL;
	struct sigaction a = {.sa_handler = stop};
	int status = 0;
	pid_t pid;

	if (!to) {
		fprintf(stderr, "usage: keeper SECONDS FILE COMMAND...\n");
		return 2;
	}
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = start(argv + 3);
	if (pid < 0) {
		perror("keeper: fork");
		return 3;
	}
	await(pid, atoi(argv[1]), to);
	waitpid(pid, &status, 0);
	clear_away(to);
	if (fclose(to) != 0)
		return 3;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
