/* SPDX-License-Identifier: MIT */
/* grader_probe.c - tests of what /proc tells about real processes. */

/*
 * Theory of operation
 *
 * A test starts an agent, a child that forks the subjects and then waits.  It
 * looks at them once /proc says that they are blocked in the call in question,
 * so nothing here depends on time.  Subjects die with their agent.
 */
#define _GNU_SOURCE 1
#include "probe.h"

#include "common_child.h"
#include "room.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#define MS 1000000u /* in nanoseconds */

/* What the processes of a test tell each other. */
static struct shared {
	pid_t subject, other; /* a subject, and one that it has started */
	pid_t thread;
	volatile int rounds; /* of a subject that goes round */
} *shared;

static int in[2];     /* what subjects read from; only goes_round() gets any */
static pid_t agent;
static bool agent_reaps;
static struct look l; /* the latest */

/* ---- agents and subjects ---- */

/* The calls by their numbers: what libc makes of them is its own affair. */
static long read_on(void)
{
	char c;

	return syscall(SYS_read, in[0], &c, 1);
}

static pid_t fork_to(void (*what)(void))
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	what();
	_exit(0);
}

/* Read a file of /proc of one thread; false if there is none such. */
static bool read_task(pid_t pid, pid_t tid, const char *name, char *to,
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

static char state_of(pid_t pid, pid_t tid)
{
	char line[256];
	const char *p;

	if (!read_task(pid, tid, "status", line, sizeof(line)))
		return '-';
	p = strstr(line, "\nState:\t");
	return p ? p[8] : '?';
}

/* False if it ends instead. */
static bool await_call_of(pid_t pid, pid_t tid, long nr)
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

static bool await_call(pid_t pid, long nr)
{
	return await_call_of(pid, pid, nr);
}

static void await_state(pid_t pid, char state)
{
	while (state_of(pid, pid) != state)
		sched_yield();
}

static void be_agent(void (*subject)(void), int n)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < n; i++)
		shared->subject = fork_to(subject);
	if (agent_reaps)
		waitpid(shared->subject, NULL, 0);
	read_on();
	_exit(0);
}

/* An agent with n subjects of one kind. */
static void start(void (*subject)(void), int n)
{
	fflush(NULL);
	agent = fork();
	if (agent == 0)
		be_agent(subject, n);
	assert_true(agent > 0);
	assert_true(await_call(agent, SYS_read));
}

static void stop(void)
{
	if (agent > 0) {
		kill(agent, SIGKILL);
		waitpid(agent, NULL, 0);
	}
	agent = 0;
}

static void look(void)
{
	probe_look(&l, agent, false);
	assert_true(l.complete);
}

static bool is_there(pid_t pid)
{
	for (size_t i = 0; i < l.n; i++)
		if (l.p[i].pid == pid)
			return true;
	return false;
}

/* ---- calls that only others can end, and those that end by themselves ---- */

static long in_nothing(void)
{
	return read_on();
}

static long in_accept(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	listen(fd, 1);
	return syscall(SYS_accept4, fd, NULL, NULL, 0);
}

static long in_recv(void)
{
	int ends[2];
	char c;

	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	return syscall(SYS_recvfrom, ends[0], &c, 1, 0, NULL, NULL);
}

static long in_write(void)
{
	static char much[1 << 20];
	int ends[2];

	pipe(ends);
	return syscall(SYS_write, ends[1], much, sizeof(much));
}

static void reads(void)
{
	read_on();
}

static long in_wait(void)
{
	fork_to(reads);
	return syscall(SYS_wait4, -1, NULL, 0, NULL);
}

static long in_sigsuspend(void)
{
	unsigned long none = 0;

	return syscall(SYS_rt_sigsuspend, &none, sizeof(none));
}

static long in_flock(void)
{
	struct flock all = {.l_type = F_WRLCK};
	int fd = memfd_create("lock", 0), mine[2];
	char c;

	pipe(mine);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fcntl(fd, F_SETLK, &all);
		write(mine[1], "x", 1);
		read_on();
		_exit(0);
	}
	read(mine[0], &c, 1);
	return syscall(SYS_fcntl, fd, F_SETLKW, &all);
}

static const struct timespec minute = {60, 0};

static long futex(const struct timespec *until)
{
	static uint32_t word;

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, until, NULL, 0);
}

static long in_futex(void)
{
	return futex(NULL);
}

static long in_futex_a_minute(void)
{
	return futex(&minute);
}

static long ppoll_in(const struct timespec *t)
{
	struct pollfd p = {.fd = in[0], .events = POLLIN};
	struct timespec left = t ? *t : minute;

	return syscall(SYS_ppoll, &p, 1, t ? &left : NULL, NULL, 0);
}

static long in_ppoll(void)
{
	return ppoll_in(NULL);
}

static long in_ppoll_a_minute(void)
{
	return ppoll_in(&minute);
}

static long pselect_in(const struct timespec *t)
{
	struct timespec left = t ? *t : minute;
	fd_set set;

	FD_ZERO(&set);
	FD_SET(in[0], &set);
	return syscall(SYS_pselect6, in[0] + 1, &set, NULL, NULL,
		       t ? &left : NULL, NULL);
}

static long in_pselect(void)
{
	return pselect_in(NULL);
}

static long in_pselect_a_minute(void)
{
	return pselect_in(&minute);
}

static long epoll_in(int timeout)
{
	struct epoll_event e;

	return syscall(SYS_epoll_pwait, epoll_create1(0), &e, 1, timeout, NULL,
		       0);
}

static long in_epoll(void)
{
	return epoll_in(-1);
}

static long in_epoll_a_minute(void)
{
	return epoll_in(60000);
}

static long sigwait_in(const struct timespec *t)
{
	unsigned long usr1 = 1ul << (SIGUSR1 - 1);

	return syscall(SYS_rt_sigtimedwait, &usr1, NULL, t, sizeof(usr1));
}

static long in_sigwait(void)
{
	return sigwait_in(NULL);
}

static long in_sigwait_a_minute(void)
{
	return sigwait_in(&minute);
}

static long recvmmsg_in(const struct timespec *t)
{
	struct mmsghdr m = {0};
	struct timespec left = t ? *t : minute;
	int ends[2];

	socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
	return syscall(SYS_recvmmsg, ends[0], &m, 1, 0, t ? &left : NULL);
}

static long in_recvmmsg(void)
{
	return recvmmsg_in(NULL);
}

static long in_recvmmsg_a_minute(void)
{
	return recvmmsg_in(&minute);
}

static long in_nanosleep(void)
{
	return syscall(SYS_nanosleep, &minute, NULL);
}

static long in_clock_nanosleep(void)
{
	return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &minute, NULL);
}

#ifdef SYS_poll /* calls that younger architectures do without */
static long in_poll(void)
{
	struct pollfd p = {.fd = in[0], .events = POLLIN};

	return syscall(SYS_poll, &p, 1, -1);
}

static long in_poll_a_minute(void)
{
	struct pollfd p = {.fd = in[0], .events = POLLIN};

	return syscall(SYS_poll, &p, 1, 60000);
}

static long select_in(struct timeval *t)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(in[0], &set);
	return syscall(SYS_select, in[0] + 1, &set, NULL, NULL, t);
}

static long in_select(void)
{
	return select_in(NULL);
}

static long in_select_a_minute(void)
{
	return select_in(&(struct timeval){60, 0});
}

static long in_epoll_wait(void)
{
	struct epoll_event e;

	return syscall(SYS_epoll_wait, epoll_create1(0), &e, 1, -1);
}

static long in_epoll_wait_a_minute(void)
{
	struct epoll_event e;

	return syscall(SYS_epoll_wait, epoll_create1(0), &e, 1, 60000);
}

static long in_pause(void)
{
	return syscall(SYS_pause);
}
#endif

static const struct blocked {
	const char *name;
	long (*call)(void);
	long nr;
	enum activity activity;
} blocked[] = {
	{"read", in_nothing, SYS_read, QUIET},
	{"accept", in_accept, SYS_accept4, QUIET},
	{"recv", in_recv, SYS_recvfrom, QUIET},
	{"write", in_write, SYS_write, QUIET},
	{"wait", in_wait, SYS_wait4, QUIET},
	{"sigsuspend", in_sigsuspend, SYS_rt_sigsuspend, QUIET},
	{"fcntl, for a lock", in_flock, SYS_fcntl, QUIET},
	{"futex", in_futex, SYS_futex, QUIET},
	{"ppoll", in_ppoll, SYS_ppoll, QUIET},
	{"pselect", in_pselect, SYS_pselect6, QUIET},
	{"epoll_pwait", in_epoll, SYS_epoll_pwait, QUIET},
	{"sigwaitinfo", in_sigwait, SYS_rt_sigtimedwait, QUIET},
	{"recvmmsg", in_recvmmsg, SYS_recvmmsg, QUIET},
	{"nanosleep", in_nanosleep, SYS_nanosleep, DOZING},
	{"clock_nanosleep", in_clock_nanosleep, SYS_clock_nanosleep, DOZING},
	{"futex, timed", in_futex_a_minute, SYS_futex, DOZING},
	{"ppoll, timed", in_ppoll_a_minute, SYS_ppoll, DOZING},
	{"pselect, timed", in_pselect_a_minute, SYS_pselect6, DOZING},
	{"epoll_pwait, timed", in_epoll_a_minute, SYS_epoll_pwait, DOZING},
	{"sigtimedwait", in_sigwait_a_minute, SYS_rt_sigtimedwait, DOZING},
	{"recvmmsg, timed", in_recvmmsg_a_minute, SYS_recvmmsg, DOZING},
#ifdef SYS_poll
	{"poll", in_poll, SYS_poll, QUIET},
	{"select", in_select, SYS_select, QUIET},
	{"epoll_wait", in_epoll_wait, SYS_epoll_wait, QUIET},
	{"pause", in_pause, SYS_pause, QUIET},
	{"poll, timed", in_poll_a_minute, SYS_poll, DOZING},
	{"select, timed", in_select_a_minute, SYS_select, DOZING},
	{"epoll_wait, timed", in_epoll_wait_a_minute, SYS_epoll_wait, DOZING},
#endif
};

static const struct blocked *now_blocked;

static void blocks(void)
{
	now_blocked->call();
}

static void knows_what_a_blocked_call_waits_for(void **state)
{
	static const char *const names[] = {"GONE", "QUIET", "DOZING",
					    "RUNNING"};
	char wrong[900] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(blocked) / sizeof(*blocked); i++) {
		size_t n = strlen(wrong);
		bool is_blocked;

		now_blocked = &blocked[i];
		start(blocks, 1);
		is_blocked = await_call(shared->subject, now_blocked->nr);
		look();
		if (!is_blocked || l.activity != now_blocked->activity)
			snprintf(wrong + n, sizeof(wrong) - n,
				 "\n%s: %s, should be %s", now_blocked->name,
				 is_blocked ? names[l.activity] : "has ended",
				 names[now_blocked->activity]);
		stop();
	}
	assert_string_equal(wrong, "");
}

/* A timer, or a time-out of a socket, does not show in the call. */
static void timers_make_every_call_one_that_may_end(void **state)
{
	(void)state;
	start(reads, 1);
	await_call(shared->subject, SYS_read);
	look();
	assert_int_equal(l.activity, QUIET);
	probe_look(&l, agent, true);
	assert_int_equal(l.activity, DOZING);
}

/* ---- running, stopped, gone ---- */

static void spins(void)
{
	shared->rounds++;
	for (;;)
		;
}

static void dozes(void)
{
	in_clock_nanosleep();
}

static void ends(void)
{
}

static void sees_one_that_runs(void **state)
{
	(void)state;
	start(spins, 1);
	look();
	assert_int_equal(l.activity, RUNNING);
	assert_int_equal(l.n, 1);
}

static void the_stopped_are_quiet(void **state)
{
	void (*const subjects[])(void) = {spins, dozes, reads};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		start(subjects[i], 1);
		kill(shared->subject, SIGSTOP);
		await_state(shared->subject, 'T');
		look();
		assert_int_equal(l.activity, QUIET);
		assert_int_equal(l.p[0].state, 'T');
		assert_int_equal(probe_living(&l), 1);
		kill(shared->subject, SIGCONT);
		while (state_of(shared->subject, shared->subject) == 'T')
			sched_yield();
		if (subjects[i] == dozes)
			await_call(shared->subject, SYS_restart_syscall);
		else if (subjects[i] == reads)
			await_call(shared->subject, SYS_read);
		look();
		assert_int_equal(l.activity, subjects[i] == spins   ? RUNNING
					     : subjects[i] == dozes ? DOZING
								    : QUIET);
		stop();
	}
}

static void nobody_is_gone(void **state)
{
	(void)state;
	start(NULL, 0);
	look();
	assert_int_equal(l.activity, GONE);
	assert_int_equal(l.n, 0);
	assert_int_equal(probe_living(&l), 0);
}

/* Ended, and the agent has not reaped it yet. */
static void the_ended_are_gone(void **state)
{
	(void)state;
	start(ends, 2);
	await_state(shared->subject, 'Z');
	look();
	assert_int_equal(l.activity, GONE);
	assert_int_equal(l.n, 2);
	assert_int_equal(probe_living(&l), 0);
	assert_int_equal(probe_zombies(&l, agent), 0);
}

static void leaves_a_zombie(void)
{
	shared->other = fork_to(ends);
	read_on();
}

static void counts_zombies(void **state)
{
	(void)state;
	start(leaves_a_zombie, 1);
	await_call(shared->subject, SYS_read);
	await_state(shared->other, 'Z');
	look();
	assert_int_equal(l.activity, QUIET);
	assert_int_equal(l.n, 2);
	assert_int_equal(probe_zombies(&l, agent), 1);
	assert_int_equal(probe_living(&l), 1);
	probe_processes(&l, agent);
	assert_int_equal(probe_zombies(&l, agent), 1);
}

/* ---- whose processes ---- */

static void has_a_child(void)
{
	shared->other = fork_to(reads);
	read_on();
}

static void sees_descendants_only(void **state)
{
	pid_t sister = fork_to(reads);

	(void)state;
	start(has_a_child, 1);
	await_call(shared->subject, SYS_read);
	await_call(shared->other, SYS_read);
	look();
	assert_int_equal(l.n, 2);
	assert_true(is_there(shared->subject));
	assert_true(is_there(shared->other));
	for (size_t i = 0; i < l.n; i++) {
		assert_int_equal(l.p[i].state, 'S');
		assert_int_equal(l.p[i].parent, l.p[i].pid == shared->subject
							? agent
							: shared->subject);
	}
	probe_processes(&l, agent);
	assert_int_equal(l.n, 2);
	kill(sister, SIGKILL);
	waitpid(sister, NULL, 0);
}

static void leaves_an_orphan(void)
{
	shared->other = fork();
	if (shared->other == 0) {
		alarm(60); /* its parent's end is not to be its own */
		read_on();
		_exit(0);
	}
}

static void sees_orphans(void **state)
{
	(void)state;
	start(leaves_an_orphan, 1);
	await_state(shared->subject, 'Z');
	await_call(shared->other, SYS_read);
	look();
	assert_true(is_there(shared->other));
	assert_int_equal(probe_living(&l), 1);
	assert_int_equal(l.activity, QUIET);
	kill(shared->other, SIGKILL);
}

/* ---- threads ---- */

static void *thread_in_the_call(void *arg)
{
	shared->thread = (pid_t)syscall(SYS_gettid);
	if (arg)
		((long (*)(void))arg)();
	else
		spins();
	return NULL;
}

static long (*in_thread)(void);
static bool main_thread_ends;

static void has_a_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_in_the_call, (void *)in_thread);
	if (main_thread_ends)
		pthread_exit(NULL);
	read_on();
}

/* A process that is blocked in read, with a thread in another call. */
static void start_with_thread(long (*call)(void), long nr)
{
	in_thread = call;
	shared->thread = 0;
	start(has_a_thread, 1);
	if (!main_thread_ends)
		await_call(shared->subject, SYS_read);
	while (!*(volatile pid_t *)&shared->thread)
		sched_yield();
	if (nr >= 0)
		await_call_of(shared->subject, shared->thread, nr);
	look();
	assert_int_equal(l.n, 1);
}

static void the_least_quiet_thread_decides(void **state)
{
	(void)state;
	start_with_thread(in_recv, SYS_recvfrom);
	assert_int_equal(l.activity, QUIET);
	stop();
	start_with_thread(in_nanosleep, SYS_nanosleep);
	assert_int_equal(l.activity, DOZING);
	stop();
	start_with_thread(NULL, -1);
	assert_int_equal(l.activity, RUNNING);
}

/* pthread_exit() in main(): the process goes on, and is no zombie. */
static void lives_on_in_its_threads(void **state)
{
	(void)state;
	main_thread_ends = true;
	start_with_thread(in_recv, SYS_recvfrom);
	await_state(shared->subject, 'Z'); /* the thread's, not the process's */
	look();
	assert_int_equal(l.activity, QUIET);
	assert_int_equal(probe_zombies(&l, agent), 0);
	assert_int_equal(probe_living(&l), 1);
}

/* ---- has anything run between two looks? ---- */

static void goes_round(void)
{
	for (;;) {
		read_on();
		shared->rounds++;
	}
}

static void once_round(void)
{
	int before = shared->rounds;

	assert_int_equal(write(in[1], "x", 1), 1);
	while (shared->rounds == before)
		sched_yield();
	await_call(shared->subject, SYS_read);
}

static void fingerprints_tell_what_has_run(void **state)
{
	uint64_t before;
	int other[2];

	(void)state;
	/* A pipe of its own: the agent reads from the other. */
	assert_int_equal(pipe2(other, O_CLOEXEC), 0);
	start(NULL, 0);
	stop();
	memcpy(in, other, sizeof(in));
	fflush(NULL);
	agent = fork();
	if (agent == 0) {
		shared->subject = fork_to(goes_round);
		for (;;)
			ppoll(NULL, 0, NULL, NULL);
	}
	while (!*(volatile pid_t *)&shared->subject)
		sched_yield();
	await_call(shared->subject, SYS_read);
	look();
	before = l.fingerprint;
	for (int i = 0; i < 10; i++) {
		look();
		assert_int_equal(l.fingerprint, before);
	}
	for (int i = 0; i < 10; i++) {
		once_round();
		look();
		assert_int_equal(l.activity, QUIET);
		assert_true(l.fingerprint != before);
		before = l.fingerprint;
	}
	kill(shared->subject, SIGSTOP);
	await_state(shared->subject, 'T');
	look();
	assert_true(l.fingerprint != before);
}

static void fingerprints_tell_processes_apart(void **state)
{
	uint64_t one;

	(void)state;
	start(reads, 1);
	await_call(shared->subject, SYS_read);
	look();
	one = l.fingerprint;
	stop();
	start(NULL, 0);
	look();
	assert_true(l.fingerprint != one);
}

/* ---- names ---- */

static const char *name;

static void takes_a_name(void)
{
	prctl(PR_SET_NAME, name);
	read_on();
}

static void names_cannot_confuse(void **state)
{
	static const char *const names[] = {
		") R 1 (",    "x) Z 1 1 1",  ") ) ) ) )", "(((((((",
		"\n) R 1 1\n", "S (a) R 2 3", "",	  ")",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		name = names[i];
		start(takes_a_name, 1);
		await_call(shared->subject, SYS_read);
		look();
		assert_int_equal(l.n, 1);
		assert_int_equal(l.p[0].pid, shared->subject);
		assert_int_equal(l.p[0].parent, agent);
		assert_int_equal(l.p[0].state, 'S');
		assert_int_equal(l.activity, QUIET);
		assert_true(l.cpu_ns < 60000ull * MS);
		stop();
	}
}

/* ---- amounts ---- */

static void burn(void)
{
	while (clock() < CLOCKS_PER_SEC / 20) /* of CPU time: 50 ms */
		;
}

static void burns(void)
{
	burn();
	read_on();
}

static void reaps_one_that_burnt(void)
{
	waitpid(fork_to(burn), NULL, 0);
	read_on();
}

static void counts_cpu_time(void **state)
{
	void (*const subjects[])(void) = {burns, reaps_one_that_burnt, burn};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		agent_reaps = subjects[i] == burn;
		start(subjects[i], 1);
		if (!agent_reaps)
			await_call(shared->subject, SYS_read);
		look();
		assert_in_range(l.cpu_ns, 30 * MS, 5000ull * MS);
		probe_processes(&l, agent);
		assert_in_range(l.cpu_ns, 30 * MS, 5000ull * MS);
		stop();
	}
	agent_reaps = false;
	start(reads, 1);
	await_call(shared->subject, SYS_read);
	look();
	assert_true(l.cpu_ns <= 20 * MS);
}

static void takes_memory(void)
{
	size_t n = 32u << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, n);
	read_on();
}

static void counts_memory(void **state)
{
	uint64_t little;

	(void)state;
	start(reads, 1);
	await_call(shared->subject, SYS_read);
	look();
	little = l.memory;
	stop();
	start(takes_memory, 1);
	await_call(shared->subject, SYS_read);
	look();
	assert_true(l.memory >= 32u << 20);
	assert_true(l.memory >= little + (31u << 20));
}

static void counts_descriptors(void **state)
{
	int before = probe_descriptors(getpid()), copy = dup(0);

	(void)state;
	assert_true(before > 3);
	assert_int_equal(probe_descriptors(getpid()), before + 1);
	close(copy);
	assert_int_equal(probe_descriptors(getpid()), before);
	assert_int_equal(probe_descriptors(1 << 30), -1);
}

static void last_pid_grows(void **state)
{
	(void)state;
	start(reads, 1);
	assert_true(probe_last_pid() >= (unsigned long)shared->subject);
}

static void knows_the_pid_inside(void **state)
{
	char c;

	(void)state;
	assert_int_equal(probe_inner_pid(getpid()), getpid());
	assert_int_equal(probe_inner_pid(1 << 30), -1);
	agent = (pid_t)syscall(SYS_clone,
			       CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0L, 0L,
			       0L, 0L);
	if (agent == 0) {
		if (getpid() == 1)
			read(in[0], &c, 1);
		_exit(0);
	}
	if (agent < 0)
		skip(); /* no user namespaces here */
	assert_int_equal(probe_inner_pid(agent), 1);
}

/* ---- many processes, in a pid namespace of their own ---- */

enum { MANY = PROCESSES_MAX + 88, NO_ROOM = 77 };

static bool fork_many(int n)
{
	for (int i = 0; i < n; i++)
		if (fork_to(reads) < 0)
			return false;
	return true;
}

static void many_bystanders(void)
{
	if (!fork_many(MANY))
		_exit(NO_ROOM);
	agent = fork();
	if (agent == 0)
		be_agent(reads, 1);
	if (!await_call(agent, SYS_read) ||
	    !await_call(shared->subject, SYS_read))
		_exit(1);
	probe_look(&l, agent, false);
	if (!l.complete)
		_exit(2);
	_exit(l.n == 1 && l.activity == QUIET ? 0 : 3);
}

static void many_subjects(void)
{
	agent = fork();
	if (agent == 0) {
		if (!fork_many(MANY))
			_exit(0);
		read_on();
	}
	if (!await_call(agent, SYS_read))
		_exit(NO_ROOM);
	probe_look(&l, agent, false);
	_exit(!l.complete && l.activity == RUNNING ? 0 : 1);
}

static void assert_in_a_room(void (*what)(void))
{
	const char *why, *dir;
	int status;
	pid_t room;

	if (!room_possible(&why)) {
		print_message("skipped: %s\n", why);
		skip();
	}
	fflush(NULL);
	room = room_fork_judge(true, &dir);
	if (room == 0)
		what();
	assert_int_equal(waitpid(room, &status, 0), room);
	if (status == NO_ROOM << 8)
		skip(); /* so many processes cannot be had */
	assert_int_equal(status, 0);
}

static void bystanders_do_not_count(void **state)
{
	(void)state;
	assert_in_a_room(many_bystanders);
}

static void more_than_can_be_seen_is_not_quiet(void **state)
{
	(void)state;
	assert_in_a_room(many_subjects);
}

/* ---- each test has an agent of its own ---- */

static int begin(void **state)
{
	(void)state;
	alarm(60);
	main_thread_ends = agent_reaps = false;
	*shared = (struct shared){0};
	return pipe2(in, O_CLOEXEC);
}

static int end(void **state)
{
	(void)state;
	alarm(0);
	stop();
	close(in[0]);
	return close(in[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_what_a_blocked_call_waits_for),
		TEST(timers_make_every_call_one_that_may_end),
		TEST(sees_one_that_runs),
		TEST(the_stopped_are_quiet),
		TEST(nobody_is_gone),
		TEST(the_ended_are_gone),
		TEST(counts_zombies),
		TEST(sees_descendants_only),
		TEST(sees_orphans),
		TEST(the_least_quiet_thread_decides),
		TEST(lives_on_in_its_threads),
		TEST(fingerprints_tell_what_has_run),
		TEST(fingerprints_tell_processes_apart),
		TEST(names_cannot_confuse),
		TEST(counts_cpu_time),
		TEST(counts_memory),
		TEST(counts_descriptors),
		TEST(last_pid_grows),
		TEST(knows_the_pid_inside),
		TEST(bystanders_do_not_count),
		TEST(more_than_can_be_seen_is_not_quiet),
	};

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
