/* SPDX-License-Identifier: MIT */
/* grader_witness.c - tests of the witness: programs run with it, and their record. */

/*
 * Theory of operation
 *
 * A test makes a record, writes rules into it, and runs this very program
 * again with the witness preloaded and the name of a scenario as its argument.
 * The scenario makes calls and exits 0 if they went as it expects; then the
 * test reads the record.  The witness is in $BUILD (build), as witness.so.
 */
#define _GNU_SOURCE 1
#include "witness.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MS UINT64_C(1000000) /* in nanoseconds */

/* ---- in the scenarios: inside the witnessed program ---- */

static const char *option; /* the scenario's argument, if it has one */

static void must(bool holds, const char *what, int line)
{
	if (holds)
		return;
	fprintf(stderr, "line %d does not hold: %s (errno: %s)\n", line, what,
		strerror(errno));
	_exit(1);
}
#define MUST(what) must((what), #what, __LINE__)

static void must_fail(long result, int error, int line)
{
	must(result == -1, "it fails", line);
	must(errno == error, strerror(error), line);
}
#define MUST_FAIL(call, error) must_fail((call), (error), __LINE__)

static void exits(pid_t child, int expected, int line)
{
	int status = -1;

	must(child > 0 && waitpid(child, &status, 0) == child, "wait", line);
	must(status == expected, "the child's wait status", line);
}
#define EXITS(child, status) exits((child), (status), __LINE__)

/* Two ends of a stream. */
static void pair(int ends[2])
{
	MUST(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

static int listener(struct sockaddr_in *where)
{
	socklen_t n = sizeof(*where);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*where = (struct sockaddr_in){.sin_family = AF_INET};
	where->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(fd >= 0 && !bind(fd, (struct sockaddr *)where, n) &&
	     !listen(fd, 8));
	MUST(!getsockname(fd, (struct sockaddr *)where, &n));
	return fd;
}

static int client(const struct sockaddr_in *where)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	MUST(!connect(fd, (const struct sockaddr *)where, sizeof(*where)));
	return fd;
}

/* Say how a call ended, then set errno to what no call sets it. */
static void tell(const char *call, int64_t result)
{
	printf("%s: %lld, errno %d\n", call, (long long)result, errno);
	errno = 200;
}
#define TELL(call) tell(#call, (int64_t)(call))

static void tell_wild_pointers(int fd)
{
	char *volatile wild = (char *)8;
	struct iovec *wild_vector = (struct iovec *)(void *)wild;
	struct msghdr *wild_message = (struct msghdr *)(void *)wild;
	struct sockaddr *wild_address = (struct sockaddr *)(void *)wild;
	volatile int minus = -1;

	TELL(write(fd, wild, 10));
	TELL(read(fd, wild, 10));
	TELL(readv(fd, wild_vector, 2));
	TELL(writev(fd, wild_vector, 2));
	TELL(writev(fd, wild_vector, minus));
	TELL(recvmsg(fd, wild_message, 0));
	TELL(sendmsg(fd, wild_message, 0));
	TELL(connect(fd, wild_address, 16));
	TELL(bind(-1, wild_address, 16));
	TELL(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, wild, 16));
	TELL(open(wild, O_RDONLY));
	TELL(open(wild, -1));
	TELL(unlink(wild));
	TELL(mkfifo(wild, 0600));
	TELL(execl(wild, wild, NULL));
	TELL(shmdt(wild));
}

static void tell_results(int fd)
{
	const struct timespec bad = {.tv_nsec = -1};
	const struct itimerspec bad_timer = {.it_value = bad};
	struct epoll_event event;
	char byte = 'x';

	TELL(write(fd, &byte, 0));
	TELL(recv(fd, &byte, 1, 0));
	TELL(send(-1, &byte, 1, 0));
	TELL(sendfile(-1, -1, NULL, 1));
	TELL(close(-1));
	TELL(dup(-1));
	TELL(dup2(-1, 3));
	TELL(dup3(3, 3, 0));
	TELL(accept(-1, NULL, NULL));
	TELL(accept4(fd, NULL, NULL, 0));
	TELL(listen(-1, 1));
	TELL(shutdown(-1, SHUT_RD));
	TELL(socket(-1, 0, 0));
	TELL(socketpair(-1, 0, 0, (int[2]){0}));
	TELL(pipe2((int[2]){0}, -1));
	TELL(open("", O_RDONLY));
	TELL(openat(AT_FDCWD, "/nowhere/x", O_CREAT | O_WRONLY, 0600));
	TELL(creat("/nowhere/x", 0600));
	TELL(remove("/nowhere"));
	TELL(poll(NULL, 0, 0));
	TELL(select(0, NULL, NULL, NULL, &(struct timeval){0}));
	TELL(pselect(-1, NULL, NULL, NULL, NULL, NULL));
	TELL(epoll_wait(-1, &event, 1, 0));
	TELL(kill(getpid(), 0));
	TELL(kill(getpid(), 999));
	TELL(wait(NULL));
	TELL(waitpid(-1, NULL, WNOHANG));
	TELL(waitid(P_ALL, 0, NULL, WEXITED));
	TELL(wait4(-1, NULL, -1, NULL));
	TELL((intptr_t)signal(SIGUSR1, SIG_IGN));
	TELL((intptr_t)signal(SIGUSR1, SIG_DFL));
	TELL((intptr_t)signal(SIGKILL, SIG_IGN));
	TELL(sigaction(999, NULL, NULL));
	TELL(sleep(0));
	TELL(usleep(0));
	TELL(nanosleep(&bad, NULL));
	TELL(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL));
	TELL(alarm(0));
	TELL(setitimer((__itimer_which_t)9, &(struct itimerval){0}, NULL));
	TELL(timerfd_settime(-1, 0, &bad_timer, NULL));
	TELL(execl("/nowhere/x", "x", "y", NULL));
	TELL(execve("/nowhere/x", (char *[]){NULL}, (char *[]){NULL}));
	TELL(pthread_join(pthread_self(), NULL));
	TELL(shmget(IPC_PRIVATE, 0, 0));
	TELL((intptr_t)shmat(-1, NULL, 0));
	TELL(shmctl(-1, IPC_RMID, NULL));
}

/* Prints the same whoever looks on. */
static int sc_results(void)
{
	int ends[2];

	pair(ends);
	MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	errno = 200;
	tell_results(ends[0]);
	tell_wild_pointers(ends[0]);
	return fflush(stdout) ? 1 : 0;
}

static int sc_story(void)
{
	int ends[2];
	char buf[8];
	pid_t child;

	MUST(!pipe(ends));
	child = fork();
	if (!child) {
		MUST(write(ends[1], "hello", 5) == 5);
		_exit(3);
	}
	MUST(read(ends[0], buf, sizeof(buf)) == 5);
	EXITS(child, 3 << 8);
	return 5;
}

static int sc_full(void)
{
	for (int i = 0; i < WITNESS_EVENTS + 1000; i++)
		MUST_FAIL(close(-1), EBADF);
	return 0;
}

/* With an argument the last of its calls moves something. */
static int sc_in_vain(void)
{
	struct pollfd p = {.events = POLLIN};
	int ends[2];
	char byte;

	pair(ends);
	MUST(write(ends[0], "x", 1) == 1);
	p.fd = ends[1];
	MUST(read(ends[1], &byte, 1) == 1);
	MUST_FAIL(recv(ends[1], &byte, 1, MSG_DONTWAIT), EAGAIN);
	MUST(poll(&p, 1, 0) == 0);
	MUST_FAIL(waitpid(-1, NULL, WNOHANG), ECHILD);
	usleep(1);
	MUST(shutdown(ends[0], SHUT_WR) == 0);
	MUST(poll(&p, 1, 0) == 1); /* the end of file is ready, no progress */
	for (int i = 0; i < WITNESS_EVENTS; i++)
		MUST(read(ends[1], &byte, 1) == 0);
	if (*option)
		MUST(write(ends[1], "x", 1) == 1);
	return 0;
}

static int sc_second_read_fails(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	MUST(read(fd, &byte, 1) == 1);
	MUST_FAIL(read(fd, &byte, 1), EINTR);
	MUST(read(fd, &byte, 1) == 1);
	return 0;
}

static int sc_two_reads_fail(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY), failed = 0;

	for (int i = 0; i < 6; i++)
		failed += read(fd, &byte, 1) == -1;
	MUST(failed == 2);
	return 0;
}

static int sc_halves(void)
{
	const char *digits = "0123456789";
	struct iovec parts[] = {{(char *)digits, 4}, {(char *)digits + 4, 6}};
	struct iovec many[200];
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
	int ends[2], piped[2];
	char buf[512];

	pair(ends);
	MUST(write(ends[0], digits, 10) == 5);
	MUST(send(ends[0], digits, 9, 0) == 5);
	MUST(sendto(ends[0], digits, 2, 0, NULL, 0) == 1);
	MUST(write(ends[0], digits, 1) == 1);
	MUST(write(ends[0], digits, 0) == 0);
	MUST(writev(ends[0], parts, 2) == 5);
	MUST(sendmsg(ends[0], &m, 0) == 5);
	for (int i = 0; i < 200; i++)
		many[i] = (struct iovec){(char *)digits, 1};
	MUST(writev(ends[0], many, 200) == 64);
	MUST(writev(ends[0], many, 20) == 10);
	for (int i = 0; i < 199; i++)
		many[i].iov_len = 0;
	MUST(writev(ends[0], many, 200) == 1);
	MUST(parts[0].iov_len == 4 && parts[1].iov_len == 6 &&
	     m.msg_iovlen == 2);

	MUST(read(ends[1], buf, sizeof(buf)) == 97);
	MUST(!memcmp(buf,
		     "01234"
		     "01234"
		     "0"
		     "0"
		     "01234"
		     "01234"
		     "0000",
		     26));
	MUST(!pipe(piped) && write(piped[1], digits, 10) == 10); /* no socket */
	return 0;
}

static int sc_single_bytes(void)
{
	char a[4], b[16];
	struct iovec parts[] = {{a, sizeof(a)}, {b, sizeof(b)}};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
	int ends[2];

	pair(ends);
	MUST(write(ends[0], "0123456789", 10) == 10);
	MUST(recv(ends[1], b, sizeof(b), MSG_PEEK) == 10);
	MUST(read(ends[1], b, sizeof(b)) == 1 && b[0] == '0');
	MUST(recv(ends[1], b, sizeof(b), 0) == 1 && b[0] == '1');
	MUST(recvfrom(ends[1], b, sizeof(b), 0, NULL, NULL) == 1);
	MUST(readv(ends[1], parts, 2) == 1 && a[0] == '3');
	MUST(recvmsg(ends[1], &m, 0) == 1 && a[0] == '4');
	MUST(m.msg_iov == parts && m.msg_iovlen == 2 && !m.msg_flags);
	MUST(recv(ends[1], b, 5, MSG_WAITALL) == 5 && !memcmp(b, "56789", 5));
	MUST_FAIL(recv(ends[1], b, 5, MSG_DONTWAIT), EAGAIN);
	return 0;
}

static void whole_packets(int type)
{
	char buf[16];
	int ends[2];

	MUST(!socketpair(AF_UNIX, type, 0, ends));
	MUST(write(ends[0], "0123456789", 10) == 10);
	MUST(send(ends[0], "0123456789", 10, 0) == 10);
	MUST(recv(ends[1], buf, sizeof(buf), 0) == 10);
	MUST(read(ends[1], buf, sizeof(buf)) == 10);
}

static int sc_packets(void)
{
	uint64_t n = 1;
	int fd = eventfd(0, 0), file = memfd_create("file", 0);

	whole_packets(SOCK_DGRAM);
	whole_packets(SOCK_SEQPACKET);
	MUST(write(fd, &n, sizeof(n)) == sizeof(n));
	MUST(read(fd, &n, sizeof(n)) == sizeof(n) && n == 1);
	MUST(write(file, "0123456789", 10) == 5);
	return 0;
}

static int sc_abort(void)
{
	struct sockaddr_in where;
	int fd = listener(&where), one;
	char byte;

	MUST(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	MUST_FAIL(accept(fd, NULL, NULL), EAGAIN);
	MUST(fcntl(fd, F_SETFL, 0) == 0);
	one = client(&where);
	MUST_FAIL(accept4(fd, NULL, NULL, SOCK_CLOEXEC), ECONNABORTED);
	MUST_FAIL(read(one, &byte, 1), ECONNRESET);
	client(&where);
	MUST(accept(fd, NULL, NULL) > fd);
	return 0;
}

static int sc_vanish(void)
{
	struct sockaddr_in where;
	int fd = listener(&where), one;
	char byte;

	MUST(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	MUST_FAIL(accept(fd, NULL, NULL), EAGAIN);
	one = client(&where);
	MUST_FAIL(accept(fd, NULL, NULL), EAGAIN);
	MUST_FAIL(read(one, &byte, 1), ECONNRESET);
	one = client(&where);
	client(&where);
	MUST(accept4(fd, NULL, NULL, SOCK_CLOEXEC) > fd);
	MUST_FAIL(read(one, &byte, 1), ECONNRESET);
	return 0;
}

/* Each kind of call finds one of two pipes ready. */
static int sc_ready(void)
{
	struct epoll_event event = {.events = EPOLLOUT};
	struct pollfd list[2];
	fd_set readable, writable;
	int idle[2], ends[2], set = epoll_create1(0);

	MUST(pipe(idle) == 0 && pipe(ends) == 0);
	MUST(write(ends[1], "x", 1) == 1);
	list[0] = (struct pollfd){.fd = idle[0], .events = POLLIN};
	list[1] = (struct pollfd){.fd = ends[0], .events = POLLIN};
	MUST(poll(list, 2, -1) == 1);
	FD_ZERO(&readable);
	FD_SET(idle[0], &readable);
	FD_ZERO(&writable);
	FD_SET(ends[1], &writable);
	MUST(select(ends[1] + 1, &readable, &writable, NULL, NULL) == 1);
	MUST(epoll_ctl(set, EPOLL_CTL_ADD, ends[1], &event) == 0);
	MUST(epoll_wait(set, &event, 1, -1) == 1);
	MUST(poll(list, 1, 0) == 0);
	return 0;
}

static void *read_one(void *arg)
{
	char byte;

	MUST(read(*(int *)arg, &byte, 1) == 1);
	return NULL;
}

static int sc_late(void)
{
	pthread_t reader;
	int ends[2];

	MUST(!pipe(ends));
	MUST(!pthread_create(&reader, NULL, read_one, &ends[0]));
	MUST(write(ends[1], "x", 1) == 1);
	MUST(!pthread_join(reader, NULL));
	return 0;
}

static int seen_by_thread;

static void *look_at(void *arg)
{
	seen_by_thread = *(int *)arg;
	return NULL;
}

static void *nothing(void *arg)
{
	return arg;
}

/* The classic mistake: all threads share one variable. */
static int sc_hold(void)
{
	struct sockaddr_in where;
	int fd = listener(&where), connection, first;
	pthread_t thread, other;

	client(&where);
	client(&where);
	connection = first = accept(fd, NULL, NULL);
	MUST(!pthread_create(&thread, NULL, look_at, &connection));
	connection = accept(fd, NULL, NULL);
	MUST(connection != first);
	MUST(!pthread_create(&other, NULL, nothing, NULL));
	MUST(!pthread_join(thread, NULL) && !pthread_join(other, NULL));
	MUST(seen_by_thread == connection);
	return 0;
}

static int sc_hold_alone(void)
{
	pthread_t thread;
	int number = 4;

	MUST(!pthread_create(&thread, NULL, look_at, &number));
	MUST(!pthread_join(thread, NULL));
	MUST(seen_by_thread == 4);
	return 0;
}

/* 120 reads, in 4 processes and their parent. */
static int sc_counts(void)
{
	int fd = open("/dev/zero", O_RDONLY), failed = 0, status;
	pid_t child = -1;
	char byte;

	for (int i = 0; i < 4 && child; i++)
		child = fork();
	for (int i = 0; i < 24; i++)
		failed += read(fd, &byte, 1) == -1 && errno == EINTR;
	if (!child)
		_exit(failed);
	while (wait(&status) > 0)
		failed += WEXITSTATUS(status);
	MUST(failed == 40);
	return 0;
}

static int sc_who(void)
{
	int ends[2];
	char byte = 'x';
	pid_t child;

	pair(ends);
	child = fork();
	if (!child) {
		MUST_FAIL(write(ends[1], &byte, 1), EIO);
		MUST(read(ends[1], &byte, 1) == 1);
		_exit(0);
	}
	MUST(write(ends[0], &byte, 1) == 1);
	MUST_FAIL(read(ends[0], &byte, 1), EINTR);
	EXITS(child, 0);
	return 0;
}

static int sc_no_child(void)
{
	pid_t child;

	MUST_FAIL(fork(), EAGAIN);
	MUST_FAIL(waitpid(-1, NULL, WNOHANG), ECHILD);
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	child = vfork();
	if (!child)
		_exit(0);
	EXITS(child, 0);
	return 0;
}

/* Sends a byte of the buffer that both share. */
static char shared_byte;
static sem_t has_come;
static int two_pairs[2][2];

static void *echoes(void *arg)
{
	const int *fd = arg;

	MUST(recv(*fd, &shared_byte, 1, 0) == 1);
	MUST(!sem_post(&has_come));
	MUST(send(*fd, &shared_byte, 1, 0) == 1);
	return NULL;
}

static int sc_hold_write(void)
{
	pthread_t thread[2];
	char c;

	MUST(!sem_init(&has_come, 0, 0));
	for (int i = 0; i < 2; i++) {
		pair(two_pairs[i]);
		MUST(!pthread_create(&thread[i], NULL, echoes,
				     &two_pairs[i][1]));
	}
	/* Past the witness, which counts what the threads send. */
	MUST(syscall(SYS_write, two_pairs[0][0], "a", 1) == 1);
	MUST(!sem_wait(&has_come));
	MUST(syscall(SYS_write, two_pairs[1][0], "b", 1) == 1);
	MUST(read(two_pairs[0][0], &c, 1) == 1 && c == 'b');
	MUST(read(two_pairs[1][0], &c, 1) == 1 && c == 'b');
	for (int i = 0; i < 2; i++)
		MUST(!pthread_join(thread[i], NULL));
	return 0;
}

static int sc_hold_write_alone(void)
{
	int ends[2];

	pair(ends);
	MUST(write(ends[0], "alone", 5) == 5);
	return 0;
}

static int nine(void *unused)
{
	(void)unused;
	return 9;
}

static int sc_c11(void)
{
	thrd_t thread;
	int result;

	MUST(thrd_create(&thread, nine, NULL) == thrd_error);
	MUST(thrd_create(&thread, nine, NULL) == thrd_nomem);
	MUST(thrd_create(&thread, nine, NULL) == thrd_success);
	MUST(thrd_join(thread, &result) == thrd_success && result == 9);
	return 0;
}

static int sc_no_thread(void)
{
	pthread_t thread;

	errno = 200;
	MUST(pthread_create(&thread, NULL, nothing, NULL) == EAGAIN);
	MUST(pthread_create(&thread, NULL, nothing, NULL) == 0);
	MUST(pthread_join(thread, NULL) == 0);
	MUST(errno == 200);
	return 0;
}

#define THREADS 8
#define CALLS_EACH 400

/* Closes descriptors that are none, and whose numbers tell the thread. */
static void *close_many(void *arg)
{
	int own = *(const int *)arg;

	for (int i = 0; i < CALLS_EACH; i++)
		MUST_FAIL(close(-own * 1000 - i), EBADF);
	return NULL;
}

static int sc_threads(void)
{
	pthread_t thread[THREADS];
	int own[THREADS];

	for (int i = 0; i < THREADS; i++) {
		own[i] = i + 1;
		MUST(!pthread_create(&thread[i], NULL, close_many, &own[i]));
	}
	for (int i = 0; i < THREADS; i++)
		MUST(!pthread_join(thread[i], NULL));
	return 0;
}

static int sc_exit_seven(void)
{
	exit(7);
}

static int sc_exec(void)
{
	char program[PATH_MAX] = {0};

	MUST(readlink("/proc/self/exe", program, sizeof(program) - 1) > 0);
	MUST_FAIL(execlp("/nowhere/program", "program", NULL), ENOENT);
	execl(program, program, "exit_seven", NULL);
	return 1;
}

/* Nothing left of the old process but its memory. */
static int sc_daemon(void)
{
	MUST(!chdir("/"));
	MUST(!daemon(0, 0));
	for (int fd = 0; fd < 100; fd++)
		close(fd);
	MUST_FAIL(dup(-1), EBADF);
	exit(9);
}

static int sc_timed(void)
{
	const struct timeval some = {.tv_usec = 1}, none = {0};
	const struct itimerval hour = {.it_value.tv_sec = 3600};
	const struct itimerspec soon = {.it_value.tv_nsec = 1};
	timer_t timer;
	int ends[2];

	pair(ends);
	switch (option[0]) {
	case 'a':
		alarm(0);
		return setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &none,
				  sizeof(none));
	case 'b':
		alarm(3600);
		return 0;
	case 'c':
		return setitimer(ITIMER_VIRTUAL, &hour, NULL);
	case 'd':
		return setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &some,
				  sizeof(some));
	case 'e':
		return setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &some,
				  sizeof(some));
	case 'f':
		return timerfd_settime(timerfd_create(CLOCK_MONOTONIC, 0), 0,
				       &soon, NULL);
	default:
		MUST(!timer_create(
			CLOCK_MONOTONIC,
			&(struct sigevent){.sigev_notify = SIGEV_NONE},
			&timer));
		return timer_settime(timer, 0, &soon, NULL);
	}
}

ssize_t __read_chk(int fd, void *buf, size_t n, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t n, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t room, int flags,
		       struct sockaddr *from, socklen_t *from_n);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
		const sigset_t *mask, size_t room);
int __open_2(const char *path, int flags);

static int sc_fortified(void)
{
	struct pollfd fds[1];
	char buf[4];
	int ends[2];

	pair(ends);
	fds[0] = (struct pollfd){.fd = ends[1], .events = POLLIN};
	MUST(write(ends[0], "0123", 4) == 4);
	MUST(__poll_chk(fds, 1, -1, sizeof(fds)) == 1);
	MUST(__ppoll_chk(fds, 1, NULL, NULL, sizeof(fds)) == 1);
	MUST(__read_chk(ends[1], buf, 4, sizeof(buf)) == 1);
	MUST(__recv_chk(ends[1], buf, 4, sizeof(buf), 0) == 1);
	MUST(__recvfrom_chk(ends[1], buf, 4, sizeof(buf), 0, NULL, NULL) == 1);
	MUST(__open_2("/dev/null", O_RDONLY) >= 0);
	return 0;
}

/* What fortified headers are there for: the C library aborts. */
static int sc_overflow(void)
{
	char buf[8];

	MUST(freopen("/dev/null", "w", stderr));
	return (int)__read_chk(0, buf, 8, 4);
}

static int sc_bytes(void)
{
	struct sockaddr_un nowhere = {.sun_family = AF_UNIX,
				      .sun_path = "/nowhere"};
	struct iovec parts[] = {
		{(char *)"abc", 3}, {NULL, 0}, {(char *)"defg", 4}};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 3};
	int ends[2], yes = 1;
	char buf[100];

	pair(ends);
	memset(buf, 'b', sizeof(buf));
	MUST(write(ends[0], buf, sizeof(buf)) == sizeof(buf));
	MUST(sendmsg(ends[0], &m, MSG_NOSIGNAL) == 7);
	MUST_FAIL(connect(socket(AF_UNIX, SOCK_STREAM, 0),
			  (struct sockaddr *)&nowhere, sizeof(nowhere)),
		  ENOENT);
	MUST_FAIL(open("/nowhere/at/all", O_RDWR), ENOENT);
	MUST(!setsockopt(ends[0], SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
	return 0;
}

/* Held back as in sc_hold, but with a variable for each thread. */
static void serve_two(void)
{
	struct sockaddr_in where;
	int fd = listener(&where), connection[2];
	pthread_t thread[2];

	for (int i = 0; i < 2; i++) {
		client(&where);
		connection[i] = accept(fd, NULL, NULL);
		MUST(!pthread_create(&thread[i], NULL, nothing,
				     &connection[i]));
	}
	for (int i = 0; i < 2; i++)
		MUST(!pthread_join(thread[i], NULL));
}

/* What the C standard promises stays as it is, the rest does not. */
static int sc_upper(void)
{
	volatile int small = 'a', high = 0xe9, end = EOF;
	char c = (char)0xe9;

	MUST(toupper(small) == 'A');
	MUST(toupper(high) == 0xe9);
	MUST(toupper(end) == EOF);
	if (*option)
		MUST(toupper((signed char)c) == '?');
	for (int i = 0; i < 256; i++)
		MUST((*__ctype_toupper_loc())[i] ==
		     (i >= 'a' && i <= 'z' ? i - 32 : i));
	MUST((*__ctype_toupper_loc())[EOF] == EOF);
	if (*option)
		MUST((*__ctype_toupper_loc())[-128] == '?');
	return 0;
}

/* Both in one process, which therefore never waits. */
static int fifo_ends(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/witness-fifo-%d", (int)getpid());
	MUST(!mkfifo(path, 0600));
	fd = open(path, O_RDWR);
	MUST(fd >= 0 && !unlink(path));
	return fd;
}

static int sc_stops(void)
{
	int piped[2], fifo = fifo_ends();
	pid_t child;

	MUST(!pipe(piped));
	child = fork();
	if (!child) {
		MUST(!setpgid(0, 0));
		MUST(write(piped[1], "p", 1) == 1);
		MUST(write(fifo, "f", 1) == 1);
		_exit(7);
	}
	int status = -1;
	char byte;

	MUST(waitpid(child, &status, WUNTRACED) == child);
	MUST(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	MUST(read(fifo, &byte, 1) == 1 && byte == 'f');
	MUST(!kill(child, SIGCONT));
	EXITS(child, 7 << 8);
	return 0;
}

static int sc_killed(void)
{
	pid_t child = fork();

	if (!child) {
		MUST(!setpgid(0, 0));
		close(-1);
		close(-1);
		_exit(7);
	}
	EXITS(child, SIGKILL);
	return 0;
}

static int sc_guard(void)
{
	long page = sysconf(_SC_PAGESIZE);
	int id = shmget(IPC_PRIVATE, (size_t)page, IPC_CREAT | 0600);
	char *memory = shmat(id, NULL, 0);
	pid_t child;

	MUST(id >= 0 && !shmctl(id, IPC_RMID, NULL));
	MUST(memory != (void *)-1);
	memory[page - 1] = 'x';
	child = fork();
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		_exit(((volatile char *)memory)[page]);
	}
	EXITS(child, SIGSEGV);
	MUST(!shmdt(memory));
	return 0;
}

/* A bit of everything, for valgrind to look at. */
static int sc_session(void)
{
	sc_halves();
	serve_two();
	sc_threads();
	sc_late();
	sc_no_child();
	MUST(sc_story() == 5);
	return 0;
}

static const struct scenario {
	const char *name;
	int (*run)(void);
} scenarios[] = {
	{"results", sc_results},
	{"story", sc_story},
	{"full", sc_full},
	{"in_vain", sc_in_vain},
	{"second_read_fails", sc_second_read_fails},
	{"two_reads_fail", sc_two_reads_fail},
	{"halves", sc_halves},
	{"single_bytes", sc_single_bytes},
	{"packets", sc_packets},
	{"abort", sc_abort},
	{"vanish", sc_vanish},
	{"ready", sc_ready},
	{"late", sc_late},
	{"hold", sc_hold},
	{"hold_alone", sc_hold_alone},
	{"hold_write", sc_hold_write},
	{"hold_write_alone", sc_hold_write_alone},
	{"c11", sc_c11},
	{"counts", sc_counts},
	{"who", sc_who},
	{"no_child", sc_no_child},
	{"no_thread", sc_no_thread},
	{"threads", sc_threads},
	{"exit_seven", sc_exit_seven},
	{"exec", sc_exec},
	{"daemon", sc_daemon},
	{"timed", sc_timed},
	{"fortified", sc_fortified},
	{"overflow", sc_overflow},
	{"bytes", sc_bytes},
	{"stops", sc_stops},
	{"killed", sc_killed},
	{"guard", sc_guard},
	{"session", sc_session},
	{"upper", sc_upper},
};

static int play(const char *name)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (!strcmp(scenarios[i].name, name))
			return scenarios[i].run();
	fprintf(stderr, "no such scenario: %s\n", name);
	return 2;
}

/* ---- in the tests: outside ---- */

static char self[PATH_MAX], preload[PATH_MAX + 32];
static char directory[] = "/tmp/witness-XXXXXX";
static char record_path[64], output_path[64], witness_is[96];
static struct witness *record;

static int make_record(void **state)
{
	int fd = open(record_path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, sizeof(*record)), 0);
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	assert_true(record != MAP_FAILED);
	close(fd);
	record->magic = WITNESS_MAGIC;
	snprintf(witness_is, sizeof(witness_is), "WITNESS=%s", record_path);
	return 0;
}

static int drop_record(void **state)
{
	(void)state;
	return munmap(record, sizeof(*record));
}

/* The wait status of a program run with this environment, and a backstop. */
static int run_with(char *const argv[], char *const envp[])
{
	int status = -1, fd;
	pid_t child = fork();

	if (!child) {
		alarm(600);
		fd = open(output_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd == -1 || dup2(fd, STDOUT_FILENO) == -1)
			_exit(126);
		execve(argv[0], argv, envp);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static int run_option(const char *scenario, const char *argument)
{
	char *argv[] = {self, (char *)scenario, (char *)argument, NULL};
	char *envp[] = {preload, witness_is, NULL};

	return run_with(argv, envp);
}

static int run(const char *scenario)
{
	return run_option(scenario, NULL);
}

/* The next rule; what is not named here may still be set in it. */
static struct witness_rule *add_rule(enum witness_call call,
				     enum witness_action action, uint32_t arg,
				     uint32_t first, uint32_t every)
{
	int i = 0;

	while (record->rule[i].call)
		i++;
	record->rule[i] = (struct witness_rule){.call = call,
						.action = action,
						.arg = arg,
						.first = first,
						.every = every};
	return &record->rule[i];
}

/* The n-th event of that call, from 1; NULL if there are fewer. */
static const struct witness_event *nth(enum witness_call call, int n)
{
	for (uint32_t i = 0; i < record->next && i < WITNESS_EVENTS; i++)
		if (record->event[i].call == call && !--n)
			return &record->event[i];
	return NULL;
}

static int count(enum witness_call call)
{
	int n = 0;

	while (nth(call, n + 1))
		n++;
	return n;
}

/* That event, which must be there and have come to this end. */
static const struct witness_event *ended(enum witness_call call, int n,
					 int64_t result, int error)
{
	const struct witness_event *e = nth(call, n);

	assert_non_null(e);
	assert_int_equal(e->state, EVENT_RETURNED);
	assert_int_equal(e->result, result);
	assert_int_equal(e->error, error);
	assert_true(e->entered && e->entered <= e->returned);
	return e;
}

static void assert_bytes(const struct witness_event *e, const void *bytes,
			 size_t n)
{
	assert_int_equal(e->n_bytes, n);
	assert_memory_equal(e->bytes, bytes, n);
}

static void results_of(int status, char *buf, size_t room)
{
	int fd = open(output_path, O_RDONLY);
	ssize_t n = read(fd, buf, room - 1);

	close(fd);
	assert_int_equal(status, 0);
	assert_in_range(n, 1000, (long)room - 2);
	buf[n] = '\0';
}

static void results_and_errno_are_the_same(void **state)
{
	char *argv[] = {self, (char *)"results", NULL};
	char *bare[] = {NULL}, *idle[] = {preload, NULL};
	char plain[8192], preloaded[8192], witnessed[8192];

	(void)state;
	results_of(run_with(argv, bare), plain, sizeof(plain));
	results_of(run_with(argv, idle), preloaded, sizeof(preloaded));
	results_of(run("results"), witnessed, sizeof(witnessed));
	assert_string_equal(plain, preloaded);
	assert_string_equal(plain, witnessed);
	assert_in_range(record->next, 60, 70);
	for (uint32_t i = 0; i + 1 < record->next; i++) /* the last is exit */
		assert_int_equal(record->event[i].state, EVENT_RETURNED);
}

static void does_nothing_without_a_record(void **state)
{
	const char *wrong[] = {"WITNESS=", "WITNESS=/nowhere", "WITNESS=/tmp",
			       "WITNESS=/dev/null"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(witness_is, sizeof(witness_is), "%s", wrong[i]);
		assert_int_equal(run("story"), 5 << 8);
	}
	snprintf(witness_is, sizeof(witness_is), "WITNESS=%s", record_path);
	record->magic++;
	assert_int_equal(run("story"), 5 << 8);
	record->magic--;
	assert_int_equal(truncate(record_path, sizeof(*record) - 1), 0);
	assert_int_equal(run("story"), 5 << 8);
	assert_int_equal(truncate(record_path, sizeof(*record) + 1), 0);
	assert_int_equal(run("story"), 5 << 8);
	assert_int_equal(record->next, 0);
	assert_int_equal(record->first_pid, 0);
}

static void records_parent_and_child(void **state)
{
	const struct witness_event *parent, *child, *e;

	(void)state;
	assert_int_equal(run("story"), 5 << 8);
	e = ended(CALL_PIPE, 1, 0, 0);
	assert_int_equal(e->pid, record->first_pid);
	assert_int_equal(e->tid, record->first_pid);
	parent = nth(CALL_FORK, 1);
	child = nth(CALL_FORK, 2);
	assert_non_null(parent);
	assert_non_null(child);
	assert_int_equal(parent->pid, record->first_pid);
	assert_int_equal(parent->result, child->pid);
	assert_int_equal(child->result, 0);
	assert_int_equal(child->tid, child->pid);
	assert_int_equal(nth(CALL_WRITE, 1)->pid, child->pid);
	assert_bytes(ended(CALL_WRITE, 1, 5, 0), "hello", 5);
	assert_bytes(ended(CALL_READ, 1, 5, 0), "hello", 5);
	assert_int_equal(nth(CALL_READ, 1)->arg[0], e->arg[0]);
	assert_int_equal(nth(CALL_READ, 1)->arg[1], 8);
	assert_int_equal(ended(CALL_WAIT, 1, child->pid, 0)->arg[2], 3 << 8);
	assert_int_equal(nth(CALL_EXIT, 1)->pid, child->pid);
	assert_int_equal(nth(CALL_EXIT, 1)->arg[0], 3);
	assert_int_equal(nth(CALL_EXIT, 2)->pid, parent->pid);
	assert_int_equal(nth(CALL_EXIT, 2)->arg[0], 5);
	assert_int_equal(count(CALL_EXIT), 2);
	assert_int_equal(record->timed, 0);
}

static void a_full_record_only_counts(void **state)
{
	(void)state;
	add_rule(CALL_CLOSE, ACT_FAIL, EBADF, WITNESS_EVENTS + 500, 0);
	assert_int_equal(run("full"), 0);
	assert_int_equal(record->next, WITNESS_EVENTS + 1000 + 1);
	assert_int_equal(count(CALL_CLOSE), WITNESS_EVENTS);
	ended(CALL_CLOSE, WITNESS_EVENTS, -1, EBADF);
	assert_int_equal(record->rule[0].fired, 1);
}

static void fails_a_call(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_FAIL, EINTR, 2, 0);
	assert_int_equal(run("second_read_fails"), 0);
	assert_int_equal(ended(CALL_READ, 1, 1, 0)->action, ACT_NONE);
	assert_int_equal(ended(CALL_READ, 2, -1, EINTR)->action, ACT_FAIL);
	assert_int_equal(record->rule[0].seen, 3);
	assert_int_equal(record->rule[0].fired, 1);
}

static void acts_no_more_often_than_asked(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_FAIL, EINTR, 1, 1)->times = 2;
	assert_int_equal(run("two_reads_fail"), 0);
	assert_int_equal(record->rule[0].seen, 6);
	assert_int_equal(record->rule[0].fired, 2);
}

static void the_first_rule_of_several_acts(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_FAIL, EINTR, 2, 0);
	add_rule(CALL_READ, ACT_FAIL, EIO, 2, 0);
	assert_int_equal(run("second_read_fails"), 0);
	assert_int_equal(record->rule[1].seen, 3);
	assert_int_equal(record->rule[1].fired, 0);
}

/* read() and recv() are told apart, though both are CALL_READ: a letter for
 * each of them, f if it takes flags. */
static void assert_flags(enum witness_call call, const char *expected)
{
	for (int i = 0; expected[i]; i++)
		assert_int_equal(
			nth(call, i + 1)->arg[2] == WITHOUT_FLAGS ? '-' : 'f',
			expected[i]);
}

static void halves_what_goes_out(void **state)
{
	(void)state;
	add_rule(CALL_WRITE, ACT_HALF, 0, 1, 1)->on = ON_SOCKET;
	assert_int_equal(run("halves"), 0);
	assert_int_equal(record->rule[0].seen, 9); /* not the empty one */
	assert_bytes(ended(CALL_WRITE, 6, 5, 0), "01234", 5);
	assert_int_equal(nth(CALL_WRITE, 1)->arg[1], 10);
	assert_int_equal(nth(CALL_WRITE, 5)->action, ACT_NONE);
	assert_int_equal(nth(CALL_WRITE, 6)->arg[1], 10);
	assert_int_equal(nth(CALL_WRITE, 7)->arg[1], 10);
	assert_int_equal(nth(CALL_WRITE, 7)->action, ACT_HALF);
	assert_flags(CALL_WRITE, "-ff---f");
}

static void gives_single_bytes(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_ONE, 0, 1, 1);
	assert_int_equal(run("single_bytes"), 0);
	assert_int_equal(record->rule[0].fired, 6);
	assert_bytes(ended(CALL_READ, 5, 1, 0), "3", 1);
	ended(CALL_READ, 8, -1, EAGAIN);
	assert_flags(CALL_READ, "f-ff-f");
}

static void spoils_toupper_of_negative_numbers(void **state)
{
	(void)state;
	assert_int_equal(run("upper"), 0);
	add_rule(CALL_TOUPPER, ACT_FAIL, 0, 1, 1);
	assert_int_equal(run_option("upper", "spoilt"), 0);
	assert_true(record->rule[0].fired > 0);
	assert_int_equal(record->next, 2); /* only that they exit */
}

static void leaves_packets_whole(void **state)
{
	(void)state;
	add_rule(CALL_WRITE, ACT_HALF, 0, 1, 1);
	add_rule(CALL_READ, ACT_HALF, 0, 1, 1);
	assert_int_equal(run("packets"), 0);
	assert_int_equal(record->rule[0].seen, 1); /* the file */
	assert_int_equal(record->rule[1].seen, 0);
}

static void aborts_a_client(void **state)
{
	(void)state;
	add_rule(CALL_ACCEPT, ACT_ABORT, 0, 1, 0);
	assert_int_equal(run("abort"), 0);
	assert_int_equal(ended(CALL_ACCEPT, 1, -1, EAGAIN)->action, ACT_NONE);
	assert_int_equal(ended(CALL_ACCEPT, 2, -1, ECONNABORTED)->action,
			 ACT_ABORT);
	assert_int_equal(record->rule[0].seen, 2);
	assert_int_equal(record->rule[0].fired, 1);
	/* What the witness does itself is no evidence. */
	assert_int_equal(count(CALL_CLOSE), 0);
}

static void makes_a_client_vanish(void **state)
{
	(void)state;
	add_rule(CALL_ACCEPT, ACT_VANISH, 0, 1, 1);
	assert_int_equal(run("vanish"), 0);
	assert_int_equal(ended(CALL_ACCEPT, 1, -1, EAGAIN)->action, ACT_NONE);
	assert_int_equal(ended(CALL_ACCEPT, 2, -1, EAGAIN)->action, ACT_VANISH);
	assert_int_equal(nth(CALL_ACCEPT, 3)->action, ACT_VANISH);
	assert_int_equal(record->rule[0].fired, 2);
}

static void assert_ready(int n, int fd, short events, short revents)
{
	const struct pollfd expected = {fd, events, revents};

	assert_bytes(nth(CALL_POLL, n), &expected, sizeof(expected));
}

static void knows_what_was_ready(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(run("ready"), 0);
	ends[0] = (int)nth(CALL_PIPE, 2)->arg[0];
	ends[1] = (int)nth(CALL_PIPE, 2)->arg[1];
	assert_ready(1, ends[0], POLLIN, POLLIN);
	assert_ready(2, ends[1], 0, POLLOUT);
	assert_ready(3, -1, 0, POLLOUT);
	assert_int_equal(nth(CALL_POLL, 4)->n_bytes, 0);
}

static void returns_late(void **state)
{
	const struct witness_event *write;

	(void)state;
	add_rule(CALL_WRITE, ACT_DELAY, 300000, 1, 0);
	assert_int_equal(run("late"), 0);
	write = ended(CALL_WRITE, 1, 1, 0);
	assert_true(write->returned - write->entered >= 300 * MS);
	assert_true(ended(CALL_READ, 1, 1, 0)->returned < write->returned);
}

static void stops_after_a_write_to_a_fifo(void **state)
{
	(void)state;
	add_rule(CALL_WRITE, ACT_STOP, 0, 1, 1)->on = ON_FIFO;
	assert_int_equal(run("stops"), 0);
	assert_int_equal(record->rule[0].seen, 1); /* not the pipe's */
	assert_int_equal(nth(CALL_WRITE, 1)->action, ACT_NONE);
	assert_int_equal(nth(CALL_WRITE, 2)->action, ACT_STOP);
	assert_bytes(ended(CALL_WRITE, 2, 1, 0), "f", 1);
}

static void kills_at_any_call(void **state)
{
	(void)state;
	add_rule(CALL_ANY, ACT_KILL, 0, 3, 0)->who = WHO_CHILDREN;
	assert_int_equal(run("killed"), 0);
	assert_int_equal(count(CALL_CLOSE), 2);
	assert_int_equal(nth(CALL_EXIT, 1)->action, ACT_KILL);
	assert_int_equal(nth(CALL_EXIT, 1)->state, EVENT_ENTERED);
}

static void guards_what_is_attached(void **state)
{
	(void)state;
	add_rule(CALL_SHM, ACT_GUARD, 0, 1, 1);
	assert_int_equal(run("guard"), 0);
	assert_int_equal(record->rule[0].fired, 1); /* not the other calls */
	assert_int_equal(nth(CALL_SHM, 1)->action, ACT_NONE);
	assert_int_equal(nth(CALL_SHM, 2)->action, ACT_GUARD);
}

static void holds_a_thread_until_the_next_accept(void **state)
{
	(void)state;
	add_rule(CALL_THREAD, ACT_HOLD, 30000000, 1, 0);
	assert_int_equal(run("hold"), 0);
	assert_int_equal(nth(CALL_THREAD, 1)->action, ACT_HOLD);
	assert_int_equal(nth(CALL_THREAD, 2)->action, ACT_NONE);
	assert_true(nth(CALL_JOIN, 1)->returned - nth(CALL_THREAD, 1)->entered <
		    30000 * MS);
}

static void holds_a_thread_no_longer_than_asked(void **state)
{
	(void)state;
	add_rule(CALL_THREAD, ACT_HOLD, 50000, 1, 0);
	assert_int_equal(run("hold_alone"), 0);
	assert_true(nth(CALL_JOIN, 1)->returned -
			    nth(CALL_THREAD, 1)->entered >=
		    50 * MS);
}

static void holds_a_write_until_another_has_read(void **state)
{
	(void)state;
	add_rule(CALL_WRITE, ACT_HOLD, 30000000, 1, 0);
	assert_int_equal(run("hold_write"), 0);
	assert_int_equal(nth(CALL_WRITE, 1)->action, ACT_HOLD);
	assert_int_equal(record->rule[0].fired, 1);
}

static void holds_a_write_no_longer_than_asked(void **state)
{
	const struct witness_event *e;

	(void)state;
	add_rule(CALL_WRITE, ACT_HOLD, 50000, 1, 0);
	assert_int_equal(run("hold_write_alone"), 0);
	e = nth(CALL_WRITE, 1);
	assert_true(e->returned - e->entered >= 50 * MS);
}

static void refuses_a_thread_of_c11(void **state)
{
	(void)state;
	add_rule(CALL_THREAD, ACT_FAIL, EAGAIN, 1, 0);
	add_rule(CALL_THREAD, ACT_FAIL, ENOMEM, 2, 0);
	add_rule(CALL_THREAD, ACT_HOLD, 1000, 3, 0);
	assert_int_equal(run("c11"), 0);
	ended(CALL_THREAD, 3, 0, 0);
	assert_int_equal(nth(CALL_THREAD, 3)->action, ACT_HOLD);
}

static void counts_over_all_processes(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_FAIL, EINTR, 3, 3);
	assert_int_equal(run("counts"), 0);
	assert_int_equal(record->rule[0].seen, 120);
	assert_int_equal(record->rule[0].fired, 40);
}

static void tells_the_first_process_from_children(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_FAIL, EINTR, 1, 0)->who = WHO_FIRST;
	add_rule(CALL_WRITE, ACT_FAIL, EIO, 1, 0)->who = WHO_CHILDREN;
	assert_int_equal(run("who"), 0);
	assert_int_equal(record->rule[0].seen, 1);
	assert_int_equal(record->rule[1].seen, 1);
}

static void refuses_a_fork(void **state)
{
	(void)state;
	add_rule(CALL_FORK, ACT_FAIL, EAGAIN, 1, 0);
	assert_int_equal(run("no_child"), 0);
	ended(CALL_FORK, 1, -1, EAGAIN);
	assert_int_equal(count(CALL_FORK), 3);
	assert_int_equal(record->rule[0].seen, 2); /* calls, not returns */
}

static void refuses_a_thread(void **state)
{
	(void)state;
	add_rule(CALL_THREAD, ACT_FAIL, EAGAIN, 1, 0);
	assert_int_equal(run("no_thread"), 0);
	ended(CALL_THREAD, 1, EAGAIN, EAGAIN);
	ended(CALL_THREAD, 2, 0, 0);
}

static void keeps_threads_apart(void **state)
{
	int32_t tid[THREADS + 1] = {0};
	int calls[THREADS + 1] = {0}, own;

	(void)state;
	assert_int_equal(run("threads"), 0);
	assert_int_equal(count(CALL_THREAD), THREADS);
	for (uint32_t i = 0; i < record->next; i++) {
		const struct witness_event *e = &record->event[i];

		if (e->call != CALL_CLOSE)
			continue;
		own = (int)(-e->arg[0] / 1000);
		assert_in_range(own, 1, THREADS);
		assert_int_equal(e->state, EVENT_RETURNED);
		assert_int_equal(e->error, EBADF);
		assert_true(e->entered <= e->returned);
		assert_int_equal(e->pid, record->first_pid);
		assert_int_equal(-e->arg[0] % 1000, calls[own]++);
		if (!tid[own])
			tid[own] = e->tid;
		assert_int_equal(e->tid, tid[own]);
		assert_true(e->tid != e->pid);
	}
	for (int i = 1; i <= THREADS; i++)
		assert_int_equal(calls[i], CALLS_EACH);
}

static void goes_on_over_exec(void **state)
{
	const struct witness_event *e;

	(void)state;
	assert_int_equal(run("exec"), 7 << 8);
	assert_bytes(ended(CALL_EXEC, 1, -1, ENOENT), "/nowhere/program", 16);
	e = nth(CALL_EXEC, 2);
	assert_non_null(e);
	assert_int_equal(e->state, EVENT_ENTERED);
	e = nth(CALL_EXIT, 1);
	assert_non_null(e);
	assert_int_equal(e->pid, record->first_pid);
	assert_int_equal(e->arg[0], 7);
	assert_int_equal(count(CALL_EXIT), 1);
}

static void goes_with_a_daemon(void **state)
{
	const struct witness_event *e;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(run("daemon"), 0);
	while (wait(NULL) != -1) /* the daemon, now ours */
		;
	e = ended(CALL_DUP, 1, -1, EBADF);
	assert_true(e->pid != (int32_t)record->first_pid);
	assert_int_equal(nth(CALL_EXIT, 1)->pid, e->pid);
	assert_int_equal(nth(CALL_EXIT, 1)->arg[0], 9);
}

static void notices_timers(void **state)
{
	const char *kinds[] = {"a", "b", "c", "d", "e", "f", "g"};

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		record->timed = 0;
		assert_int_equal(run_option("timed", kinds[i]), 0);
		assert_int_equal(record->timed,
				 i > 0); /* a: only switched off */
	}
}

static void counts_calls_in_vain(void **state)
{
	(void)state;
	record->in_vain = 0;
	assert_int_equal(run("in_vain"), 0);
	assert_int_equal(record->in_vain, WITNESS_EVENTS);
	assert_int_equal(run_option("in_vain", "but for the last"), 0);
	assert_int_equal(record->in_vain, 0);
}

static void knows_fortified_calls(void **state)
{
	(void)state;
	add_rule(CALL_READ, ACT_ONE, 0, 1, 1);
	assert_int_equal(run("fortified"), 0);
	assert_int_equal(count(CALL_READ), 3);
	assert_int_equal(count(CALL_POLL), 2);
	assert_int_equal(count(CALL_OPEN), 1);
	assert_int_equal(run("overflow") & 0x7f, SIGABRT);
}

static void keeps_the_first_bytes(void **state)
{
	const struct sockaddr_un nowhere = {.sun_family = AF_UNIX,
					    .sun_path = "/nowhere"};
	char payload[WITNESS_BYTES];
	int yes = 1;

	(void)state;
	memset(payload, 'b', sizeof(payload));
	assert_int_equal(run("bytes"), 0);
	assert_bytes(ended(CALL_WRITE, 1, 100, 0), payload, sizeof(payload));
	assert_bytes(ended(CALL_WRITE, 2, 7, 0), "abcdefg", 7);
	assert_int_equal(nth(CALL_WRITE, 2)->arg[1], 7);
	assert_int_equal(nth(CALL_WRITE, 2)->arg[2], MSG_NOSIGNAL);
	assert_bytes(ended(CALL_CONNECT, 1, -1, ENOENT), &nowhere,
		     WITNESS_BYTES);
	assert_bytes(ended(CALL_OPEN, 1, -1, ENOENT), "/nowhere/at/all", 15);
	assert_bytes(ended(CALL_SETSOCKOPT, 1, 0, 0), &yes, sizeof(yes));
}

static void is_clean_under(const char *tool, const char *option_of_tool)
{
	char *argv[] = {(char *)"/usr/bin/valgrind",
			(char *)"-q",
			(char *)tool,
			(char *)"--error-exitcode=99",
			(char *)option_of_tool,
			self,
			(char *)"session",
			NULL};
	char *envp[] = {preload, witness_is, NULL};

	if (access(argv[0], X_OK)) {
		print_message("skipped: there is no %s here\n", argv[0]);
		skip();
	}
	add_rule(CALL_WRITE, ACT_HALF, 0, 1, 1)->on = ON_SOCKET;
	add_rule(CALL_THREAD, ACT_HOLD, 60000000, 1, 0)->times = 1;
	add_rule(CALL_FORK, ACT_FAIL, EAGAIN, 1, 0);
	add_rule(CALL_JOIN, ACT_DELAY, 1, 1, 1);
	assert_int_equal(run_with(argv, envp), 0);
	assert_int_equal(count(CALL_THREAD), THREADS + 3);
	assert_int_equal(record->rule[1].fired, 1);
}

static void is_clean_under_memcheck(void **state)
{
	(void)state;
	is_clean_under("--tool=memcheck", "--leak-check=full");
}

static void is_clean_under_helgrind(void **state)
{
	(void)state;
	is_clean_under("--tool=helgrind", "--history-level=approx");
}

/* ---- where the tests' own things are ---- */

static int begin(void **state)
{
	const char *build = getenv("BUILD");
	char library[PATH_MAX], wanted[PATH_MAX];

	(void)state;
	snprintf(wanted, sizeof(wanted), "%s/witness.so",
		 build ? build : "build");
	if (!realpath(wanted, library)) {
		print_error("%s: %s\n", wanted, strerror(errno));
		return -1;
	}
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", library);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0 ||
	    !mkdtemp(directory))
		return -1;
	snprintf(record_path, sizeof(record_path), "%s/record", directory);
	snprintf(output_path, sizeof(output_path), "%s/output", directory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(record_path);
	unlink(output_path);
	return rmdir(directory);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_record, drop_record)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(results_and_errno_are_the_same),
		TEST(does_nothing_without_a_record),
		TEST(records_parent_and_child),
		TEST(a_full_record_only_counts),
		TEST(fails_a_call),
		TEST(acts_no_more_often_than_asked),
		TEST(the_first_rule_of_several_acts),
		TEST(halves_what_goes_out),
		TEST(gives_single_bytes),
		TEST(spoils_toupper_of_negative_numbers),
		TEST(leaves_packets_whole),
		TEST(aborts_a_client),
		TEST(makes_a_client_vanish),
		TEST(knows_what_was_ready),
		TEST(returns_late),
		TEST(stops_after_a_write_to_a_fifo),
		TEST(kills_at_any_call),
		TEST(guards_what_is_attached),
		TEST(holds_a_thread_until_the_next_accept),
		TEST(holds_a_thread_no_longer_than_asked),
		TEST(holds_a_write_until_another_has_read),
		TEST(holds_a_write_no_longer_than_asked),
		TEST(refuses_a_thread_of_c11),
		TEST(counts_over_all_processes),
		TEST(tells_the_first_process_from_children),
		TEST(refuses_a_fork),
		TEST(refuses_a_thread),
		TEST(keeps_threads_apart),
		TEST(goes_on_over_exec),
		TEST(goes_with_a_daemon),
		TEST(notices_timers),
		TEST(counts_calls_in_vain),
		TEST(knows_fortified_calls),
		TEST(keeps_the_first_bytes),
		TEST(is_clean_under_memcheck),
		TEST(is_clean_under_helgrind),
	};

	if (argc > 1) {
		option = argc > 2 ? argv[2] : "";
		return play(argv[1]);
	}
	return cmocka_run_group_tests(tests, begin, end);
}
