/* SPDX-License-Identifier: MIT */
/* witness_process.c - the witness's wrappers for processes, signals and time. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- fork and exit ---- */

static pid_t pass_fork(void)
{
	struct passage p = witness_enter(CALL_FORK, 0, 0, 0);
	pid_t child = witness_fails(&p) ? -1 : NEXT(fork)();

	if (child)
		return (pid_t)witness_leave(&p, child);
	witness_child();
	return 0;
}

pid_t fork(void)
{
	return pass_fork();
}

/* A child that borrows its parent's memory could not be told from it here. */
pid_t vfork(void)
{
	return pass_fork();
}

void exit(int status)
{
	witness_exits(status);
	NEXT(exit)(status);
	__builtin_unreachable();
}

void _exit(int status)
{
	witness_exits(status);
	NEXT(_exit)(status);
	__builtin_unreachable();
}

void _Exit(int status)
{
	witness_exits(status);
	NEXT(_Exit)(status);
	__builtin_unreachable();
}

/* ---- wait ---- */

static pid_t leave_wait(struct passage *p, pid_t r, int status)
{
	if (r > 0)
		witness_set(p, 2, status);
	return (pid_t)witness_leave(p, r);
}

pid_t wait(int *stat_loc)
{
	struct passage p = witness_enter(CALL_WAIT, -1, 0, 0);
	int own = 0, *to = stat_loc ? stat_loc : &own;
	pid_t r = witness_fails(&p) ? -1 : NEXT(wait)(to);

	return leave_wait(&p, r, r > 0 ? *to : 0);
}

pid_t waitpid(pid_t pid, int *stat_loc, int options)
{
	struct passage p = witness_enter(CALL_WAIT, pid, options, 0);
	int own = 0, *to = stat_loc ? stat_loc : &own;
	pid_t r = witness_fails(&p) ? -1 : NEXT(waitpid)(pid, to, options);

	return leave_wait(&p, r, r > 0 ? *to : 0);
}

pid_t wait3(int *stat_loc, int options, struct rusage *usage)
{
	struct passage p = witness_enter(CALL_WAIT, -1, options, 0);
	int own = 0, *to = stat_loc ? stat_loc : &own;
	pid_t r = witness_fails(&p) ? -1 : NEXT(wait3)(to, options, usage);

	return leave_wait(&p, r, r > 0 ? *to : 0);
}

pid_t wait4(pid_t pid, int *stat_loc, int options, struct rusage *usage)
{
	struct passage p = witness_enter(CALL_WAIT, pid, options, 0);
	int own = 0, *to = stat_loc ? stat_loc : &own;
	pid_t r = witness_fails(&p) ? -1 : NEXT(wait4)(pid, to, options, usage);

	return leave_wait(&p, r, r > 0 ? *to : 0);
}

/* As waitpid() would have told it. */
static int status_word(const siginfo_t *about)
{
	switch (about->si_code) {
	case CLD_EXITED:
		return (about->si_status & 0xff) << 8;
	case CLD_DUMPED:
		return about->si_status | 0x80;
	case CLD_STOPPED:
	case CLD_TRAPPED:
		return about->si_status << 8 | 0x7f;
	case CLD_CONTINUED:
		return 0xffff;
	default:
		return about->si_status;
	}
}

int waitid(idtype_t type, id_t id, siginfo_t *infop, int options)
{
	struct passage p = witness_enter(
		CALL_WAIT, type == P_ALL ? -1 : (int64_t)id, options, 0);
	siginfo_t own = {0}, *to = infop ? infop : &own;
	int r = witness_fails(&p) ? -1 : NEXT(waitid)(type, id, to, options);

	if (!r && to->si_pid) {
		witness_set(&p, 0, to->si_pid);
		witness_set(&p, 2, status_word(to));
	}
	return (int)witness_leave(&p, r);
}

/* ---- signals ---- */

int kill(pid_t pid, int sig)
{
	struct passage p = witness_enter(CALL_KILL, pid, sig, 0);
	int r = witness_fails(&p) ? -1 : NEXT(kill)(pid, sig);

	return (int)witness_leave(&p, r);
}

int sigaction(int sig, const struct sigaction *restrict act,
	      struct sigaction *restrict oact)
{
	struct passage p = witness_enter(
		CALL_SIGNAL, sig, act ? (int64_t)(intptr_t)act->sa_handler : -1,
		act ? act->sa_flags : 0);
	int r = witness_fails(&p) ? -1 : NEXT(sigaction)(sig, act, oact);

	return (int)witness_leave(&p, r);
}

static sighandler_t pass_signal(__typeof__(&signal) next, int number,
				sighandler_t handler)
{
	struct passage p = witness_enter(CALL_SIGNAL, number,
					 (int64_t)(intptr_t)handler, 0);
	sighandler_t r = witness_fails(&p) ? SIG_ERR : next(number, handler);

	witness_leave(&p, (int64_t)(intptr_t)r);
	return r;
}

sighandler_t signal(int sig, sighandler_t handler)
{
	return pass_signal(NEXT(signal), sig, handler);
}

/* What signal() is in a program that asks for _XOPEN_SOURCE alone. */
sighandler_t __sysv_signal(int sig, sighandler_t handler)
{
	return pass_signal(NEXT(__sysv_signal), sig, handler);
}

/* ---- sleeping ---- */

static int64_t microseconds(const struct timespec *t)
{
	return t ? t->tv_sec * INT64_C(1000000) + t->tv_nsec / 1000 : 0;
}

unsigned int sleep(unsigned int seconds)
{
	struct passage p =
		witness_enter(CALL_SLEEP, seconds * INT64_C(1000000), 0, 0);
	unsigned int r = witness_fails(&p) ? seconds : NEXT(sleep)(seconds);

	return (unsigned int)witness_leave(&p, r);
}

int usleep(useconds_t useconds)
{
	struct passage p = witness_enter(CALL_SLEEP, useconds, 0, 0);
	int r = witness_fails(&p) ? -1 : NEXT(usleep)(useconds);

	return (int)witness_leave(&p, r);
}

/* A sleep that a rule cuts off at its beginning has all of it still to do. */
int nanosleep(const struct timespec *time, struct timespec *remaining)
{
	struct passage p = witness_enter(CALL_SLEEP, microseconds(time), 0, 0);
	bool fails = witness_fails(&p);

	if (fails && remaining)
		*remaining = *time;
	return (int)witness_leave(&p, fails ? -1
					    : NEXT(nanosleep)(time, remaining));
}

int clock_nanosleep(clockid_t clock_id, int flags, const struct timespec *req,
		    struct timespec *rem)
{
	struct passage p = witness_enter(CALL_SLEEP, microseconds(req), 0, 0);

	if (p.action != ACT_FAIL)
		return witness_leave_code(
			&p, NEXT(clock_nanosleep)(clock_id, flags, req, rem));
	if (rem && !(flags & TIMER_ABSTIME))
		*rem = *req;
	return witness_leave_code(&p, (int)p.arg);
}

/* ---- timers ---- */

static void note_timer(struct passage *p, int64_t first)
{
	if (first)
		witness_timed();
	witness_set(p, 1, first);
}

unsigned int alarm(unsigned int seconds)
{
	struct passage p = witness_enter(CALL_TIMER, ITIMER_REAL, 0, 0);
	unsigned int r = 0;

	if (!witness_fails(&p)) {
		r = NEXT(alarm)(seconds);
		note_timer(&p, seconds * INT64_C(1000000));
	}
	return (unsigned int)witness_leave(&p, r);
}

useconds_t ualarm(useconds_t value, useconds_t interval)
{
	struct passage p = witness_enter(CALL_TIMER, ITIMER_REAL, 0, 0);
	useconds_t r = 0;

	if (!witness_fails(&p)) {
		r = NEXT(ualarm)(value, interval);
		note_timer(&p, value);
	}
	return (useconds_t)witness_leave(&p, r);
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict new,
	      struct itimerval *restrict old)
{
	struct passage p = witness_enter(CALL_TIMER, (int64_t)which, 0, 0);
	int r = witness_fails(&p) ? -1 : NEXT(setitimer)(which, new, old);

	if (!r && new)
		note_timer(&p, new->it_value.tv_sec *INT64_C(1000000) +
				       new->it_value.tv_usec);
	return (int)witness_leave(&p, r);
}

/* Under a microsecond is a time, too. */
static int64_t expiry(const struct itimerspec *t)
{
	return microseconds(&t->it_value) + (t->it_value.tv_nsec % 1000 != 0);
}

int timer_settime(timer_t id, int flags,
		  const struct itimerspec *restrict value,
		  struct itimerspec *restrict ovalue)
{
	struct passage p =
		witness_enter(CALL_TIMER, (int64_t)(intptr_t)id, 0, 0);
	int r = witness_fails(&p)
			? -1
			: NEXT(timer_settime)(id, flags, value, ovalue);

	if (!r)
		note_timer(&p, expiry(value));
	return (int)witness_leave(&p, r);
}

int timerfd_settime(int fd, int flags, const struct itimerspec *utmr,
		    struct itimerspec *otmr)
{
	struct passage p = witness_enter(CALL_TIMER, fd, 0, 0);
	int r = witness_fails(&p)
			? -1
			: NEXT(timerfd_settime)(fd, flags, utmr, otmr);

	if (!r)
		note_timer(&p, expiry(utmr));
	return (int)witness_leave(&p, r);
}
