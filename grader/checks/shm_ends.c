/* SPDX-License-Identifier: MIT */
/* shm_ends.c - lab 07: whose a segment is, and what is left in the end */
#include "shm.h"

#include "../diagnoses.h"
#include "../language.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

void must_refuse(struct trial *t)
{
	expect_complaint(t, start_writer(t), &takes_over_segment, OF_ANY_KIND,
			 NULL, NULL);
	step(t, "expect that segment and FIFOs are still there");
	if (!has_segment(t) || !is_in_place(t, "notify") ||
	    !is_in_place(t, "ack"))
		fail_as(t, &takes_over_segment, WRONG_FACT,
			sentence("the second writer has removed nothing"),
			sentence("%s is gone", has_segment(t)
						       ? _("a FIFO")
						       : _("the segment")));
}

/* Its creator is alive, but has not attached it yet. */
void refuses_unattached(struct trial *t)
{
	struct program *w;

	inject(t,
	       &(struct witness_rule){.call = CALL_SHM,
				      .action = ACT_STOP,
				      .first = 1,
				      .times = 1},
	       N_("the writer stops when it has called shmget()"));
	meet(t);
	w = start_writer(t);
	settle(t);
	if (has_segment(t) && !count_attached(t)) {
		expect_complaint(t, start_writer(t), &takes_over_segment,
				 OF_ANY_KIND, NULL, NULL);
		if (!has_segment(t))
			fail_as(t, &takes_over_segment, WRONG_FACT,
				sentence(
					"the segment of a living writer stays"),
				sentence("it is gone"));
	}
	go_on(t, w);
	settle(t);
}

/* Where one was killed. */
struct program *start_anew(struct trial *t)
{
	struct program *w = start_writer(t);

	step(t, "expect that it starts, in spite of what is left over");
	settle(t);
	if (w->ended)
		fail_as(t, &left_over_blocks_start, EXITED,
			sentence(
				"the writer removes what a dead one has left, and "
				"starts"),
			state_of(t, IS_GONE));
	expect_meeting(t, w);
	return w;
}

/* SIGINT or SIGTERM, and what must come of it. */
static void expect_stop(struct trial *t, struct program *w, int signo)
{
	const char *name = signo == SIGINT ? "SIGINT" : "SIGTERM";
	enum outcome o;

	settle(t);
	step(t, "send the writer %s", name);
	send_signal(w->pid, signo);
	step(t, "expect that it removes everything, and ends");
	t->seen.program = w;
	o = wait_until(t, has_ended, w);
	if (o == IS_QUIET) {
		/* It may have come just before a call: some miss that. */
		send_signal(w->pid, signo);
		o = wait_until(t, has_ended, w);
	}
	if (o != DONE)
		fail_as(t, o == IS_BUSY ? NULL : &signal_unheard,
			o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED,
			sentence("the writer ends"), state_of(t, o));
	expect_nothing_left(t);
	if (WIFEXITED(w->status) && WEXITSTATUS(w->status) == 0)
		fail_as(t, &wrong_exit_status, WRONG_STATUS,
			sentence("a status other than 0: it was interrupted"),
			state_of(t, IS_GONE));
	if (WIFSIGNALED(w->status) && WTERMSIG(w->status) != signo)
		fail_as(t, &crash, CRASHED,
			sentence("the writer ends by itself"),
			state_of(t, IS_GONE));
}

void expect_end_told(struct trial *t)
{
	int turn;

	step(t, "expect that the reader was told: `x`");
	turn = next_turn(t);
	if (turn != 'x')
		fail_as(t, turn < 0 ? &leaves_without_x : &wrong_turn,
			WRONG_FACT,
			sentence("`x` in notify, at the end of it all"),
			sentence("no `x`"));
}

void stops_cleanly(struct trial *t, int signo)
{
	struct program *w = begin(t);

	expect_stop(t, w, signo);
	w = begin(t);
	join_as_reader(t, w);
	hand_over(t, w, "hello");
	expect_stop(t, w, signo);
	expect_end_told(t);
	w = begin(t);
	join_as_reader(t, w);
	type_line(t, w, "never acknowledged");
	expect_turn(t, w, 'a');
	expect_stop(t, w, signo);
	expect_end_told(t);
}

/* The other one is gone: say so, and end. */
void expect_mourning(struct trial *t, struct program *p,
		     const struct diagnosis *spinning)
{
	char *expected =
		sentence("it says that the other one has gone, and exits "
			 "with an error");
	enum outcome o;

	step(t, "expect that %s", expected);
	t->seen.program = p;
	o = wait_until(t, has_ended, p);
	if (o != DONE)
		fail_as(t,
			o != IS_BUSY ? &waits_for_ever
			: t->greedy  ? NULL
				     : spinning,
			o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED, expected,
			state_of(t, o));
	settle(t);
	if (WIFSIGNALED(p->status))
		fail_as(t,
			WTERMSIG(p->status) == SIGPIPE ? &sigpipe_kills_writer
						       : &crash,
			CRASHED, expected, state_of(t, IS_GONE));
	if (WEXITSTATUS(p->status) == 0)
		fail_as(t, &wrong_exit_status, WRONG_STATUS, expected,
			state_of(t, IS_GONE));
	if (!p->complained.n)
		fail_as(t, &error_unexplained, WRONG_OUTPUT, expected,
			sentence("nothing on stderr"));
	free(expected);
}
