/* SPDX-License-Identifier: MIT */
/* grader_agent.h - processes to look at, below an agent as a trial has it. */
#ifndef TESTS_GRADER_AGENT_H
#define TESTS_GRADER_AGENT_H

/*
 * Theory of operation
 *
 * A test starts an agent, a child that forks the subjects and then waits.  It
 * looks at them once /proc says that they are blocked in the call in question,
 * so nothing here depends on time.  Subjects die with their agent.
 */
#include "probe.h"

#include "common_child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* What the processes of a test tell each other. */
static struct shared {
	pid_t subject, other; /* a subject, and one that it has started */
	volatile pid_t thread;
	volatile int rounds; /* of a subject that goes round */
} * shared;

static int in[2]; /* agents and subjects read from it; nothing ever comes */
static pid_t agent;
static bool agent_reaps;
static struct look l; /* the latest */

/* ---- agents and subjects ---- */

/* The calls by their numbers: what libc makes of them is its own affair. */
static inline long read_on(void)
{
	char c;

	return syscall(SYS_read, in[0], &c, 1);
}

/* Nobody is to outlive the test: neither one whose parent has ended before it
 * could say so, nor one that its parent's end has not reached. */
static inline void die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	alarm(HANGS_AFTER_SECONDS);
}

static inline pid_t fork_to(void (*what)(void))
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	die_with(parent);
	what();
	_exit(0);
}

/* Read a file of /proc of one thread; false if there is none such. */
static inline bool read_task(pid_t pid, pid_t tid, const char *name, char *to,
			     size_t room)
{
	char path[96];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", (int)pid, (int)tid,
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, to, room - 1);
	close(fd);
	to[n > 0 ? n : 0] = 0;
	return n > 0;
}

static inline char state_of(pid_t pid, pid_t tid)
{
	char line[256];
	const char *p;

	if (!read_task(pid, tid, "status", line, sizeof(line)))
		return '-';
	p = strstr(line, "\nState:\t");
	return p ? p[8] : '?';
}

/* False if it ends instead. */
static inline bool await_call_of(pid_t pid, pid_t tid, long nr)
{
	char line[256], *end;

	for (;; sched_yield()) {
		if (strchr("ZX-", state_of(pid, tid)))
			return false;
		if (read_task(pid, tid, "syscall", line, sizeof(line)) &&
		    strtol(line, &end, 10) == nr && *end == ' ')
			return true;
	}
}

static inline void reads(void)
{
	read_on();
}

static inline bool await_call(pid_t pid, long nr)
{
	return await_call_of(pid, pid, nr);
}

static inline void await_state(pid_t pid, char state)
{
	while (state_of(pid, pid) != state)
		sched_yield();
}

static inline void be_agent(void (*subject)(void), int n)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < n; i++)
		shared->subject = fork_to(subject);
	if (agent_reaps)
		waitpid(shared->subject, NULL, 0);
	read_on();
	_exit(0);
}

/* An agent with n subjects of one kind. */
static inline void start(void (*subject)(void), int n)
{
	pid_t test = getpid();

	fflush(NULL);
	agent = fork();
	if (agent == 0) {
		die_with(test);
		be_agent(subject, n);
	}
	assert_true(agent > 0);
	assert_true(await_call(agent, SYS_read));
}

static inline void stop(void)
{
	if (agent > 0) {
		kill(agent, SIGKILL);
		waitpid(agent, NULL, 0);
	}
	agent = 0;
}

/* Whatever else is started on the machine just now. */
static inline void look(void)
{
	do
		probe_look(&l, agent, false);
	while (!l.steady);
	assert_true(l.complete);
}

/* ---- each test has an agent of its own ---- */

static inline int begin(void **state)
{
	(void)state;
	alarm(HANGS_AFTER_SECONDS);
	agent_reaps = false;
	*shared = (struct shared){0};
	return pipe2(in, O_CLOEXEC);
}

static inline int end(void **state)
{
	(void)state;
	alarm(0);
	stop();
	close(in[0]);
	return close(in[1]);
}

static inline int share(void **state)
{
	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

#endif
