/* SPDX-License-Identifier: MIT */
/* common_wrap_process.c - tests of the wrappers for processes and signals. */
/* wrap: fork waitpid */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"
#include "common_fault.h"

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);

pid_t __wrap_fork(void)
{
	return must_fail("fork") ? -1 : __real_fork();
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	return must_fail("waitpid") ? -1 : __real_waitpid(pid, status, options);
}

static void forks_in_vain(void)
{
	plan_fault("fork", EAGAIN, 1);
	Fork();
}

static void waits_for_no_child(void)
{
	int status;

	Waitpid(-1, &status, 0);
}

static void handles_sigkill(void)
{
	const struct sigaction act = {.sa_handler = SIG_IGN};

	Sigaction(SIGKILL, &act, NULL);
}

static void masks_in_no_way(void)
{
	sigset_t set;

	sigemptyset(&set);
	Sigprocmask(99, &set, NULL);
}

static void fork_returns_twice(void **state)
{
	int status;
	pid_t pid = Fork();

	(void)state;
	if (pid == 0)
		_exit(7);
	assert_int_equal(Waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void interrupted_wait_goes_on(void **state)
{
	int status;
	pid_t pid = Fork();

	(void)state;
	if (pid == 0)
		_exit(8);
	plan_fault("waitpid", EINTR, 2);
	assert_int_equal(Waitpid(pid, &status, 0), pid);
	assert_int_equal(calls_made(), 3);
	assert_int_equal(WEXITSTATUS(status), 8);
}

static void wnohang_gives_0_while_the_child_lives(void **state)
{
	int fd[2];
	pid_t pid;
	char c;

	(void)state;
	Pipe(fd);
	pid = Fork();
	if (pid == 0) {
		close(fd[1]);
		_exit((int)read(fd[0], &c, 1)); /* until the parent closes */
	}
	close(fd[0]);
	assert_int_equal(Waitpid(pid, NULL, WNOHANG), 0);
	close(fd[1]);
	assert_int_equal(Waitpid(pid, NULL, 0), pid);
}

static volatile sig_atomic_t signals;

static void count_signal(int signo)
{
	(void)signo;
	signals++;
}

static void a_blocked_signal_waits(void **state)
{
	const struct sigaction act = {.sa_handler = count_signal};
	struct sigaction before, after;
	sigset_t set, old;

	(void)state;
	Sigaction(SIGUSR1, &act, &before);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	Sigprocmask(SIG_BLOCK, &set, &old);
	assert_int_equal(sigismember(&old, SIGUSR1), 0);
	raise(SIGUSR1);
	assert_int_equal(signals, 0);
	Sigprocmask(SIG_SETMASK, &old, NULL);
	assert_int_equal(signals, 1);
	Sigaction(SIGUSR1, &before, &after);
	assert_true(after.sa_handler == count_signal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(forks_in_vain, "fork", EAGAIN),
		ENDS(waits_for_no_child, "waitpid", ECHILD),
		ENDS(handles_sigkill, "sigaction", EINVAL),
		ENDS(masks_in_no_way, "sigprocmask", EINVAL),
		cmocka_unit_test(fork_returns_twice),
		cmocka_unit_test(interrupted_wait_goes_on),
		cmocka_unit_test(wnohang_gives_0_while_the_child_lives),
		cmocka_unit_test(a_blocked_signal_waits),
	};

	return cmocka_run_group_tests_name("wrap_process", tests, NULL, NULL);
}
