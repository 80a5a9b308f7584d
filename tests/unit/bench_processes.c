/* SPDX-License-Identifier: MIT */
/* bench_processes.c - tests of what a process and its descendants have used. */
#include "processes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * A child does what the test wants, says so through a pipe, and rests.  In it
 * nothing may assert.
 */
enum { MS = 1000000 };

static struct processes p;

/* A test that fails takes those along that it has started. */
static _Noreturn void rest(void)
{
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
	for (;;)
		pause();
}

static pid_t child_that(void (*body)(void))
{
	char done;
	int fd[2];
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		body();
		(void)!write(fd[1], "", 1);
		rest();
	}
	close(fd[1]);
	assert_int_equal(read(fd[0], &done, 1), 1);
	close(fd[0]);
	return pid;
}

/* With all that it has started: they are all that is found. */
static void end(pid_t pid)
{
	assert_true(processes_find(&p, pid));
	for (size_t i = 0; i < p.n; i++)
		kill(p.pid[i], SIGKILL);
	waitpid(pid, NULL, 0);
	processes_free(&p);
}

static void use_cpu(long ns)
{
	struct timespec t;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	while (t.tv_sec * 1000 * MS + t.tv_nsec < ns);
}

static void nothing(void)
{
}

static void *pauses(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void have_family(void)
{
	pthread_t thread;

	for (int i = 0; i < 3; i++)
		if (fork() == 0) {
			if (i == 1)
				fork();
			rest();
		}
	pthread_create(&thread, NULL, pauses, NULL);
}

/* The grandchild comes when its parent gets to it. */
static void descendants_are_found(void **state)
{
	pid_t pid = child_that(have_family);

	(void)state;
	do
		assert_true(processes_find(&p, pid));
	while (p.n < 5);
	assert_int_equal(p.n, 5);
	assert_int_equal(p.pid[0], pid);
	assert_int_equal(p.threads, 6);
	end(pid);
}

static void nobody_is_told_of(void **state)
{
	pid_t pid = child_that(nothing);

	(void)state;
	end(pid);
	assert_false(processes_find(&p, pid));
	assert_false(processes_rest(&p, pid));
	processes_free(&p);
}

static void use_30_ms(void)
{
	use_cpu(30 * MS);
}

static void cpu_time_counts(void **state)
{
	pid_t pid = child_that(use_30_ms);

	(void)state;
	assert_true(processes_rest(&p, pid));
	assert_true(processes_cpu_ns(&p) >= 30 * MS);
	assert_int_equal(processes_cpu_ns(&p), processes_cpu_ns(&p));
	end(pid);
}

/* One that gets the processor only when nobody else wants it. */
static pid_t child_that_comes_last(const atomic_bool *wanted,
				   atomic_bool *served)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
	sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){0});
	while (!*wanted)
		;
	use_cpu(MS);
	*served = true;
	rest();
}

static pid_t child_that_is_in_its_way(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	use_cpu(100 * MS);
	_exit(0);
}

/* Who has used nothing since the last look may still have something to do. */
static void who_waits_for_a_processor_is_not_at_rest(void **state)
{
	atomic_bool *flag = mmap(NULL, 2 * sizeof *flag, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cpu_set_t all, one;
	pid_t pid, other;

	(void)state;
	assert_ptr_not_equal(flag, MAP_FAILED);
	sched_getaffinity(0, sizeof all, &all);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	sched_setaffinity(0, sizeof one, &one);
	pid = child_that_comes_last(&flag[0], &flag[1]);
	other = child_that_is_in_its_way();
	flag[0] = true;
	assert_true(processes_rest(&p, pid));
	assert_true(flag[1]);
	sched_setaffinity(0, sizeof all, &all);
	waitpid(other, NULL, 0);
	end(pid);
	munmap(flag, 2 * sizeof *flag);
}

static void have_a_child_use_50_ms(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		use_cpu(50 * MS);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* It is shown in steps of 10 ms. */
static void cpu_time_of_those_reaped_counts(void **state)
{
	pid_t pid = child_that(have_a_child_use_50_ms);

	(void)state;
	assert_true(processes_rest(&p, pid));
	assert_int_equal(p.n, 1);
	assert_true(processes_cpu_ns(&p) >= 40 * MS);
	end(pid);
}

enum { PRIVATE = 4 << 20 };

static void touch_memory(void)
{
	static char memory[PRIVATE];

	memset(memory, 1, PRIVATE);
	__asm__ volatile("" : : "r"(memory) : "memory");
}

static void private_memory_counts_in_full(void **state)
{
	pid_t pid = child_that(nothing);
	int64_t without;

	(void)state;
	assert_true(processes_find(&p, pid));
	without = processes_pss(&p);
	assert_true(without > 0);
	end(pid);

	pid = child_that(touch_memory);
	assert_true(processes_find(&p, pid));
	assert_true(processes_pss(&p) - without > PRIVATE / 2);
	assert_true(processes_pss(&p) - without < 2 * PRIVATE);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descendants_are_found),
		cmocka_unit_test(nobody_is_told_of),
		cmocka_unit_test(cpu_time_counts),
		cmocka_unit_test(who_waits_for_a_processor_is_not_at_rest),
		cmocka_unit_test(cpu_time_of_those_reaped_counts),
		cmocka_unit_test(private_memory_counts_in_full),
	};

	alarm(600);
	return cmocka_run_group_tests_name("processes", tests, NULL, NULL);
}
