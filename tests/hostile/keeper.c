/* SPDX-License-Identifier: MIT */
/* keeper.c - runs a command, may strike it down, and tells what it leaves behind. */

/*
 * usage: keeper [-s SIGNAL -w WHEN] SECONDS FILE COMMAND...
 *   -s SIGNAL  send the command this signal (a number) ...
 *   -w WHEN    ... when a process whose name begins so has appeared below it, or
 *              (`output`) when its standard output, a file, has something in it
 *
 * No submission, but the suites' tool.  As a subreaper (prctl(2)) it is given
 * every process below the command that outlives its parent.  When the command
 * has ended, FILE gets a line for each of those, and they are killed.  FILE also
 * tells of a command that has not ended after SECONDS, of one that could not be
 * struck or has not ended by that signal, and of a namespace that it had when
 * it was struck and that still has a process in it.  All is well if FILE is empty.
 *
 * The command has a session of its own, so that a signal to its group goes no
 * further.  keeper ends as it did: its exit status, or 128 + N for signal N.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const kinds[] = {"pid", "net", "user", "mnt", "ipc"};

enum { KINDS = sizeof(kinds) / sizeof(*kinds), NAMESPACES_MAX = 256 };

static ino_t namespace[NAMESPACES_MAX];
static size_t namespaces;
static FILE *file;
static volatile sig_atomic_t stopped;

static void stop(int signo)
{
	stopped = signo;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- processes below us --------------------------------------------------- */

/* The parent of a process, and its name; 0 if there is no such process. */
static long parent_of(long pid, char name[64])
{
	char path[64], line[512], *end;
	long parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f) && (end = strrchr(line, ')'))) {
		*end = 0;
		snprintf(name, 64, "%s", strchr(line, '(') + 1);
		sscanf(end + 1, " %*c %ld", &parent);
	}
	fclose(f);
	return parent;
}

static bool is_below(long pid, long ancestor)
{
	char name[64];

	while (pid > 1 && pid != ancestor)
		pid = parent_of(pid, name);
	return pid == ancestor;
}

/* Call `look` with every process, until it says that it has seen enough. */
static bool each_process(bool (*look)(long pid, const void *arg),
			 const void *arg)
{
	DIR *d = opendir("/proc");
	bool enough = false;
	struct dirent *e;

	while (d && !enough && (e = readdir(d))) {
		long pid = strtol(e->d_name, NULL, 10);

		enough = pid > 0 && look(pid, arg);
	}
	if (d)
		closedir(d);
	return enough;
}

struct wanted {
	long below;
	const char *name;
};

static bool is_wanted(long pid, const void *arg)
{
	const struct wanted *w = arg;
	char name[64] = "";
	long parent = parent_of(pid, name);

	return strncmp(name, w->name, strlen(w->name)) == 0 &&
	       is_below(parent, w->below);
}

/* ---- namespaces ------------------------------------------------------------ */

static ino_t namespace_of(const char *pid, const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, kind);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static bool is_known(ino_t n)
{
	for (size_t i = 0; i < namespaces; i++)
		if (namespace[i] == n)
			return true;
	return false;
}

static bool hold(const char *pid, const char *kind, ino_t n)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, kind);
	return fstat(open(path, O_RDONLY | O_CLOEXEC), &st) == 0 &&
	       st.st_ino == n;
}

/* Remember those that are not our own.  Held open, none of their numbers is
 * given to another. */
static bool note_namespaces(long pid, const void *arg)
{
	char text[24];

	if (pid == getpid() || !is_below(pid, *(const long *)arg))
		return false;
	snprintf(text, sizeof(text), "%ld", pid);
	for (int k = 0; k < KINDS; k++) {
		ino_t n = namespace_of(text, kinds[k]);

		if (!n || n == namespace_of("self", kinds[k]) || is_known(n) ||
		    namespaces == NAMESPACES_MAX || !hold(text, kinds[k], n))
			continue;
		namespace[namespaces++] = n;
	}
	return false;
}

static bool tell_namespaces(long pid, const void *unused)
{
	char text[24];

	(void)unused;
	snprintf(text, sizeof(text), "%ld", pid);
	for (int k = 0; k < KINDS; k++)
		if (is_known(namespace_of(text, kinds[k])))
			fprintf(file,
				"process %ld is in a %s namespace of the command's\n",
				pid, kinds[k]);
	return false;
}

/* ---- the command ----------------------------------------------------------- */

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

static bool has_come(const char *when, long command)
{
	struct wanted w = {command, when};
	struct stat st;

	if (strcmp(when, "output") == 0)
		return fstat(STDOUT_FILENO, &st) == 0 && st.st_size > 0;
	return each_process(is_wanted, &w);
}

/* Wait for the command's end; strike when the time has come. */
static void await(long pid, int seconds, int signo, const char *when)
{
	struct pollfd p = {.fd = (int)syscall(SYS_pidfd_open, pid, 0),
			   .events = POLLIN};
	long deadline = now_ms() + seconds * 1000L, left;
	bool struck = !signo;
	int ended;

	do {
		if (!struck && has_come(when, pid)) {
			each_process(note_namespaces, &pid);
			kill((pid_t)pid, signo);
			struck = true;
		}
		left = deadline - now_ms();
		ended = poll(&p, 1, struck ? (int)(left > 0 ? left : 0) : 1);
	} while (ended == 0 && left > 0);
	if (!struck)
		fprintf(file, "never seen: %s\n", when);
	if (ended == 0)
		fprintf(file, "not done after %d seconds\n", seconds);
	if (ended != 1)
		kill((pid_t)pid, SIGKILL);
}

/* What was killed with its parent may take a moment to be gone. */
static void give_time(void)
{
	long deadline = now_ms() + 5000;

	while (waitpid(-1, NULL, WNOHANG) >= 0 && now_ms() < deadline)
		poll(NULL, 0, 1);
}

/* Every process that is ours now, and those that come to us as these end. */
static void clear_away(void)
{
	char path[64], name[64] = "";
	long pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	for (;;) {
		FILE *f = fopen(path, "re");
		int n = f ? fscanf(f, "%ld", &pid) : 0;

		if (f)
			fclose(f);
		if (n != 1)
			return;
		parent_of(pid, name);
		fprintf(file, "left behind: process %ld (%s)\n", pid, name);
		kill((pid_t)pid, SIGKILL);
		waitpid((pid_t)pid, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	struct sigaction a = {.sa_handler = stop};
	const char *when = NULL;
	int option, signo = 0, status = 0;
	pid_t pid;

	while ((option = getopt(argc, argv, "+s:w:")) != -1) {
		if (option == 's')
			signo = atoi(optarg);
		else if (option == 'w')
			when = optarg;
	}
	argv += optind;
	file = argc - optind > 2 ? fopen(argv[1], "we") : NULL;
	if (!file || !signo != !when) {
		fprintf(stderr,
			"usage: keeper [-s SIGNAL -w WHEN] SECONDS FILE "
			"COMMAND...\n");
		return 2;
	}
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = start(argv + 2);
	if (pid < 0) {
		perror("keeper: fork");
		return 3;
	}
	await(pid, atoi(argv[0]), signo, when);
	waitpid(pid, &status, 0);
	if (signo && !(WIFSIGNALED(status) && WTERMSIG(status) == signo))
		fprintf(file,
			"it has not ended by signal %d: wait status %#x\n",
			signo, (unsigned)status);
	if (signo)
		give_time();
	clear_away();
	each_process(tell_namespaces, NULL);
	if (fclose(file) != 0)
		return 3;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
