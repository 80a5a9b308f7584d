/* SPDX-License-Identifier: MIT */
/* shm_killed.c - lab 07: killed at every step, and watched by the tools */
#include "shm.h"

#include "../diagnoses.h"
#include "../language.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define STEPS_MAX 120 /* calls of one program; ours needs a quarter of it */

static void kill_at(struct trial *t, unsigned n)
{
	aim_at_next(t);
	arm(t, &(struct witness_rule){.call = CALL_ANY,
				      .action = ACT_KILL,
				      .who = WHO_FIRST,
				      .first = n,
				      .times = 1});
}

static struct program *begin_typing(struct trial *t, const char *lines)
{
	struct program *w = start_writer(t);

	type(t, w, lines);
	end_of_input(t, w);
	return w;
}

/* Both are there, and the writer waits in open() for a reader: then they are at
 * different FIFOs. */
static const struct diagnosis *why_they_wait(struct trial *t,
					     const struct program *w,
					     const struct program *r)
{
	if (w->ended && WEXITSTATUS(w->status) != 0 && has_segment(t) &&
	    !count_attached(t))
		return &left_over_blocks_start;
	return !r->ended && !w->ended && blocked_in(w->pid, "open")
		       ? &waits_at_removed_fifo
		       : &waits_for_ever;
}

/* A reader without a writer spins on the end of file. */
static const struct diagnosis *why_it_spins(struct trial *t,
					    const struct program *w)
{
	if (t->greedy)
		return NULL;
	return w->ended ? &eof_ignored : &busy_loop;
}

struct couple {
	const struct program *writer, *reader;
};

static bool both_have_ended(struct trial *t, void *arg)
{
	const struct couple *c = arg;

	(void)t;
	return c->writer->ended && c->reader->ended;
}

static void must_be_over(struct trial *t, enum outcome o, struct couple c,
			 const char *killed, unsigned n)
{
	if (o != DONE)
		fail_as(t,
			o == IS_BUSY ? why_it_spins(t, c.writer)
				     : why_they_wait(t, c.writer, c.reader),
			o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED,
			sentence("writer and reader come to their end"),
			sentence(
				"%s, the %s having been killed at its call number "
				"%u",
				state_of(t, o), killed, n));
	if (is_anything_left(t))
		fail_as(t, count_segments(t) ? &segment_left : &fifo_left,
			WRONG_FACT,
			sentence("no segment and no FIFO after the next run"),
			sentence(
				"something is left, the %s having been killed at "
				"its call number %u",
				killed, n));
}

/* The writer is killed at its n-th call; the next one must get along with the
 * reader that is there, or with another.  False: it does not make so many. */
bool writer_dies(struct trial *t, unsigned n)
{
	struct couple c;
	enum outcome o;
	bool died;

	meet(t);
	kill_at(t, n);
	c.writer = begin_typing(t, "one\ntwo\n");
	await_aim(t);
	c.reader = start_reader(t);
	wait_until(t, has_ended, (void *)c.writer);
	died = struck(t) > 0;
	if (died) {
		settle(t);
		if (c.reader->ended)
			c.reader = start_reader(t);
		c.writer = begin_typing(t, "three\n");
	}
	o = wait_until(t, both_have_ended, &c);
	if (o != DONE && c.reader->ended && !c.writer->ended) {
		c.reader = start_reader(t);
		o = wait_until(t, both_have_ended, &c);
	}
	must_be_over(t, o, c, "writer", n);
	if (died && c.writer->status)
		fail_as(t, &left_over_blocks_start, WRONG_STATUS,
			sentence(
				"the next writer does its work, and exits with 0"),
			sentence(
				"not so, the one before having been killed at its "
				"call number %u",
				n));
	return died;
}

static bool segment_is_there(struct trial *t, void *unused)
{
	(void)unused;
	return has_segment(t);
}

/* The reader is killed at its n-th call; the writer must come to its end, or
 * wait for another reader. */
bool reader_dies(struct trial *t, unsigned n)
{
	struct program *w;
	struct couple c;
	enum outcome o;
	bool died;

	meet(t);
	arm(t, &(struct witness_rule){.call = CALL_NONE});
	c.writer = w = start_writer(t);
	type_line(t, w, "one");
	wait_until(t, segment_is_there, NULL);
	kill_at(t, n);
	c.reader = start_reader(t);
	settle(t);
	type_line(t, w, "two"); /* to a reader that is dead, or waits */
	end_of_input(t, w);
	wait_until(t, has_ended, (void *)c.reader);
	died = struck(t) > 0;
	if (died) {
		settle(t);
		if (!c.writer->ended)
			c.reader = start_reader(t);
	}
	o = wait_until(t, has_ended, (void *)c.writer);
	must_be_over(t, o, c, "reader", n);
	return died;
}

/* Where all goes well. */
static void need_a_good_run(struct trial *t)
{
	struct couple c;
	bool good;

	meet(t);
	c.writer = begin_typing(t, "one\n");
	good = is_made(t);
	c.reader = start_reader(t);
	good &= wait_until(t, both_have_ended, &c) == DONE;
	if (!good || c.writer->status || c.reader->status)
		skip(t, "writer and reader do not get along even undisturbed: "
			"see shm.pair");
	clear_away(t);
}

void at_every_step(struct trial *t, const char *who,
		   bool (*dies)(struct trial *t, unsigned n))
{
	unsigned n = 1;

	need_a_good_run(t);
	step(t, "kill the %s at its first call, then at its second, and so on",
	     who);
	while (n <= STEPS_MAX && dies(t, n)) {
		clear_away(t);
		t->dozed = 0; /* a reader may doze until a writer comes */
		n++;
	}
}

/* Lines of all telling lengths, and one too long, through both. */
void pair_session(struct trial *t, enum tool tool)
{
	struct program *w;

	meet(t);
	t->tool = tool;
	w = start_writer(t);
	for (const size_t *size = telling_sizes; *size; size++) {
		char *line = letters(t, *size);

		type_line(t, w, line);
		free(line);
	}
	end_of_input(t, w);
	if (comes_to_rest(t) && is_restful(t))
		start_reader(t);
	t->tool = PLAIN;
	settle(t);
	clear_away(t);
}

/* A message without NUL, and a reader that may have no room for it. */
void unterminated_session(struct trial *t, enum tool tool)
{
	char z[MESSAGE_BYTES];

	memset(z, 'z', sizeof(z));
	meet(t);
	host(t);
	t->tool = tool;
	start_reader(t);
	t->tool = PLAIN;
	if (!joins_as_writer(t))
		return;
	store(t, z, sizeof(z));
	give_turn(t, 'a');
	settle(t);
	leave_meeting(t);
	settle(t);
}
