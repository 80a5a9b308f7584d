/* SPDX-License-Identifier: MIT */
/* keeper.c - runs a command, and tells what it leaves behind. */

/*
 * usage: keeper SECONDS FILE COMMAND...
 *
 * No submission but the suite's tool.  As their subreaper (prctl(2)) it is
 * given every process that outlives its parent below the command.  Once the
 * command has ended, FILE gets a line for each of those, and they are killed.
 * A command that has not ended after SECONDS is told in FILE too, and killed
 * with all of its own.  Ends as the command did: status 128 + N for signal N.
 */
#define _GNU_SOURCE
#include <dirent.h>
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

static void tell(FILE *to, long pid)
{
	char path[64], line[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "r");
	if (!f || !fgets(line, sizeof(line), f))
		line[0] = 0;
	if (f)
		fclose(f);
	fprintf(to, "left behind: %.60s\n", line);
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

int main(int argc, char **argv)
{
	FILE *to = argc > 3 ? fopen(argv[2], "we") : NULL;
	struct pollfd ended = {.events = POLLIN};
	int status = 0;
	pid_t pid;

	if (!to) {
		fprintf(stderr, "usage: keeper SECONDS FILE COMMAND...\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		execvp(argv[3], argv + 3);
		perror(argv[3]);
		_exit(127);
	}
	ended.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pid < 0 || ended.fd < 0) {
		perror("keeper");
		return 3;
	}
	if (poll(&ended, 1, atoi(argv[1]) * 1000) == 0) {
		fprintf(to, "not done after %s seconds\n", argv[1]);
		kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	clear_away(to);
	if (fclose(to) != 0)
		return 3;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
