/* SPDX-License-Identifier: MIT */
/* agent.c - PID 1 of a trial's sandbox: starts programs, reaps, reports */

/*
 * The one trusted process among hostile ones of the same user: it cannot be
 * traced or looked into (not dumpable), and as PID 1 it gets no signal that it
 * does not handle, from inside.  See cell.h for the conversation.
 */
#include "../cell.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTED_MAX 64
#define SIGNALS_MAX 1000 /* pending, beyond one of each kind */

static int control;
static sigset_t blocked;
static pid_t started[STARTED_MAX]; /* what the trial asked for and still runs */

static void report(uint32_t kind, pid_t pid, int status)
{
	struct agent_report r = {.kind = kind, .pid = pid, .status = status};

	while (send(control, &r, sizeof(r), MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void limit(__rlimit_resource_t what, uint64_t value)
{
	struct rlimit l = {.rlim_cur = value, .rlim_max = value};

	if (value)
		setrlimit(what, &l);
}

static void set_limits(const struct spawn_request *q)
{
	limit(RLIMIT_AS, q->max_memory);
	limit(RLIMIT_NPROC, q->max_processes);
	limit(RLIMIT_NOFILE, q->max_files);
	limit(RLIMIT_FSIZE, q->max_file_bytes);
	limit(RLIMIT_CPU, q->max_cpu);
	/* Not 0: a handler in core_pattern would be run all the same. */
	limit(RLIMIT_CORE, 1);
	/* Counted for the user of all trials together, too. */
	limit(RLIMIT_SIGPENDING, SIGNALS_MAX);
}

/* If memory runs out, the kernel shall take the submission, not the grader.
 * Children inherit it. */
static void first_to_go(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (write(fd, "1000", 4) < 0)
			errno = 0; /* best effort */
		close(fd);
	}
}

/* Unpack n strings from *p into a vector of n + 1. */
static char **vector(char **p, const char *end, uint32_t n)
{
	char **v = calloc(n + 1, sizeof(*v));

	for (uint32_t i = 0; v && i < n && *p < end; i++) {
		v[i] = *p;
		*p += strlen(*p) + 1;
	}
	return v;
}

/* Calls by which a program could take memory that no limit counts, or talk to
 * parts of the kernel that no lab needs. */
static void forbid_calls(void)
{
#define FORBID(call)                                       \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		FORBID(SYS_memfd_create),
		FORBID(SYS_userfaultfd),
		FORBID(SYS_bpf),
		FORBID(SYS_perf_event_open),
		FORBID(SYS_add_key),
		FORBID(SYS_keyctl),
		FORBID(SYS_request_key),
		FORBID(SYS_unshare),
		FORBID(425), /* io_uring_setup, on every architecture */
		FORBID(447), /* memfd_secret, likewise */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {.len = sizeof(code) / sizeof(*code),
				    .filter = code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static _Noreturn void become(struct spawn_request *q, const int fd[3])
{
	char *p = q->strings, *end = q->strings + q->strings_size;
	char **place = vector(&p, end, 2);
	char **argv = vector(&p, end, q->argc);
	char **env = vector(&p, end, q->envc);

	report(REPORT_STARTED, getpid(), 0);
	for (int i = 0; i < 3; i++)
		dup2(fd[i], i);
	setsid();
	if (q->fixed_addresses)
		personality(ADDR_NO_RANDOMIZE);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	set_limits(q);
	forbid_calls();
	if (place && argv && env && chdir(place[0]) == 0)
		execve(place[1], argv, env);
	report(REPORT_FAILED, getpid(), errno);
	_exit(127);
}

static void spawn(struct spawn_request *q, const int fd[3])
{
	pid_t pid = fork();

	if (pid == 0)
		become(q, fd);
	if (pid < 0) {
		report(REPORT_FAILED, 0, errno);
		return;
	}
	for (int i = 0; i < STARTED_MAX; i++) {
		if (!started[i]) {
			started[i] = pid;
			return;
		}
	}
}

/* One request; exits when the trial is gone. */
static void take_request(void)
{
	static struct spawn_request q;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(3 * sizeof(int))];
	} ancillary;
	struct iovec data = {&q, sizeof(q)};
	struct msghdr m = {.msg_iov = &data,
			   .msg_iovlen = 1,
			   .msg_control = &ancillary,
			   .msg_controllen = sizeof(ancillary)};
	ssize_t n = recvmsg(control, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;
	int fd[3];

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0)
		_exit(0);
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(fd)))
		_exit(1);
	memcpy(fd, CMSG_DATA(c), sizeof(fd));
	q.strings[SPAWN_STRINGS - 1] = 0;
	spawn(&q, fd);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

static void reap(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < STARTED_MAX; i++) {
			if (started[i] == pid) {
				started[i] = 0;
				report(REPORT_ENDED, pid, status);
			}
		}
	}
}

int main(int argc, char **argv)
{
	struct pollfd look[2];
	int signals;

	if (argc != 2)
		return 2;
	control = atoi(argv[1]);
	fcntl(control, F_SETFD, FD_CLOEXEC);
	first_to_go();
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signals = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	look[0] = (struct pollfd){.fd = control, .events = POLLIN};
	look[1] = (struct pollfd){.fd = signals, .events = POLLIN};
	report(REPORT_READY, getpid(), 0);
	for (;;) {
		struct signalfd_siginfo info;

		if (poll(look, 2, -1) < 0 && errno != EINTR)
			return 1;
		while (read(signals, &info, sizeof(info)) > 0)
			;
		reap();
		if (look[0].revents)
			take_request();
	}
}
