/* SPDX-License-Identifier: MIT */
/* fact.c - words that look at the submission from outside */
#include "../check.h"

#include "connection.h"

#include "../diagnoses.h"
#include "../sockets.h"
#include "../language.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

const size_t telling_sizes[] = {63,   64,   127,  128,	255,  256,
				511,  512,  1000, 1023, 1024, 1499,
				1500, 2047, 2048, 4095, 4096, 0};

void random_bytes(struct trial *t, void *to, size_t n)
{
	unsigned char *p = to;

	/* splitmix64 (Steele, Lea, Flood 2014) */
	for (size_t i = 0; i < n; i++) {
		uint64_t z = t->random += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		p[i] = (unsigned char)(z >> 56);
	}
}

void random_letters(struct trial *t, void *to, size_t n)
{
	unsigned char *p = to;

	random_bytes(t, to, n);
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)('a' + p[i] % 26);
}

size_t count_processes(struct trial *t)
{
	static struct look l;

	probe_processes(&l, t->agent);
	return probe_living(&l);
}

size_t count_zombies(struct trial *t)
{
	static struct look l;

	probe_processes(&l, t->agent);
	return probe_zombies(&l, t->agent);
}

/* As in struct process; X if there is no such process. */
static char state_of_process(const struct look *l, pid_t pid)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].pid == pid)
			return l->p[i].state;
	return 'X';
}

static bool is_living(const struct look *l, pid_t pid)
{
	char state = state_of_process(l, pid);

	return state != 'Z' && state != 'X';
}

bool is_stopped(struct trial *t, void *pid)
{
	static struct look l;

	probe_processes(&l, t->agent);
	return state_of_process(&l, *(pid_t *)pid) == 'T';
}

pid_t main_process(struct trial *t)
{
	static struct look l;
	pid_t eldest = 0;

	probe_processes(&l, t->agent);
	if (is_living(&l, t->parent))
		return t->parent;
	for (size_t i = 0; i < l.n; i++) {
		pid_t p = l.p[i].pid;

		/* Once there was a server its heir is who listens now. */
		if (is_living(&l, p) && (!eldest || p < eldest) &&
		    (!t->parent || holds_listener(t, p)))
			eldest = p;
	}
	if (t->parent && eldest)
		t->parent = eldest;
	return eldest;
}

int count_descriptors(struct trial *t)
{
	return probe_descriptors(main_process(t));
}

static struct tcp_sockets all;

static uint32_t client_inode(struct trial *t, int n)
{
	uint16_t theirs = ntohs(conn(t, n)->local.sin_port);

	tcp_sockets_read(&all, t->port);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].local == t->port && all.s[i].remote == theirs)
			return all.s[i].inode;
	return 0;
}

bool holds_client(struct trial *t, pid_t pid, int n)
{
	uint32_t inode = client_inode(t, n);

	return inode && holds_socket(&pid, 1, inode);
}

bool holds_listener(struct trial *t, pid_t pid)
{
	if (t->lab->local)
		return holds_listener_at_path(t, pid);
	tcp_sockets_read(&all, t->port);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].state == TCP_LISTEN &&
		    holds_socket(&pid, 1, all.s[i].inode))
			return true;
	return false;
}

size_t count_sockets(struct trial *t, int state)
{
	size_t n = 0;

	if (t->lab->local)
		return count_at_path(t, state);
	tcp_sockets_read(&all, t->port);
	for (size_t i = 0; i < all.n; i++)
		n += all.s[i].state == state && all.s[i].local == t->port;
	return n;
}

pid_t serving_process(struct trial *t, int n)
{
	static struct look l;
	uint32_t inode = client_inode(t, n);
	pid_t parent = main_process(t), eldest = 0;

	if (!inode)
		return 0;
	probe_processes(&l, t->agent);
	for (size_t i = 0; i < l.n; i++) {
		pid_t p = l.p[i].pid;

		/* Younger brothers may have inherited it by mistake. */
		if (p != parent && holds_socket(&p, 1, inode) &&
		    (!eldest || p < eldest))
			eldest = p;
	}
	return eldest;
}

pid_t need_child(struct trial *t, int n)
{
	pid_t child;

	settle(t);
	child = serving_process(t, n);
	if (!child && main_process(t))
		skip(t, "no process of its own serves the client");
	return child;
}

/* The system calls in which programs of the labs wait. */
static const struct {
	long nr;
	const char *name;
	bool on; /* the first argument is a descriptor */
} calls[] = {
#ifdef SYS_poll
	{SYS_poll, "poll", false},
#endif
#ifdef SYS_select
	{SYS_select, "select", false},
#endif
#ifdef SYS_epoll_wait
	{SYS_epoll_wait, "epoll_wait", false},
#endif
#ifdef SYS_pause
	{SYS_pause, "pause", false},
#endif
#ifdef SYS_accept
	{SYS_accept, "accept", false},
#endif
	{SYS_accept4, "accept", false},
	{SYS_read, "read", true},
	{SYS_readv, "read", true},
	{SYS_recvfrom, "recv", true},
	{SYS_recvmsg, "recv", true},
	{SYS_write, "write", true},
	{SYS_writev, "write", true},
	{SYS_sendto, "send", true},
	{SYS_sendmsg, "send", true},
	{SYS_splice, "splice", true},
	{SYS_sendfile, "sendfile", false},
	{SYS_wait4, "waitpid", false},
	{SYS_waitid, "waitpid", false},
	{SYS_ppoll, "poll", false},
	{SYS_pselect6, "select", false},
	{SYS_epoll_pwait, "epoll_wait", false},
	{SYS_futex, N_("futex (a lock or a join)"), false},
	{SYS_rt_sigsuspend, "sigsuspend", false},
	{SYS_rt_sigtimedwait, "sigwait", false},
	{SYS_nanosleep, "nanosleep", false},
	{SYS_clock_nanosleep, "nanosleep", false},
	{SYS_connect, "connect", true},
#ifdef SYS_open
	{SYS_open, "open", false},
#endif
	{SYS_openat, "open", false},
};

/* In which system call is the process's first thread blocked?  Into `name`,
 * in the words of the manual; false if it is not blocked in one. */
static bool blocked_call(pid_t pid, char *name, size_t room)
{
	char *path = text("/proc/%d/syscall", (int)pid);
	char *line = slurp(path, 255);
	unsigned long first = 0;
	long nr = -1;
	int got = line ? sscanf(line, "%ld %lx", &nr, &first) : 0;

	free(path);
	free(line);
	if (got < 2)
		return false;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (calls[i].nr != nr)
			continue;
		if (calls[i].on)
			snprintf(name, room, _("%s on descriptor %lu"),
				 calls[i].name, first);
		else
			snprintf(name, room, "%s", _(calls[i].name));
		return true;
	}
	snprintf(name, room, _("system call %ld"), nr);
	return true;
}

bool blocked_in(pid_t pid, const char *call)
{
	char name[64];
	size_t n = strlen(call);

	return blocked_call(pid, name, sizeof(name)) &&
	       strncmp(name, call, n) == 0 && (!name[n] || name[n] == ' ');
}

/* Where two programs meet, which of them it is: its name. */
static const char *name_of(struct trial *t, pid_t pid)
{
	for (size_t i = 0; t->meeting && i < t->programs; i++)
		if (t->program[i]->pid == pid)
			return sentence("the %.*s",
					(int)strcspn(t->program[i]->line, " "),
					t->program[i]->line);
	return _("the program");
}

char *process_state(const struct process *p)
{
	char name[64];

	if (p->state == 'Z')
		return sentence("is a zombie");
	if (p->state == 'T')
		return sentence("is stopped");
	if (blocked_call(p->pid, name, sizeof(name)))
		return sentence("is blocked in %s", name);
	return sentence("is running");
}

static char *describe_process(struct trial *t, const struct process *p)
{
	const char *who = t->server && p->pid == t->server->pid
				  ? _("the server")
			  : t->server ? _("a process of the server")
				      : name_of(t, p->pid);
	char *state = process_state(p), *both = sentence("%s %s", who, state);

	free(state);
	return both;
}

static char *describe_end(struct trial *t)
{
	const struct program *p =
		t->programs ? t->program[t->programs - 1] : NULL;

	if (t->cell_gone)
		return sentence(
			"the sandbox was ended: something used up all the "
			"memory, or killed it");
	if (p && p->spawn_error)
		return sentence("it could not be started: %s",
				strerror(p->spawn_error));
	if (!p || !p->ended)
		return sentence("no process is left");
	if (WIFSIGNALED(p->status))
		return sentence(
			"%s was killed by signal %d (SIG%s)",
			p == t->server ? _("the server") : _("the program"),
			WTERMSIG(p->status), sigabbrev_np(WTERMSIG(p->status)));
	return sentence("%s has exited with status %d",
			p == t->server ? _("the server") : _("the program"),
			WEXITSTATUS(p->status));
}

char *state_of(struct trial *t, enum outcome o)
{
	static struct look l;
	char *all_of_them = NULL;

	probe_processes(&l, t->agent);
	if (l.n == 0 || o == IS_GONE || t->cell_gone)
		return describe_end(t);
	if (o == IS_BUSY && t->greedy)
		return sentence(
			"the program uses up all that it is given: memory, "
			"processes or output");
	if (o == IS_BUSY)
		return sentence(
			"the program is using CPU time and gets nowhere");
	for (size_t i = 0; i < l.n && i < 4; i++) {
		char *one = describe_process(t, &l.p[i]);
		char *more = all_of_them ? sentence("%s, %s", all_of_them, one)
					 : must_strdup(one);

		free(one);
		free(all_of_them);
		all_of_them = more;
	}
	if (l.n > 4) {
		char *more = sentence("%s, and %zu more", all_of_them, l.n - 4);

		free(all_of_them);
		all_of_them = more;
	}
	return all_of_them;
}
