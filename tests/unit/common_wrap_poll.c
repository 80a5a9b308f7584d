/* SPDX-License-Identifier: MIT */
/* common_wrap_poll.c - tests of Poll. */
/* wrap: poll clock_gettime */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"
#include "common_fault.h"

#include <time.h>

/* While the clock is made up, each interrupted poll takes this long. */
enum { TAKES_NS = 29500000 };

static bool made_up;
static struct timespec made_up_time;
static int timeouts[8];

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (fault.call != NULL && fault.calls < 8)
		timeouts[fault.calls] = timeout;
	if (!must_fail("poll"))
		return __real_poll(fds, n, timeout);
	made_up_time.tv_nsec += TAKES_NS;
	return -1;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!made_up)
		return __real_clock_gettime(clock, now);
	*now = clock == CLOCK_MONOTONIC ? made_up_time : (struct timespec){0};
	return 0;
}

static int make_up_time(void **state)
{
	(void)state;
	made_up = true;
	made_up_time = (struct timespec){1000000, 0};
	return 0;
}

static int leave_time_alone(void **state)
{
	(void)state;
	made_up = false;
	return 0;
}

static void polls_in_vain(void)
{
	plan_fault("poll", ENOMEM, 1);
	Poll(NULL, 0, 0);
}

static void ready_descriptors_are_counted(void **state)
{
	struct pollfd fds[2];
	int fd[2];

	(void)state;
	Pipe(fd);
	fds[0] = (struct pollfd){.fd = fd[0], .events = POLLIN};
	fds[1] = (struct pollfd){.fd = fd[1], .events = POLLOUT};
	assert_int_equal(Poll(fds, 1, 0), 0);
	assert_int_equal(Poll(fds, 2, -1), 1);
	assert_int_equal(fds[1].revents, POLLOUT);
	Write(fd[1], "x", 1);
	assert_int_equal(Poll(fds, 2, 1000), 2);
	assert_int_equal(fds[0].revents, POLLIN);
	Close(fd[0]);
	Close(fd[1]);
}

static void time_runs_out(void **state)
{
	(void)state;
	assert_int_equal(Poll(NULL, 0, 1), 0);
}

/* 29.5 ms gone of 100: 70.5 ms are left, and 70 would be too early. */
static void interrupted_it_waits_for_the_rest(void **state)
{
	static const int expected[] = {100, 71, 41, 12, 0};

	(void)state;
	plan_fault("poll", EINTR, 4);
	assert_int_equal(Poll(NULL, 0, 100), 0);
	assert_int_equal(calls_made(), 5);
	assert_memory_equal(timeouts, expected, sizeof(expected));
}

static void interrupted_it_waits_for_ever(void **state)
{
	struct pollfd out = {.events = POLLOUT};
	int fd[2];

	(void)state;
	Pipe(fd);
	out.fd = fd[1];
	plan_fault("poll", EINTR, 2);
	assert_int_equal(Poll(&out, 1, -1), 1);
	assert_int_equal(calls_made(), 3);
	assert_int_equal(timeouts[2], -1);
	Close(fd[0]);
	Close(fd[1]);
}

static void interrupted_it_does_not_wait_at_all(void **state)
{
	(void)state;
	plan_fault("poll", EINTR, 1);
	assert_int_equal(Poll(NULL, 0, 0), 0);
	assert_int_equal(calls_made(), 2);
	assert_int_equal(timeouts[1], 0);
}

static void the_longest_time_fits(void **state)
{
	struct pollfd out = {.events = POLLOUT};
	int fd[2];

	(void)state;
	Pipe(fd);
	out.fd = fd[1];
	plan_fault("poll", EINTR, 1);
	assert_int_equal(Poll(&out, 1, 2147483647), 1);
	assert_int_equal(calls_made(), 2);
	assert_int_equal(timeouts[1], 2147483647 - 29);
	Close(fd[0]);
	Close(fd[1]);
}

#define MADE_UP(test) \
	cmocka_unit_test_setup_teardown(test, make_up_time, leave_time_alone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(polls_in_vain, "poll", ENOMEM),
		cmocka_unit_test(ready_descriptors_are_counted),
		cmocka_unit_test(time_runs_out),
		MADE_UP(interrupted_it_waits_for_the_rest),
		MADE_UP(interrupted_it_waits_for_ever),
		MADE_UP(interrupted_it_does_not_wait_at_all),
		MADE_UP(the_longest_time_fits),
	};

	return cmocka_run_group_tests_name("wrap_poll", tests, NULL, NULL);
}
