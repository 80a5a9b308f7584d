/* SPDX-License-Identifier: MIT */
/* wait.c - waiting for something to happen, and knowing that it will not */

/*
 * Theory of operation
 *
 * wait_until() turns in a loop: move what can be moved (pump), test the
 * condition, look at the submission's threads.  It ends when
 *
 *  - the condition holds;
 *  - no process of the submission is left;
 *  - the submission is quiet: two looks in a row saw every thread blocked in a
 *    call without a time-out, nobody was created during a look and no thread
 *    ran between them, nothing is under way inside TCP (a UNIX socket has
 *    nothing under way: what is sent is in its receiver's queue, and has woken
 *    it, when the call that sends returns), no program has ended of which we
 *    have not heard, and after the second look there was still nothing for us
 *    to read.  Then nothing can happen any more unless we do something, so the
 *    verdict is as safe as if one had waited for ever, and needs no clock;
 *  - the submission used up a budget of CPU time without anything moving: it
 *    spins.  CPU time does not pass while other programs have the processor;
 *  - it slept with time-outs for a budget of seconds: then nobody but itself
 *    has kept it from going on, however loaded the machine is.  A program that
 *    is quiet but for time-outs, of which none can end within the budget, need
 *    not be waited for: it would be the same;
 *  - it is quiet but for something in TCP that does not come to an end: kept up
 *    by retransmissions, longer than the second one of a SYN takes.
 *
 * Where a program is to come to rest only, and no verdict hangs on what it does
 * meanwhile, one that never does need not be given all that:
 *
 *  - if every thread waits for an event, not just for time to pass, and nothing
 *    has come that is still to be taken, then nothing will come out of it,
 *    however often they ask again;
 *  - if its calls are known to be in vain, one after the other, it spins, and
 *    the CPU time it gets is only for those of it that might still do something;
 *
 * but not while TCP holds something back for want of room: a timer of the
 * kernel's may let some of it through, and that is what it asks for.  Nor does it
 * rest before that has come to a standstill.
 *
 * Only a machine that gives a runnable program no processor for a minute ends
 * otherwise, and that is the grader's failure (`error`), never the student's.
 * Whatever moves (a byte, a connection, the end of a program) starts the
 * budgets again; a program that trickles is held by the limits of the trial.
 */
#include "sockets.h"
#include "sockets_unix.h"
#include "trial.h"

#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between two looks: from the first to the second value. */
#define PAUSE_MIN 50000 /* ns */
#define PAUSE_MAX 4000000

/* What one look may book of the time, and of the CPU time, since the last. */
#define LOOK_MAX 20000000

#define FLOOD_CAP (4u << 20) /* beyond what is kept of it */

/* An echo costs some 10 microseconds, a start some milliseconds. */
#define CPU_BUDGET (NS_PER_S / 5)
#define DOZE_BUDGET (3 * (uint64_t)NS_PER_S)
/* Where nothing is expected to happen. */
#define REST_BUDGET (NS_PER_S / 2)
#define SPIN_BUDGET (CPU_BUDGET / 16) /* of one that spins, as is known */
/* Calls in vain, one after the other, by which that is known, and by which one
 * that waits with time-outs knows that there is nothing for it. */
#define SPINS 200
#define ASKED 4
#define CALM_LOOKS 8 /* by which one that only asks is at rest */
/* What TCP holds back it tries to send after 0.2 s, and then each time after
 * twice as long: RFC 9293, 3.8.6.1, and TCP_RTO_MIN of Linux. */
#define HELD_BUDGET (NS_PER_S / 2)
#define STALL_BUDGET \
	(8 * (uint64_t)NS_PER_S) /* a SYN is sent again at 1, 3, 7 s */
#define STARVED_BUDGET (60 * (uint64_t)NS_PER_S)
#define CHURN_MAX 20000		/* processes created in one wait */
#define PROCESSES_LEFT 400	/* where no sandbox holds it at fewer */
#define CROWD 150		/* processes; the labs ask for 50 clients */
#define MEMORY_MAX (3ull << 30) /* resident, all processes together */

/* Of a whole trial: far beyond what any honest program takes, so that one that
 * trickles and dawdles ends in a verdict too. */
#define TRIAL_CPU (30 * (uint64_t)NS_PER_S)
#define TRIAL_DOZE (20 * (uint64_t)NS_PER_S)

/* A program under a tool, and the compiler, may take that much more CPU time.
 * Sleeping is no slower there. */
static double slowness(const struct trial *t)
{
	static const double of[] = {
		[PLAIN] = 1, [MEMCHECK] = 3, [SANITIZERS] = 3, [HELGRIND] = 10};
	double f = t->patience;

	for (size_t i = 0; i < t->programs; i++)
		if (!t->program[i]->ended && f < of[t->program[i]->tool])
			f = of[t->program[i]->tool];
	return f * t->set->factor;
}

/* A look cannot tell a program that ran from a machine that stood still, as a
 * virtual one does at times: both let the clocks jump.  So what one look books
 * is bounded, and only many looks can use up a budget. */
static uint64_t at_most(uint64_t n, uint64_t most)
{
	return n < most ? n : most;
}

static bool exceeds(uint64_t spent, uint64_t budget, double factor)
{
	return (double)spent > (double)budget * factor;
}

static bool is_dawdling(const struct trial *t)
{
	return exceeds(t->dozed, TRIAL_DOZE, t->set->factor);
}

/* A word of what the witness shares with us, 0 if there is none. */
static uint32_t witness_word(const struct trial *t, size_t offset)
{
	uint32_t word = 0;

	return t->witness >= 0 && pread(t->witness, &word, sizeof(word),
					(off_t)offset) == sizeof(word)
		       ? word
		       : 0;
}

static bool timers_in_use(const struct trial *t)
{
	return witness_word(t, offsetof(struct witness, timed));
}

/* Calls in vain, one after the other. */
static uint32_t calls_in_vain(const struct trial *t)
{
	return witness_word(t, offsetof(struct witness, in_vain));
}

/* A network namespace of its own has no sockets but the trial's. */
static const struct tcp_sockets *sockets_of(const struct trial *t)
{
	static struct tcp_sockets all;

	tcp_sockets_read(&all, t->set->sandbox ? 0 : t->port);
	return &all;
}

static bool in_flight(const struct trial *t)
{
	return tcp_in_flight(sockets_of(t));
}

static uint64_t held_back(const struct trial *t)
{
	return tcp_held_back(sockets_of(t));
}

static bool unread_at_port(uint16_t port)
{
	static struct tcp_sockets all;

	tcp_sockets_read(&all, port);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].local == port && all.s[i].unread)
			return true;
	return false;
}

/* Who is bound has a name, and so has what it accepts. */
static bool unread_at_names(void)
{
	static struct unix_sockets all;

	unix_sockets_read(&all);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].length && all.s[i].unread)
			return true;
	return false;
}

/* May the server have left something for later?  Of other programs, and of what
 * is in pipes, nothing is known. */
static bool may_have_unread(const struct trial *t)
{
	return !t->server ||
	       (t->lab->local ? unread_at_names() : unread_at_port(t->port));
}

/* Bytes, so far, by all programs. */
static size_t output(const struct trial *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->programs; i++)
		n += t->program[i]->printed.n + t->program[i]->complained.n +
		     t->program[i]->flood;
	return n;
}

static bool flooding(const struct trial *t)
{
	for (size_t i = 0; i < t->programs; i++)
		if (!t->program[i]->ended && t->program[i]->flood > FLOOD_CAP)
			return true;
	return false;
}

/* Does it take more than any program of a lab could need? */
static bool is_greedy(const struct trial *t, const struct look *l,
		      unsigned long pid_start)
{
	return l->memory > MEMORY_MAX || l->n > PROCESSES_LEFT || flooding(t) ||
	       probe_last_pid() > pid_start + CHURN_MAX;
}

/* Budgets of one wait, counted since something last advanced. */
struct spending {
	uint64_t advances; /* t->advances when the counting began */
	uint64_t last_look, cpu_budget, doze_budget;
	bool for_rest;
	uint64_t last_cpu, cpu, dozed, stalled, starved;
	uint32_t in_vain;	 /* calls, when the counting began */
	size_t output;		 /* bytes, when the counting began */
	uint64_t held, held_for; /* bytes that TCP holds back, and how long */
	unsigned calm;		 /* looks, one after the other: only_asks() */
	unsigned long pid_start;
	enum activity last;
};

/* TCP may still let something through to a program that asks for it, until it
 * has held back just as much for some time. */
static void watch_what_is_held(struct spending *s, struct trial *t,
			       uint64_t passed)
{
	uint64_t held = held_back(t);

	s->held_for = held == s->held ? s->held_for + passed : 0;
	s->held = held;
	if (exceeds(s->held_for, HELD_BUDGET, t->set->factor))
		t->stuck = held;
}

static bool may_trickle(const struct trial *t, const struct spending *s)
{
	return s->held && s->held != t->stuck;
}

static void start_counting(struct spending *s, struct trial *t,
			   const struct look *l, uint64_t now)
{
	*s = (struct spending){
		.advances = t->advances,
		.last_look = now,
		.last_cpu = l->cpu_ns,
		.cpu_budget = s->cpu_budget,
		.doze_budget = s->doze_budget,
		.for_rest = s->for_rest,
		.in_vain = calls_in_vain(t),
		.output = output(t),
		.pid_start = probe_last_pid(),
		.last = l->activity,
	};
}

/* The time since the last look belongs to what both looks saw. */
static void book(struct spending *s, struct trial *t, const struct look *l)
{
	uint64_t now = now_ns();
	uint64_t passed = at_most(now - s->last_look, LOOK_MAX);

	/* Of the whole trial, whatever moves in between. */
	if (s->last_look && l->activity == DOZING && s->last == DOZING)
		t->dozed += passed;
	if (!s->last_look || s->advances != t->advances) {
		start_counting(s, t, l, now);
		return;
	}
	if (l->activity == s->last) {
		s->dozed += l->activity == DOZING ? passed : 0;
		s->stalled += l->activity == QUIET ? passed : 0;
		s->starved += l->activity == RUNNING ? passed : 0;
	}
	if (s->for_rest)
		watch_what_is_held(s, t, passed);
	/* What a process used is gone from the sum while nobody has reaped it. */
	if (l->cpu_ns > s->last_cpu)
		s->cpu += at_most(l->cpu_ns - s->last_cpu, LOOK_MAX);
	s->last_cpu = l->cpu_ns;
	s->last = l->activity;
	s->last_look = now;
}

/* Does it use its time for nothing?  Who prints may be about to flood. */
static bool spins(const struct trial *t, const struct spending *s)
{
	return s->for_rest && output(t) == s->output &&
	       calls_in_vain(t) >= SPINS && !held_back(t);
}

/* Has a budget been used up?  DONE: no. */
static enum outcome spend(struct spending *s, struct trial *t,
			  const struct look *l)
{
	double slow = slowness(t), factor = t->set->factor;

	book(s, t, l);
	if ((exceeds(s->dozed, s->doze_budget, factor) && !may_trickle(t, s)) ||
	    is_dawdling(t))
		return IS_DOZING;
	if (exceeds(s->stalled, STALL_BUDGET, factor))
		return IS_QUIET;
	/* Who tells, in a loop, that a call has failed does not do so to fill
	 * our disk, however fast it is. */
	if (flooding(t) && calls_in_vain(t) >= SPINS)
		return IS_BUSY;
	if (is_greedy(t, l, s->pid_start)) {
		t->greedy = true;
		return IS_BUSY;
	}
	if ((exceeds(s->cpu, s->cpu_budget, slow) && !may_trickle(t, s)) ||
	    (exceeds(s->cpu, SPIN_BUDGET, slow) && spins(t, s)) ||
	    exceeds(l->cpu_ns, TRIAL_CPU, factor)) {
		/* A crowd that is not busy harms nobody. */
		t->greedy |= l->n > CROWD;
		return IS_BUSY;
	}
	if (exceeds(s->starved, STARVED_BUDGET, slow))
		give_up(t, text("the machine gave the program no processor "
				"for %.0f seconds",
				(double)s->starved / NS_PER_S));
	return DONE;
}

/* Move everything that can be moved now. */
static void pump_dry(struct trial *t)
{
	uint64_t moved;

	do {
		moved = t->moves;
		pump(t, 0);
	} while (moved != t->moves);
}

static bool all_ended(const struct trial *t)
{
	for (size_t i = 0; i < t->programs; i++)
		if (!t->program[i]->ended && !t->program[i]->spawn_error)
			return false;
	return true;
}

/* A program that has ended is told of by the agent, which may not have had the
 * processor for it yet. */
static bool end_is_due(const struct trial *t, const struct look *l)
{
	for (size_t i = 0; i < t->programs; i++) {
		const struct program *p = t->program[i];
		size_t at = 0;

		if (p->ended || !p->pid)
			continue;
		while (at < l->n && l->p[at].pid != p->pid)
			at++;
		if (at == l->n || l->p[at].state == 'Z')
			return true;
	}
	return false;
}

static bool is_blocked(const struct look *l)
{
	return l->activity == QUIET || l->activity == DOZING;
}

/* One look, and whether it proves, with the one before, that nothing moves any
 * more, time-outs apart.  The order matters: what was not under way between two
 * looks that saw the same blocked threads has not woken any of them. */
static bool proves_stillness(struct trial *t, struct look *now,
			     const struct look *before)
{
	bool blocked_before = before && is_blocked(before);
	bool moving = blocked_before && in_flight(t);

	probe_look(now, t->agent, timers_in_use(t));
	return blocked_before && !moving && is_blocked(now) &&
	       now->fingerprint == before->fingerprint && !end_is_due(t, now);
}

/* Whatever time-out is running, it began after the trial did. */
static bool outlasts(const struct trial *t, const struct look *l,
		     uint64_t budget)
{
	uint64_t passed = now_ns() - t->began;

	return l->least_timeout > passed &&
	       exceeds(l->least_timeout - passed, budget, t->set->factor);
}

/* Has it asked since the counting began, and was told each time that there is
 * nothing for it? */
static bool has_asked(const struct trial *t, const struct spending *spent)
{
	uint32_t now = calls_in_vain(t);

	return now - (now < spent->in_vain ? 0 : spent->in_vain) >= ASKED &&
	       !held_back(t);
}

/* Does a program only ask, again and again, whether there is something? */
static bool only_asks(struct trial *t, const struct look *l,
		      struct spending *spent, bool still)
{
	if (!is_blocked(l) || !l->awaits_events)
		return false;
	if (in_flight(t) || (may_have_unread(t) && !has_asked(t, spent)))
		spent->calm = 0;
	else
		spent->calm++;
	return spent->calm && (still || spent->calm >= CALM_LOOKS);
}

/* What has a second look, after the one before, come to?  DONE: to nothing. */
static enum outcome look_again(struct trial *t, struct look *now,
			       const struct look *before,
			       struct spending *spent)
{
	bool still = proves_stillness(t, now, before);

	if (still && now->activity == QUIET)
		return IS_QUIET;
	if (still && outlasts(t, now, spent->doze_budget))
		return IS_DOZING;
	if (spent->for_rest && only_asks(t, now, spent, still))
		return IS_DOZING;
	if (now->activity == GONE && all_ended(t))
		return IS_GONE;
	return spend(spent, t, now);
}

static enum outcome wait_within(struct trial *t, condition *holds, void *arg,
				struct spending spent)
{
	static struct look looks[2];
	struct look *now = &looks[0], *before = NULL;
	uint64_t pause = PAUSE_MIN;

	for (;;) {
		enum outcome end;
		uint64_t moved;
		size_t heard;

		pump_dry(t);
		if (holds(t, arg))
			return DONE;
		moved = t->moves;
		heard = output(t);
		end = t->cell_gone ? IS_GONE
				   : look_again(t, now, before, &spent);
		pump_dry(t);
		/* One that floods sleeps in write(), and is woken by our
		 * reading, which is no move. */
		if ((end == IS_QUIET || end == IS_DOZING) && heard != output(t))
			end = DONE;
		if (moved == t->moves && end != DONE)
			return holds(t, arg) ? DONE : end;
		before = now;
		now = before == &looks[0] ? &looks[1] : &looks[0];
		moved = t->moves;
		pump(t, pause);
		if (t->moves != moved)
			before = NULL;
		else if (pause < PAUSE_MAX)
			pause += pause / 2;
	}
}

enum outcome wait_until(struct trial *t, condition *holds, void *arg)
{
	enum outcome end =
		wait_within(t, holds, arg,
			    (struct spending){.cpu_budget = CPU_BUDGET,
					      .doze_budget = DOZE_BUDGET});

	t->restless += end == IS_BUSY || end == IS_DOZING;
	return end;
}

enum outcome wait_in_vain(struct trial *t, condition *holds, void *arg)
{
	enum outcome end =
		wait_within(t, holds, arg,
			    (struct spending){.cpu_budget = CPU_BUDGET,
					      .doze_budget = REST_BUDGET});

	t->restless += end == IS_BUSY;
	return end;
}

enum outcome wait_for_rest_unless(struct trial *t, condition *holds, void *arg)
{
	/* One that never rests is not given all that time at every step, nor
	 * again when it is started anew; and less under a tool, which sees
	 * what it has to see, and for which nobody counts calls in vain. */
	uint64_t shorter = 2 * (t->restless + t->was_restless) +
			   (slowness(t) > t->set->factor);
	enum outcome end = wait_within(
		t, holds, arg,
		(struct spending){
			.cpu_budget = CPU_BUDGET >> at_most(shorter, 6),
			.doze_budget = REST_BUDGET >> at_most(t->naps / 4, 4),
			.for_rest = true});

	t->restless += end == IS_BUSY;
	t->naps += end == IS_DOZING; /* which is fair */
	return end;
}

static bool never(struct trial *t, void *arg)
{
	(void)t;
	(void)arg;
	return false;
}

enum outcome wait_for_rest(struct trial *t)
{
	return wait_for_rest_unless(t, never, NULL);
}

enum symptom symptom_of(struct trial *t, enum outcome o)
{
	const struct program *p =
		t->programs ? t->program[t->programs - 1] : NULL;

	if (p && p->ended && WIFSIGNALED(p->status))
		return CRASHED;
	switch (o) {
	case IS_GONE:
		return EXITED;
	case IS_BUSY:
		return t->greedy ? GREEDY : BUSY;
	case IS_DOZING:
		return is_dawdling(t) ? DOZES : SILENCE;
	default:
		return SILENCE;
	}
}
