/* SPDX-License-Identifier: MIT */
/* grader_probe_calls.c - tests of which blocked calls may end by themselves, and when. */
#define _GNU_SOURCE 1
#include "base.h"
#include "probe.h"

#include "grader_agent.h"

#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

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
	pid_t parent = getpid();
	char c;

	pipe(mine);
	if (fork() == 0) {
		die_with(parent);
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

#define FOR_EVER UINT64_MAX
#define A_MINUTE (60 * (uint64_t)NS_PER_S)
#define UNSEEN 0

static const struct blocked {
	const char *name;
	long (*call)(void);
	long nr;
	uint64_t timeout;
} blocked[] = {
	{"read", in_nothing, SYS_read, FOR_EVER},
	{"accept", in_accept, SYS_accept4, FOR_EVER},
	{"recv", in_recv, SYS_recvfrom, FOR_EVER},
	{"write", in_write, SYS_write, FOR_EVER},
	{"wait", in_wait, SYS_wait4, FOR_EVER},
	{"sigsuspend", in_sigsuspend, SYS_rt_sigsuspend, FOR_EVER},
	{"fcntl, for a lock", in_flock, SYS_fcntl, FOR_EVER},
	{"futex", in_futex, SYS_futex, FOR_EVER},
	{"ppoll", in_ppoll, SYS_ppoll, FOR_EVER},
	{"pselect", in_pselect, SYS_pselect6, FOR_EVER},
	{"epoll_pwait", in_epoll, SYS_epoll_pwait, FOR_EVER},
	{"sigwaitinfo", in_sigwait, SYS_rt_sigtimedwait, FOR_EVER},
	{"recvmmsg", in_recvmmsg, SYS_recvmmsg, FOR_EVER},
	{"nanosleep", in_nanosleep, SYS_nanosleep, A_MINUTE},
	{"clock_nanosleep", in_clock_nanosleep, SYS_clock_nanosleep, A_MINUTE},
	{"futex, timed", in_futex_a_minute, SYS_futex, UNSEEN},
	{"ppoll, timed", in_ppoll_a_minute, SYS_ppoll, A_MINUTE},
	{"pselect, timed", in_pselect_a_minute, SYS_pselect6, A_MINUTE},
	{"epoll_pwait, timed", in_epoll_a_minute, SYS_epoll_pwait, A_MINUTE},
	{"sigtimedwait", in_sigwait_a_minute, SYS_rt_sigtimedwait, A_MINUTE},
	{"recvmmsg, timed", in_recvmmsg_a_minute, SYS_recvmmsg, UNSEEN},
#ifdef SYS_poll
	{"poll", in_poll, SYS_poll, FOR_EVER},
	{"select", in_select, SYS_select, FOR_EVER},
	{"epoll_wait", in_epoll_wait, SYS_epoll_wait, FOR_EVER},
	{"pause", in_pause, SYS_pause, FOR_EVER},
	{"poll, timed", in_poll_a_minute, SYS_poll, A_MINUTE},
	{"select, timed", in_select_a_minute, SYS_select, UNSEEN},
	{"epoll_wait, timed", in_epoll_wait_a_minute, SYS_epoll_wait, A_MINUTE},
#endif
};

static const struct blocked *now_blocked;

static void blocks(void)
{
	now_blocked->call();
}

static bool is_as_expected(const struct blocked *b)
{
	return l.activity == (b->timeout == FOR_EVER ? QUIET : DOZING) &&
	       l.least_timeout == b->timeout;
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
		for (int i_ = 0; i_ < 10000 && l.activity == RUNNING; i_++)
			look(); /* its child, too, has to come to rest */
		if (!is_blocked || !is_as_expected(now_blocked))
			snprintf(wrong + n, sizeof(wrong) - n,
				 "\n%s: %s, for %.0f s", now_blocked->name,
				 is_blocked ? names[l.activity] : "has ended",
				 (double)l.least_timeout / NS_PER_S);
		stop();
	}
	assert_string_equal(wrong, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(knows_what_a_blocked_call_waits_for),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}
