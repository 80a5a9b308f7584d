/* SPDX-License-Identifier: MIT */
/* common_io.c - tests of readn, read_some, writen and sendn. */
/* wrap: read write send */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "io.h"

#include "common_child.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

/*
 * A script says what the next calls do: move at most so many bytes (0 is end
 * of file, or the impossible write of nothing), or fail with an errno.  The
 * bytes come from `there` or go to `here`; past the script, calls are real.
 */
struct step {
	ssize_t moves;
	int error;
};

static const struct step *script;
static int steps, played, flags_seen;
static const char *there;
static char here[64];
static size_t arrived;

static void play(const struct step *steps_of, int n, const char *text)
{
	script = steps_of;
	steps = n;
	played = 0;
	there = text;
	arrived = 0;
	memset(here, 0, sizeof(here));
}

static ssize_t next_step(size_t asked)
{
	const struct step *s = &script[played++];

	if (s->error != 0) {
		errno = s->error;
		return -1;
	}
	return s->moves < (ssize_t)asked ? s->moves : (ssize_t)asked;
}

static ssize_t put_here(const void *buf, size_t n)
{
	ssize_t moves = next_step(n);

	if (moves > 0) {
		memcpy(here + arrived, buf, (size_t)moves);
		arrived += (size_t)moves;
	}
	return moves;
}

ssize_t __real_read(int fd, void *buf, size_t n);
ssize_t __wrap_read(int fd, void *buf, size_t n);
ssize_t __real_write(int fd, const void *buf, size_t n);
ssize_t __wrap_write(int fd, const void *buf, size_t n);
ssize_t __real_send(int fd, const void *buf, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *buf, size_t n, int flags);

ssize_t __wrap_read(int fd, void *buf, size_t n)
{
	ssize_t moves;

	if (played >= steps)
		return __real_read(fd, buf, n);
	moves = next_step(n);
	if (moves > 0) {
		memcpy(buf, there, (size_t)moves);
		there += moves;
	}
	return moves;
}

ssize_t __wrap_write(int fd, const void *buf, size_t n)
{
	return played < steps ? put_here(buf, n) : __real_write(fd, buf, n);
}

ssize_t __wrap_send(int fd, const void *buf, size_t n, int flags)
{
	flags_seen = flags;
	return played < steps ? put_here(buf, n)
			      : __real_send(fd, buf, n, flags);
}

#define PLAY(text, ...)                                         \
	do {                                                    \
		static const struct step s[] = {__VA_ARGS__};   \
		play(s, (int)(sizeof(s) / sizeof(s[0])), text); \
	} while (0)

/* No descriptor: a call past the end of the script fails with EBADF. */
enum { NOWHERE = -1 };

static void readn_joins_short_counts(void **state)
{
	char buf[8] = "-------";

	(void)state;
	PLAY("abcdef", {1, 0}, {3, 0}, {99, 0});
	assert_int_equal(readn(NOWHERE, buf, 6), 6);
	assert_string_equal(buf, "abcdef-");
	assert_int_equal(played, 3);
}

static void readn_goes_on_when_interrupted(void **state)
{
	char buf[8] = "";

	(void)state;
	PLAY("abcd", {0, EINTR}, {2, 0}, {0, EINTR}, {0, EINTR}, {2, 0});
	assert_int_equal(readn(NOWHERE, buf, 4), 4);
	assert_string_equal(buf, "abcd");
}

static void readn_stops_at_end_of_file(void **state)
{
	char buf[8] = "";

	(void)state;
	PLAY("abc", {2, 0}, {1, 0}, {0, 0});
	assert_int_equal(readn(NOWHERE, buf, 8), 3);
	assert_string_equal(buf, "abc");
	PLAY("", {0, 0});
	assert_int_equal(readn(NOWHERE, buf, 8), 0);
}

static void readn_reports_an_error(void **state)
{
	char buf[8];

	(void)state;
	PLAY("abc", {2, 0}, {0, ECONNRESET});
	assert_int_equal(readn(NOWHERE, buf, 8), -1);
	assert_int_equal(errno, ECONNRESET);
	PLAY("abc", {1, 0}, {0, EAGAIN});
	assert_int_equal(readn(NOWHERE, buf, 8), -1);
	assert_int_equal(errno, EAGAIN);
}

static void nothing_asked_is_nothing_done(void **state)
{
	(void)state;
	play(NULL, 0, "");
	assert_int_equal(readn(NOWHERE, NULL, 0), 0);
	assert_int_equal(writen(NOWHERE, NULL, 0), 0);
	assert_int_equal(sendn(NOWHERE, NULL, 0), 0);
}

static void read_some_reads_once(void **state)
{
	char buf[8] = "";

	(void)state;
	PLAY("abcdef", {0, EINTR}, {0, EINTR}, {2, 0}, {4, 0});
	assert_int_equal(read_some(NOWHERE, buf, 6), 2);
	assert_int_equal(played, 3);
	PLAY("", {0, 0});
	assert_int_equal(read_some(NOWHERE, buf, 6), 0);
	PLAY("", {0, EIO});
	assert_int_equal(read_some(NOWHERE, buf, 6), -1);
	assert_int_equal(errno, EIO);
}

typedef int putter(int fd, const void *buf, size_t n);

static void puts_all(putter *put)
{
	PLAY("", {0, EINTR}, {1, 0}, {2, 0}, {0, EINTR}, {99, 0});
	assert_int_equal(put(NOWHERE, "abcdef", 6), 0);
	assert_string_equal(here, "abcdef");
	assert_int_equal(arrived, 6);
	assert_int_equal(played, 5);
}

static void reports_an_error(putter *put)
{
	PLAY("", {2, 0}, {0, EPIPE});
	assert_int_equal(put(NOWHERE, "abcdef", 6), -1);
	assert_int_equal(errno, EPIPE);
	PLAY("", {2, 0}, {0, EAGAIN});
	assert_int_equal(put(NOWHERE, "abcdef", 6), -1);
	assert_int_equal(errno, EAGAIN);
}

static void zero_moved_is_an_error(putter *put)
{
	PLAY("", {2, 0}, {0, 0}, {4, 0});
	errno = 0;
	assert_int_equal(put(NOWHERE, "abcdef", 6), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(played, 2);
}

static void writen_writes_all(void **state)
{
	(void)state;
	puts_all(writen);
	reports_an_error(writen);
	zero_moved_is_an_error(writen);
}

static void sendn_sends_all(void **state)
{
	(void)state;
	puts_all(sendn);
	assert_int_equal(flags_seen, MSG_NOSIGNAL);
	reports_an_error(sendn);
	zero_moved_is_an_error(sendn);
}

/* ---- For real ---- */

static void sendn_to_a_gone_peer_is_epipe(void **state)
{
	int pair[2];

	(void)state;
	play(NULL, 0, "");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(pair[1]);
	assert_int_equal(sendn(pair[0], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	close(pair[0]);
}

static void writes_to_a_gone_reader(void)
{
	int fd[2];

	if (pipe(fd) == 0) {
		close(fd[0]);
		writen(fd[1], "x", 1);
	}
}

static void writen_to_a_gone_reader_is_sigpipe(void **state)
{
	struct ending end = end_of(writes_to_a_gone_reader);

	(void)state;
	assert_true(WIFSIGNALED(end.status));
	assert_int_equal(WTERMSIG(end.status), SIGPIPE);
}

static void sendn_wants_a_socket(void **state)
{
	int fd[2];

	(void)state;
	play(NULL, 0, "");
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(sendn(fd[1], "x", 1), -1);
	assert_int_equal(errno, ENOTSOCK);
	close(fd[0]);
	close(fd[1]);
}

enum { TICKS = 100 };

static void tick_every(suseconds_t us)
{
	const struct itimerval every = {{0, us}, {0, us}};

	setitimer(ITIMER_REAL, &every, NULL);
}

/* Ticks come to an end: a slow machine might else do nothing but handle them. */
static void tick(int signo)
{
	static int ticks;

	(void)signo;
	if (++ticks == TICKS)
		tick_every(0);
}

/* Now a signal comes every millisecond for a while, and interrupts calls. */
static void start_ticking(void)
{
	const struct sigaction act = {.sa_handler = tick};

	sigaction(SIGALRM, &act, NULL);
	tick_every(1000);
}

enum { MANY = 1 << 22 };

static unsigned char all[MANY + 1];

static unsigned char byte_at(size_t i)
{
	return (unsigned char)(i * 7 + i / 251);
}

static _Noreturn void send_many_and_exit(int fd)
{
	for (size_t i = 0; i < MANY; i++)
		all[i] = byte_at(i);
	start_ticking();
	_exit(sendn(fd, all, MANY) == 0 ? 0 : 1);
}

/* Much more than a socket holds, with signals on both sides meanwhile. */
static void all_bytes_cross_while_signals_come(void **state)
{
	int pair[2], status;
	pid_t pid;

	(void)state;
	play(NULL, 0, "");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		send_many_and_exit(pair[1]);
	close(pair[1]);
	start_ticking();
	assert_int_equal(readn(pair[0], all, MANY + 1), MANY);
	tick_every(0);
	for (size_t i = 0; i < MANY; i++) {
		if (all[i] != byte_at(i))
			fail_msg("byte %zu is wrong", i);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(pair[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readn_joins_short_counts),
		cmocka_unit_test(readn_goes_on_when_interrupted),
		cmocka_unit_test(readn_stops_at_end_of_file),
		cmocka_unit_test(readn_reports_an_error),
		cmocka_unit_test(nothing_asked_is_nothing_done),
		cmocka_unit_test(read_some_reads_once),
		cmocka_unit_test(writen_writes_all),
		cmocka_unit_test(sendn_sends_all),
		cmocka_unit_test(sendn_to_a_gone_peer_is_epipe),
		cmocka_unit_test(writen_to_a_gone_reader_is_sigpipe),
		cmocka_unit_test(sendn_wants_a_socket),
		cmocka_unit_test(all_bytes_cross_while_signals_come),
	};

	return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
