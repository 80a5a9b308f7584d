/* SPDX-License-Identifier: MIT */
/* grader_probe.c - tests of what /proc tells about real processes. */
#define _GNU_SOURCE 1
#include "probe.h"

#include "grader_agent.h"
#include "room.h"

#include <poll.h>
#include <pthread.h>
#include <time.h>

#define MS 1000000u /* in nanoseconds */

static bool is_there(pid_t pid)
{
	for (size_t i = 0; i < l.n; i++)
		if (l.p[i].pid == pid)
			return true;
	return false;
}

static void look_with_timers(void)
{
	do
		probe_look(&l, agent, true);
	while (!l.steady);
}

/* A timer, or a time-out of a socket, does not show in the call. */
static void timers_make_every_call_one_that_may_end(void **state)
{
	(void)state;
	start(reads, 1);
	await_call(shared->subject, SYS_read);
	look();
	assert_int_equal(l.activity, QUIET);
	look_with_timers();
	assert_int_equal(l.activity, DOZING);
}

/* ---- running, stopped, gone ---- */

static void spins(void)
{
	for (;;)
		;
}

static void dozes(void)
{
	for (;;)
		sleep(60);
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

static void stop_and_go_on(void (*subject)(void), long before, long after,
			   enum activity then)
{
	start(subject, 1);
	if (before >= 0)
		await_call(shared->subject, before);
	kill(shared->subject, SIGSTOP);
	await_state(shared->subject, 'T');
	look();
	assert_int_equal(l.activity, QUIET);
	assert_int_equal(l.p[0].state, 'T');
	assert_false(l.unstopped);
	assert_int_equal(probe_living(&l), 1);
	kill(shared->subject, SIGCONT);
	while (state_of(shared->subject, shared->subject) == 'T')
		sched_yield();
	if (after >= 0)
		await_call(shared->subject, after);
	look();
	assert_int_equal(l.activity, then);
	stop();
}

static void the_stopped_are_quiet(void **state)
{
	(void)state;
	stop_and_go_on(spins, -1, -1, RUNNING);
	stop_and_go_on(reads, SYS_read, SYS_read, QUIET);
	stop_and_go_on(dozes, SYS_clock_nanosleep, SYS_restart_syscall, DOZING);
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
	start(ends, 1);
	await_state(shared->subject, 'Z');
	look();
	assert_int_equal(l.activity, GONE);
	assert_int_equal(l.n, 1);
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
	pid_t pid = fork();

	if (pid > 0) {
		shared->other = pid;
		return;
	}
	/* Its parent's end is not to be its own, but the test's. */
	alarm(HANGS_AFTER_SECONDS);
	close(in[1]);
	reads();
	_exit(0);
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
	assert_true(l.unstopped);
}

#define GENERATIONS 400 /* all of them may be seen, as zombies */

/* Each has a child and ends, as who becomes a daemon does; beside them sits one
 * that is quiet. */
static void forks_on_and_on(void)
{
	bool quiet = fork() == 0;

	for (int i = 0; i < GENERATIONS && !quiet; i++)
		if (fork() != 0)
			_exit(0);
	alarm(HANGS_AFTER_SECONDS);
	close(in[1]);
	if (!quiet)
		shared->rounds = GENERATIONS;
	reads();
}

/* A child that was born after its place in /proc was passed, and whose parent
 * had ended before it was read, is not in the list. */
static void who_forks_and_ends_is_neither_gone_nor_quiet(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		shared->rounds = 0;
		start(forks_on_and_on, 1);
		while (!shared->rounds) {
			probe_look(&l, agent, false);
			assert_true(l.activity == RUNNING || shared->rounds);
			probe_processes(&l, agent);
			assert_true(probe_living(&l) > 0 || !l.steady);
		}
		stop();
	}
}

/* ---- threads ---- */

static void (*in_thread)(void);
static bool main_thread_ends;

static void *be_thread(void *arg)
{
	shared->thread = (pid_t)syscall(SYS_gettid);
	in_thread();
	return arg;
}

static void has_a_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, be_thread, NULL);
	if (main_thread_ends)
		pthread_exit(NULL);
	reads();
}

/* A process whose main thread is blocked in read, if it goes on, with another
 * one in a call, or in none (-1). */
static void start_with_thread(void (*what)(void), long nr)
{
	in_thread = what;
	shared->thread = 0;
	start(has_a_thread, 1);
	if (!main_thread_ends)
		await_call(shared->subject, SYS_read);
	while (!shared->thread)
		sched_yield();
	if (nr >= 0)
		await_call_of(shared->subject, shared->thread, nr);
	look();
	assert_int_equal(l.n, 1);
}

static void the_least_quiet_thread_decides(void **state)
{
	(void)state;
	main_thread_ends = false;
	start_with_thread(reads, SYS_read);
	assert_int_equal(l.activity, QUIET);
	stop();
	start_with_thread(dozes, SYS_clock_nanosleep);
	assert_int_equal(l.activity, DOZING);
	stop();
	start_with_thread(spins, -1);
	assert_int_equal(l.activity, RUNNING);
}

/* pthread_exit() in main(): the process goes on, and is no zombie. */
static void lives_on_in_its_threads(void **state)
{
	(void)state;
	main_thread_ends = true;
	start_with_thread(reads, SYS_read);
	await_state(shared->subject, 'Z'); /* the thread's, not the process's */
	look();
	assert_int_equal(l.activity, QUIET);
	assert_int_equal(probe_zombies(&l, 0), 0); /* 0: nobody's agent */
	assert_int_equal(probe_living(&l), 1);
}

/* ---- has anything run between two looks? ---- */

static int turns[2];

static void goes_round(void)
{
	char c;

	while (syscall(SYS_read, turns[0], &c, 1) == 1)
		shared->rounds++;
}

static void once_round(void)
{
	int before = shared->rounds;

	assert_int_equal(write(turns[1], "x", 1), 1);
	while (shared->rounds == before)
		sched_yield();
	await_call(shared->subject, SYS_read);
}

static void fingerprints_tell_what_has_run(void **state)
{
	uint64_t before;

	(void)state;
	assert_int_equal(pipe2(turns, O_CLOEXEC), 0);
	start(goes_round, 1);
	await_call(shared->subject, SYS_read);
	look();
	before = l.fingerprint;
	for (int i = 0; i < 10; i++) {
		look();
		assert_true(l.fingerprint == before);
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
	close(turns[0]);
	close(turns[1]);
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
		") R 1 (",     "x) Z 1 1 1",  ") ) ) ) )", "(((((((",
		"\n) R 1 1\n", "S (a) R 2 3", "",	   ")",
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
		alarm(HANGS_AFTER_SECONDS);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_make_every_call_one_that_may_end),
		TEST(sees_one_that_runs),
		TEST(the_stopped_are_quiet),
		TEST(nobody_is_gone),
		TEST(the_ended_are_gone),
		TEST(counts_zombies),
		TEST(sees_descendants_only),
		TEST(sees_orphans),
		TEST(who_forks_and_ends_is_neither_gone_nor_quiet),
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

	return cmocka_run_group_tests(tests, share, NULL);
}
