/* SPDX-License-Identifier: MIT */
/* probe.c - facts about the submission's processes, seen from outside */
#include "probe.h"

#include "base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Read a small file of /proc; the number of bytes, or -1. */
__attribute__((format(printf, 3, 4))) static ssize_t read_proc(char *to,
							       size_t room,
							       const char *fmt,
							       ...)
{
	char path[96];
	va_list args;
	ssize_t n;
	int fd;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, to, room - 1);
	close(fd);
	to[n > 0 ? n : 0] = 0;
	return n;
}

struct stat_line {
	char state; /* S for a leader that has ended before its threads */
	pid_t parent;
	bool ended; /* this thread has */
	uint64_t cpu_ns, children_ns, memory;
};

static uint64_t ticks_ns(unsigned long ticks)
{
	return ticks * (NS_PER_S / (unsigned long)sysconf(_SC_CLK_TCK));
}

/* The name, in parentheses, may hold anything: look for its last one. */
static bool parse_stat(const char *line, struct stat_line *s)
{
	const char *p = strrchr(line, ')');
	unsigned long user, system, cuser, csystem, pages;
	int parent, threads;

	if (!p || sscanf(p + 1,
			 " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
			 "%lu %lu %lu %lu %*d %*d %d %*d %*u %*u %lu",
			 &s->state, &parent, &user, &system, &cuser, &csystem,
			 &threads, &pages) != 8)
		return false;
	s->parent = parent;
	s->ended = s->state == 'Z' || s->state == 'X';
	if (s->state == 'Z' && threads > 1)
		s->state = 'S';
	s->cpu_ns = ticks_ns(user + system);
	s->children_ns = ticks_ns(cuser + csystem);
	s->memory = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

static bool read_stat(pid_t pid, struct stat_line *s)
{
	char line[1024];

	return read_proc(line, sizeof(line), "/proc/%d/stat", (int)pid) > 0 &&
	       parse_stat(line, s);
}

/* Every process that /proc shows, of which a look keeps some. */
struct crowd {
	size_t n, room;
	struct process *p;
};

static void add_process(struct crowd *c, pid_t pid, const struct stat_line *s)
{
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 256;
		c->p = realloc(c->p, c->room * sizeof(*c->p));
		if (!c->p)
			die("out of memory");
	}
	c->p[c->n++] = (struct process){
		.pid = pid, .parent = s->parent, .state = s->state};
}

static bool is_kept(const struct look *l, pid_t pid)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].pid == pid)
			return true;
	return false;
}

/* Children of the agent, then theirs, and so on. */
static void keep_descendants(struct look *l, const struct crowd *c, pid_t agent)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < c->n; i++) {
			pid_t parent = c->p[i].parent;

			if ((parent != agent && !is_kept(l, parent)) ||
			    is_kept(l, c->p[i].pid))
				continue;
			if (l->n == PROCESSES_MAX) {
				l->complete = false;
				return;
			}
			l->p[l->n++] = c->p[i];
			more = true;
		}
	}
}

static void read_processes(struct look *l, pid_t agent)
{
	static struct crowd c;
	DIR *d = opendir("/proc");
	struct stat_line s;
	struct dirent *e;

	if (!d)
		die_errno("/proc");
	*l = (struct look){.complete = true};
	c.n = 0;
	while ((e = readdir(d))) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid <= 0 || pid == getpid() || !read_stat(pid, &s))
			continue;
		if (pid == agent)
			l->cpu_ns += s.children_ns;
		else
			add_process(&c, pid, &s);
	}
	closedir(d);
	keep_descendants(l, &c, agent);
	for (size_t i = 0; i < l->n; i++) {
		if (!read_stat(l->p[i].pid, &s))
			continue;
		l->cpu_ns += s.cpu_ns + s.children_ns;
		l->memory += s.memory;
	}
}

/* /proc is no snapshot: who forks and ends may be read when it is gone, and its
 * child not at all, which came after its place had been passed. */
static bool is_steady(const struct look *l)
{
	return probe_last_pid() == l->newest;
}

void probe_processes(struct look *l, pid_t agent)
{
	unsigned long newest = probe_last_pid();

	read_processes(l, agent);
	l->newest = newest;
	l->steady = is_steady(l);
}

#define NO_TIMEOUT UINT64_MAX
#define UNSEEN_TIMEOUT 0

static uint64_t milliseconds(unsigned long argument)
{
	int ms = (int)argument;

	return ms < 0 ? NO_TIMEOUT : (uint64_t)ms * (NS_PER_S / 1000);
}

/* The duration that a struct timespec in the program's memory holds. */
static uint64_t duration_at(pid_t pid, unsigned long address)
{
	struct timespec d;
	struct iovec to = {&d, sizeof(d)};
	struct iovec from = {(void *)address, sizeof(d)};

	if (!address)
		return NO_TIMEOUT;
	if (process_vm_readv(pid, &to, 1, &from, 1, 0) != sizeof(d) ||
	    d.tv_sec < 0 || d.tv_nsec < 0)
		return UNSEEN_TIMEOUT;
	return (uint64_t)(d.tv_sec < INT32_MAX ? d.tv_sec : INT32_MAX) *
		       NS_PER_S +
	       (uint64_t)d.tv_nsec;
}

static uint64_t unseen_unless_null(unsigned long argument)
{
	return argument ? UNSEEN_TIMEOUT : NO_TIMEOUT;
}

/* A system call in which a thread is blocked; nr is -1 if it is blocked, but
 * not in a call: it waits for a page, say. */
struct call {
	long nr;
	unsigned long a[6];
};

/* From a line of /proc/PID/syscall. */
static struct call parse_call(const char *line)
{
	struct call c = {.nr = -1};

	sscanf(line, "%ld %lx %lx %lx %lx %lx %lx", &c.nr, &c.a[0], &c.a[1],
	       &c.a[2], &c.a[3], &c.a[4], &c.a[5]);
	return c;
}

/* After what time it ends without any outside event, counted from its
 * beginning. */
static uint64_t timeout_of(pid_t pid, const struct call *c)
{
	const unsigned long *a = c->a;

	switch (c->nr) {
	case -1:
		return UNSEEN_TIMEOUT;
#ifdef SYS_poll
	case SYS_poll:
		return milliseconds(a[2]);
#endif
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
#endif
	case SYS_epoll_pwait:
		return milliseconds(a[3]);
	case SYS_nanosleep:
		return duration_at(pid, a[0]);
	case SYS_clock_nanosleep: /* flags: TIMER_ABSTIME */
		return a[1] ? UNSEEN_TIMEOUT : duration_at(pid, a[2]);
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return duration_at(pid, a[2]);
	case SYS_pselect6:
		return duration_at(pid, a[4]);
#ifdef SYS_epoll_pwait2
	case SYS_epoll_pwait2:
#endif
	case SYS_semtimedop:
		return duration_at(pid, a[3]);
#ifdef SYS_select
	case SYS_select: /* a struct timeval */
#endif
	case SYS_recvmmsg:
	case SYS_mq_timedreceive:
	case SYS_mq_timedsend:
		return unseen_unless_null(a[4]);
	case SYS_futex: /* until then, or so long: by its operation */
		return unseen_unless_null(a[3]);
	case SYS_restart_syscall:
		return UNSEEN_TIMEOUT;
	default:
		return NO_TIMEOUT;
	}
}

/* Does it end as soon as what it waits for is there?  A sleep waits for
 * nothing, and so does a poll of no descriptors. */
static bool awaits_event(const struct call *c)
{
	switch (c->nr) {
	case -1:
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
	case SYS_restart_syscall:
		return false;
#ifdef SYS_poll
	case SYS_poll:
#endif
	case SYS_ppoll:
		return c->a[1] > 0;
#ifdef SYS_select
	case SYS_select:
#endif
	case SYS_pselect6:
		return c->a[0] > 0;
	default:
		return true;
	}
}

static void mix(uint64_t *hash, uint64_t value)
{
	*hash = (*hash ^ value) * 0x100000001b3u; /* FNV-1a, by words */
}

static enum activity thread_activity(struct look *l, pid_t pid, pid_t tid)
{
	uint64_t timeout = UNSEEN_TIMEOUT, *print = &l->fingerprint;
	bool awaits = false;
	unsigned long long slices = 0;
	struct stat_line s;
	char line[1024];

	if (read_proc(line, sizeof(line), "/proc/%d/task/%d/stat", (int)pid,
		      (int)tid) <= 0 ||
	    !parse_stat(line, &s))
		return RUNNING; /* it just ended: look again */
	if (read_proc(line, sizeof(line), "/proc/%d/task/%d/schedstat",
		      (int)pid, (int)tid) > 0)
		sscanf(line, "%*u %*u %llu", &slices);
	mix(print, (uint64_t)tid);
	mix(print, (uint64_t)s.state);
	mix(print, slices);
	if (s.ended)
		return GONE;
	l->unstopped |= s.state == 'R' || s.state == 'S';
	if (s.state == 'T' || s.state == 't')
		return QUIET;
	if (s.state != 'S' && s.state != 'D')
		return RUNNING;
	/* In D it is a disk, or a vfork(): no signal ends it.  A program that
	 * hides itself shows no call: nothing is known. */
	if (s.state == 'S' &&
	    read_proc(line, sizeof(line), "/proc/%d/task/%d/syscall", (int)pid,
		      (int)tid) > 0) {
		if (strncmp(line, "running", 7) == 0)
			return RUNNING;
		const struct call c = parse_call(line);

		timeout = timeout_of(pid, &c);
		awaits = awaits_event(&c);
	}
	l->awaits_events &= awaits;
	if (timeout < l->least_timeout)
		l->least_timeout = timeout;
	return timeout == NO_TIMEOUT ? QUIET : DOZING;
}

static enum activity process_activity(struct look *l, pid_t pid)
{
	enum activity most = GONE;
	char path[64];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	if (!d)
		return RUNNING;
	while ((e = readdir(d))) {
		pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);
		enum activity a;

		if (tid <= 0)
			continue;
		a = thread_activity(l, pid, tid);
		if (a > most)
			most = a;
	}
	closedir(d);
	return most;
}

void probe_look(struct look *l, pid_t agent, bool timed)
{
	probe_processes(l, agent);
	l->fingerprint = 0xcbf29ce484222325u;
	l->awaits_events = true;
	l->unstopped = false;
	l->least_timeout = timed ? UNSEEN_TIMEOUT : NO_TIMEOUT;
	for (size_t i = 0; i < l->n; i++) {
		enum activity a = process_activity(l, l->p[i].pid);

		if (a == QUIET && timed)
			a = DOZING;
		if (a > l->activity)
			l->activity = a;
	}
	l->steady = is_steady(l);
	/* Who has not been seen may be running. */
	if (!l->complete || !l->steady)
		l->activity = RUNNING;
}

size_t probe_zombies(const struct look *l, pid_t agent)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->p[i].state == 'Z' && l->p[i].parent != agent;
	return n;
}

size_t probe_living(const struct look *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->p[i].state != 'Z' && l->p[i].state != 'X';
	return n;
}

DIR *probe_open_descriptors(pid_t pid)
{
	char path[96];
	struct dirent *e;
	DIR *tasks, *d = NULL;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	/* A leader that has ended before its threads shows none. */
	while (tasks && !d && (e = readdir(tasks))) {
		struct stat_line s;
		char line[1024];
		int tid = (int)strtol(e->d_name, NULL, 10);

		if (tid <= 0 ||
		    read_proc(line, sizeof(line), "/proc/%d/task/%d/stat",
			      (int)pid, tid) <= 0 ||
		    !parse_stat(line, &s) || s.ended)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%d/fd", (int)pid,
			 tid);
		d = opendir(path);
	}
	if (tasks)
		closedir(tasks);
	return d;
}

int probe_descriptors(pid_t pid)
{
	DIR *d = probe_open_descriptors(pid);
	struct dirent *e;
	int n = 0;

	if (!d)
		return -1;
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

pid_t probe_inner_pid(pid_t pid)
{
	char all[4096], *p;
	pid_t inner = -1;

	if (read_proc(all, sizeof(all), "/proc/%d/status", (int)pid) <= 0)
		return -1;
	p = strstr(all, "\nNSpid:");
	if (!p)
		return pid;
	for (char *end, *q = p + 7;; q = end) {
		long v = strtol(q, &end, 10);

		if (end == q || memchr(q, '\n', (size_t)(end - q)))
			return inner;
		inner = (pid_t)v;
	}
}

unsigned long probe_last_pid(void)
{
	char line[128], *space;

	if (read_proc(line, sizeof(line), "/proc/loadavg") <= 0)
		return 0;
	space = strrchr(line, ' ');
	return space ? strtoul(space + 1, NULL, 10) : 0;
}
