/* SPDX-License-Identifier: MIT */
/* cell.c - opens a trial's sandbox and has programs started in it */
#include "cell.h"

#include "sandbox.h"
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ceilings for what a student's program may use; generous for what the labs
 * ask of it, small enough that a trial cannot hurt the machine. */
#define MEMORY_MAX (1ull << 30)
#define STACKS_MAX (3ull << 30) /* 300 threads, if a stack is 8 MiB */
#define PROCESSES_LIMIT 200
#define FILES_MAX 1024 /* of each process: lab 05 has 1,000 clients */
#define FILE_BYTES_MAX (16ull << 20)
#define CPU_SECONDS_MAX 120

char *cell_path(const struct trial *t, const char *path)
{
	return text("%s/%s", t->root, path);
}

static _Noreturn void enter_cell(struct trial *t, int control)
{
	char number[16];
	char *agent = cell_path(t, "run/agent");
	const char *const command[] = {agent, number, NULL};
	char *none[] = {NULL};
	char *out = text("out/%s", t->lab->name);
	char *src = text("src/%s", t->lab->name);
	/* Only a build may write programs, and only a build sees sources. */
	bool building = t->check == NULL;
	const struct opening openings[] = {
		{"run", false},
		{out, building},
		{building ? src : t->dir, !building},
		{building ? "common" : NULL, false},
		{NULL, false},
	};

	snprintf(number, sizeof(number), "%d", control);
	fcntl(control, F_SETFD, 0);
	if (t->set->sandbox)
		sandbox_exec(t->set->room, t->dir, openings, command);
	else
		execve(agent, (char *const *)command, none);
	_exit(127);
}

static void open_cell(struct trial *t)
{
	int pair[2], on = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
	    setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		give_up(t, text("socketpair: %s", strerror(errno)));
	t->wrapper = fork();
	if (t->wrapper < 0)
		give_up(t, text("fork: %s", strerror(errno)));
	if (t->wrapper == 0)
		enter_cell(t, pair[1]);
	close(pair[1]);
	t->control = pair[0];
	while (!t->agent && !t->cell_gone)
		pump(t, NS_PER_S);
	if (!t->agent)
		give_up(t, text("the sandbox did not start"));
}

static void heard(struct trial *t, const struct agent_report *r, pid_t sender)
{
	if (r->kind == REPORT_READY)
		t->agent = sender;
	for (size_t i = 0; i < t->programs; i++) {
		struct program *p = t->program[i];

		if (r->kind == REPORT_STARTED && !p->pid && !p->spawn_error) {
			p->pid = sender;
			p->inner = r->pid;
		} else if (p->inner != r->pid || p->ended) {
			continue;
		} else if (r->kind == REPORT_FAILED) {
			p->spawn_error = r->status;
		} else if (r->kind == REPORT_ENDED) {
			p->ended = true;
			p->status = r->status;
			p->ended_at = now_ns();
		} else {
			continue;
		}
		t->moves++;
		t->advances++;
		return;
	}
}

void cell_hear(struct trial *t)
{
	struct agent_report r;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} ancillary;
	struct iovec data = {&r, sizeof(r)};

	for (;;) {
		struct msghdr m = {.msg_iov = &data,
				   .msg_iovlen = 1,
				   .msg_control = &ancillary,
				   .msg_controllen = sizeof(ancillary)};
		ssize_t n = recvmsg(t->control, &m,
				    MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		struct cmsghdr *c;
		struct ucred from = {0};

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n != sizeof(r)) {
			t->cell_gone = true;
			return;
		}
		c = CMSG_FIRSTHDR(&m);
		if (c && c->cmsg_type == SCM_CREDENTIALS)
			memcpy(&from, CMSG_DATA(c), sizeof(from));
		heard(t, &r, from.pid);
	}
}

static void pack(struct trial *t, struct spawn_request *q, const char *s)
{
	size_t n = strlen(s) + 1;

	if (q->strings_size + n > SPAWN_STRINGS)
		give_up(t, text("a command line is too long"));
	memcpy(q->strings + q->strings_size, s, n);
	q->strings_size += (uint32_t)n;
}

static void send_request(struct trial *t, struct spawn_request *q,
			 const int theirs[3])
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(3 * sizeof(int))];
	} ancillary = {0};
	struct iovec data = {q, sizeof(*q)};
	struct msghdr m = {.msg_iov = &data,
			   .msg_iovlen = 1,
			   .msg_control = &ancillary,
			   .msg_controllen = sizeof(ancillary)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(3 * sizeof(int));
	memcpy(CMSG_DATA(c), theirs, 3 * sizeof(int));
	if (sendmsg(t->control, &m, MSG_NOSIGNAL) < 0)
		t->cell_gone = true;
}

/* A pipe with one end for the program; ours does not block. */
static void make_pipe(struct trial *t, int *ours, int *theirs, int our_end)
{
	int end[2];

	if (pipe2(end, O_CLOEXEC) < 0)
		give_up(t, text("pipe: %s", strerror(errno)));
	*ours = end[our_end];
	*theirs = end[1 - our_end];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
}

struct program *launch(struct trial *t, const struct command *c)
{
	struct program *p = must_calloc(1, sizeof(*p));
	struct spawn_request *q = must_calloc(1, sizeof(*q));
	uint64_t stacks = t->lab->threads ? STACKS_MAX : 0;
	int theirs[3];

	if (t->control < 0)
		open_cell(t);
	if (t->programs == PROGRAMS_MAX)
		give_up(t, text("too many programs in one check"));
	*q = (struct spawn_request){
		.max_processes = t->set->sandbox ? PROCESSES_LIMIT : 0,
		.max_files = FILES_MAX,
		.max_file_bytes = FILE_BYTES_MAX,
		.max_cpu = CPU_SECONDS_MAX,
		.max_memory = c->tool == PLAIN ? MEMORY_MAX + stacks : 0,
		.fixed_addresses = c->tool == SANITIZERS,
	};
	pack(t, q, c->dir);
	pack(t, q, c->path);
	for (; c->argv[q->argc]; q->argc++)
		pack(t, q, c->argv[q->argc]);
	for (; c->env[q->envc]; q->envc++)
		pack(t, q, c->env[q->envc]);
	p->tool = c->tool;
	make_pipe(t, &p->in, &theirs[0], 1);
	make_pipe(t, &p->out, &theirs[1], 0);
	make_pipe(t, &p->err, &theirs[2], 0);
	t->program[t->programs++] = p;
	send_request(t, q, theirs);
	free(q);
	for (int i = 0; i < 3; i++)
		close(theirs[i]);
	while (!p->pid && !p->spawn_error && !t->cell_gone)
		pump(t, NS_PER_S);
	return p;
}
