/* SPDX-License-Identifier: MIT */
/* crossing.c - two processes, a mechanism between them, and how long messages take. */

/*
 * Theory of operation
 *
 * ladder itself only watches.  It forks two processes, side 0 and side 1, for
 * each kind of crossing, and waits for them; if one fails, it ends the other,
 * which may wait in vain.  They find each other by the mechanism alone, but for
 * struct shared, in which side 0 says when the measurement begins and ends:
 *
 *	1 ... first-1	warming up
 *	first ... last	measured
 *
 * Both are numbers of messages, and each is set before that message is sent, so
 * that side 1 knows it when it has the message.
 *
 * All bytes of a message are the same, and not those of the one before: what is
 * lost, stale or half copied is seen.  To make it and to look at it belongs to
 * what is measured.  Else a mechanism that copies nothing would cost nothing.
 */
#include "crossing.h"

#include "instrument.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WARM_UP = 16 }; /* messages at least; and a tenth of the time */

static struct shared {
	_Atomic uint64_t first, last; /* 0: not known yet */
	_Atomic uint64_t cpu_ns;
	struct crossing result;
} * shared;

/* What a side knows while it is at work. */
struct party {
	struct link *link;
	struct extent extent;
	uint64_t began_ns;  /* warming up */
	uint64_t first_ns;  /* being measured; 0: not yet */
	uint64_t first_cpu; /* what had been used by then */
};

static void must(int result, const struct link *l, const char *what)
{
	if (result < 0)
		die_errno("%s: %s", l->by->name, what);
}

static void send_message(const struct party *p, uint64_t number)
{
	memset(p->link->message, (int)(number % 251), p->link->bytes);
	must(p->link->by->send(p->link), p->link, "send");
}

static void receive_message(const struct party *p, uint64_t number)
{
	const unsigned char *m = p->link->message;

	must(p->link->by->receive(p->link), p->link, "receive");
	/* If each byte is like the next one, they are all like the first. */
	if (m[0] != number % 251 || memcmp(m, m + 1, p->link->bytes - 1) != 0)
		die("%s: a message of %zu bytes arrived wrong",
		    p->link->by->name, p->link->bytes);
}

static void note_begin(struct party *p)
{
	p->first_cpu = own_cpu_ns();
	p->first_ns = now_ns();
}

static bool is_time(uint64_t since_ns, double seconds)
{
	return (double)(now_ns() - since_ns) >= seconds * 1e9;
}

/* Side 0, before it sends a message: is it the first, is it the last?  From one
 * to the next is the least that can be measured one way. */
static void announce(struct party *p, uint64_t number)
{
	if (p->first_ns == 0 && number > WARM_UP &&
	    is_time(p->began_ns, p->extent.seconds / 10)) {
		note_begin(p);
		shared->first = number;
	} else if (p->first_ns != 0 &&
		   (p->extent.times > 0
			    ? number - shared->first + 1 == p->extent.times
			    : is_time(p->first_ns, p->extent.seconds))) {
		shared->last = number;
	}
}

static void go_and_return(struct party *p)
{
	for (uint64_t i = 1; shared->last == 0; i++) {
		announce(p, i);
		uint64_t sent = now_ns();
		send_message(p, 2 * i);
		receive_message(p, 2 * i + 1);
		if (p->first_ns != 0)
			histogram_add(&shared->result.round_trip,
				      now_ns() - sent);
	}
	shared->cpu_ns += own_cpu_ns() - p->first_cpu;
}

static void send_back(struct party *p)
{
	for (uint64_t i = 1; shared->last != i - 1 || i == 1; i++) {
		receive_message(p, 2 * i);
		if (shared->first == i)
			note_begin(p);
		send_message(p, 2 * i + 1);
	}
	shared->cpu_ns += own_cpu_ns() - p->first_cpu;
}

static void only_send(struct party *p)
{
	const struct mechanism *by = p->link->by;

	for (uint64_t i = 1; shared->last == 0; i++) {
		if (by->await_turn && i > 1)
			must(by->await_turn(p->link), p->link, "wait");
		announce(p, i);
		send_message(p, i);
	}
}

static void only_receive(struct party *p)
{
	const struct mechanism *by = p->link->by;

	for (uint64_t i = 1; shared->last != i - 1 || i == 1; i++) {
		receive_message(p, i);
		if (shared->first == i)
			note_begin(p);
		if (by->give_turn)
			must(by->give_turn(p->link), p->link, "give the turn");
	}
	shared->result.one_way_ns = now_ns() - p->first_ns;
	shared->result.messages = shared->last - shared->first;
}

typedef void role(struct party *p);

/* A process that is one side; it ends with the ladder. */
static pid_t start(struct party p, int core, role *play)
{
	pid_t parent = getpid(), pid = fork();
	cpu_set_t set;

	if (pid < 0)
		die_errno("fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_CANNOT);
	signal(SIGPIPE, SIG_IGN);
	CPU_ZERO(&set);
	CPU_SET((size_t)core, &set);
	if (sched_setaffinity(0, sizeof set, &set) < 0)
		die_errno("sched_setaffinity");
	p.began_ns = now_ns();
	play(&p);
	_exit(0);
}

/* Both have done their part, or ladder ends as the first did who has not. */
static void await_both(const pid_t pid[2])
{
	for (int ended = 0; ended < 2; ended++) {
		int status;
		pid_t who = waitpid(-1, &status, 0);

		if (who < 0)
			die_errno("waitpid");
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		kill(pid[who == pid[0]], SIGKILL);
		if (WIFSIGNALED(status))
			die("a process was killed by signal %d",
			    WTERMSIG(status));
		_exit(WEXITSTATUS(status)); /* it has said why */
	}
}

static void cross(struct link *l, struct cores cores, struct extent extent,
		  role *const play[2])
{
	pid_t pid[2];

	shared->first = shared->last = 0;
	for (l->side = 0; l->side < 2; l->side++)
		pid[l->side] =
			start((struct party){.link = l, .extent = extent},
			      cores.of[l->side], play[l->side]);
	await_both(pid);
}

const struct crossing *cross_both_ways(struct link *l, struct cores cores,
				       struct extent extent)
{
	role *const there_and_back[] = {go_and_return, send_back};
	role *const one_way[] = {only_send, only_receive};

	if (!shared)
		shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die_errno("mmap");
	shared->result = (struct crossing){0};
	shared->cpu_ns = 0;
	cross(l, cores, extent, there_and_back);
	shared->result.cpu_ns = shared->cpu_ns;
	cross(l, cores, extent, one_way);
	return &shared->result;
}

bool choose_cores(struct cores *cores, bool two)
{
	cpu_set_t set;
	int found = 0;

	if (sched_getaffinity(0, sizeof set, &set) < 0)
		die_errno("sched_getaffinity");
	for (int core = 0; core < CPU_SETSIZE && found < 2; core++)
		if (CPU_ISSET((size_t)core, &set))
			cores->of[found++] = core;
	if (!two)
		cores->of[1] = cores->of[0];
	return found == 2 || !two;
}
