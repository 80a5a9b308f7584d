/* SPDX-License-Identifier: MIT */
/* shm_turns.c - lab 07: one side of a conversation, the grader being the other */
#include "shm.h"
#include "../language.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* In a place of its own, with all three made. */
struct program *begin(struct trial *t)
{
	struct program *w;

	meet(t);
	w = start_writer(t);
	expect_meeting(t, w);
	return w;
}

void type_line(struct trial *t, struct program *w, const char *line)
{
	char *typed = text("%s\n", line);

	type(t, w, typed);
	free(typed);
}

/* A line on its way from the keyboard to the reader. */
void hand_over(struct trial *t, struct program *w, const char *line)
{
	type_line(t, w, line);
	expect_turn(t, w, 'a');
	expect_stored(t, w, line, strlen(line));
	acknowledge(t);
}

void hand_over_the_end(struct trial *t, struct program *w)
{
	end_of_input(t, w);
	expect_turn(t, w, 'x');
	expect_exit(t, w, 0);
}

/* Every write to a FIFO is done, and then the program stops. */
void stop_at_every_turn(struct trial *t)
{
	inject(t,
	       &(struct witness_rule){.call = CALL_WRITE,
				      .action = ACT_STOP,
				      .on = ON_FIFO,
				      .first = 1,
				      .every = 1},
	       N_("each write() to a FIFO is done, but stops the program before "
		  "it returns"));
}

void go_on(struct trial *t, const struct program *p)
{
	settle(t); /* a signal before it has stopped would be lost */
	step(t, "let it go on");
	if (p->pid > 0)
		kill(-p->pid, SIGCONT);
}

/* With the grader as writer. */
struct program *begin_reading(struct trial *t)
{
	struct program *r;

	meet(t);
	host(t);
	r = start_reader(t);
	join_as_writer(t, r);
	return r;
}

void pass_on(struct trial *t, struct program *r, const char *message)
{
	char *line = text("%s\n", message);

	store(t, message, strlen(message));
	give_turn(t, 'a');
	expect_turn(t, r, 'k');
	expect_printed(t, r, line);
	free(line);
}

void must_be_alive(struct trial *t, const struct program *p)
{
	settle(t);
	if (p->ended)
		fail(t, symptom_of(t, IS_GONE),
		     sentence("it waits for the next message"),
		     state_of(t, IS_GONE));
}

bool has_ended(struct trial *t, void *arg)
{
	const struct program *p = arg;

	(void)t;
	return p->ended;
}
