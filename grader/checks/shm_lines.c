/* SPDX-License-Identifier: MIT */
/* shm_lines.c - lab 07: many lines, odd lines, lines that are too long */
#include "shm.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define PAIR_LINES 10000
#define PAIR_STEPS 20

static char *many_lines(void)
{
	char *all = must_calloc(PAIR_LINES, 16), *at = all;

	for (int i = 1; i <= PAIR_LINES; i++)
		at += sprintf(at, "message %05d\n", i);
	return all;
}

struct progress {
	const struct program *reader;
	size_t printed;
};

static bool has_come_so_far(struct trial *t, void *arg)
{
	const struct progress *g = arg;

	(void)t;
	return g->reader->printed.n >= g->printed || g->reader->ended;
}

/* The number of the first message that is not in its place; 0: all are. */
static int first_misplaced(const struct program *r, char **instead)
{
	char *all = must_calloc(1, r->printed.n + 1), *state;
	int next = 1, got;

	if (r->printed.n)
		memcpy(all, r->printed.data, r->printed.n);
	*instead = sentence("nothing");
	for (char *line = strtok_r(all, "\n", &state); line;
	     line = strtok_r(NULL, "\n", &state)) {
		if (sscanf(line, "message %d", &got) != 1)
			continue;
		if (got != next) {
			*instead = text("message %05d", got);
			break;
		}
		next++;
	}
	free(all);
	return next == PAIR_LINES + 1 ? 0 : next;
}

/* Sleeping through a conversation, and not just until it begins. */
static bool sleeps_often(struct trial *t, const struct program *p)
{
	return witness_count(t, p->inner, CALL_SLEEP) > 20;
}

static void must_wait(struct trial *t, const struct program *w,
		      const struct program *r)
{
	if (sleeps_often(t, w) || sleeps_often(t, r))
		fail_as(t, &sleeps_instead_of_waiting, WRONG_FACT,
			sentence(
				"each waits for the other's turn, and no longer"),
			sentence("the %s sleeps between the messages",
				 sleeps_often(t, w) ? "writer" : "reader"));
	if (witness_saw_spinning(t, w->inner) ||
	    witness_saw_spinning(t, r->inner))
		fail_as(t, &busy_loop, WRONG_FACT,
			sentence(
				"each waits for the other's turn in the kernel"),
			sentence(
				"most of its calls are reads that find nothing "
				"(EAGAIN)"));
}

/* Each waits in open() for the other: they are at different FIFOs. */
static bool both_open(const struct program *w, const struct program *r)
{
	return !w->ended && !r->ended && blocked_in(w->pid, "open") &&
	       blocked_in(r->pid, "open");
}

void carry_many_lines(struct trial *t)
{
	char *lines = many_lines(), *instead;
	struct program *w, *r;
	enum outcome o = DONE;
	int missing;

	inject(t,
	       &(struct witness_rule){.call = CALL_WRITE,
				      .action = ACT_DELAY,
				      .on = ON_FIFO,
				      .first = 1,
				      .every = 11,
				      .arg = 100},
	       N_("every eleventh write() to a FIFO is done, but returns 0.1 ms "
		  "late"));
	w = begin(t);
	type(t, w, lines);
	end_of_input(t, w);
	r = start_reader(t);
	step(t, "expect all lines from the reader");
	for (size_t i = 1; i <= PAIR_STEPS && o == DONE && !r->ended; i++) {
		o = wait_until(
			t, has_come_so_far,
			&(struct progress){r, strlen(lines) * i / PAIR_STEPS});
		must_wait(t, w, r);
	}
	settle(t);
	missing = first_misplaced(r, &instead);
	if (missing)
		fail_as(t,
			o == IS_BUSY	      ? &busy_loop
			: wrong_key.holds(t)  ? &wrong_key
			: wrong_size.holds(t) ? &wrong_size
			: both_open(w, r)     ? &fifos_not_opened
					      : &lost_or_doubled,
			WRONG_OUTPUT,
			sentence("message %05d, %d lines having been typed",
				 missing, PAIR_LINES),
			sentence("%s in its place; %s", instead,
				 state_of(t, o)));
	expect_exit(t, w, 0);
	expect_exit(t, r, 0);
}

/* Lines that are just as good as others. */

struct odd_line *odd_lines(struct trial *t, size_t *n)
{
	static struct odd_line all[] = {
		{.what = N_("an empty line"), .otherwise = &loses_empty_line},
		{.n = LINE_MAX_BYTES,
		 .what = N_("4095 bytes"),
		 .otherwise = &off_by_one},
		{.n = 128,
		 .what = N_("bytes over 127"),
		 .otherwise = &wrong_message},
		{.n = 11,
		 .what = N_("a line with per cent signs"),
		 .otherwise = &wrong_message},
		{.n = 7,
		 .what = N_("a last line without newline"),
		 .otherwise = &off_by_one,
		 .last = true},
	};

	*n = sizeof(all) / sizeof(*all);
	random_letters(t, all[1].data, all[1].n);
	for (size_t i = 0; i < 128; i++)
		all[2].data[i] = (unsigned char)(128 + i);
	/* printf() with this for a format would print numbers. */
	memcpy(all[3].data, "100 %x %x %", 11);
	memcpy(all[4].data, "the end", 7);
	return all;
}

static char *state_and_content(struct trial *t)
{
	const struct meeting *m = t->meeting;

	return sentence("the segment begins %s; %s",
			readable(m->memory, m->size < 24 ? m->size : 24, 24),
			state_of(t, IS_QUIET));
}

static const struct diagnosis *why_not_handed_over(struct trial *t,
						   const struct odd_line *l,
						   int turn)
{
	const struct meeting *m = t->meeting;

	if (turn > 0 && turn != 'a' && turn != 'x')
		return &wrong_turn;
	/* All of it is there, and something behind it. */
	if (turn == 'a' && l->n < m->size && m->memory[l->n] &&
	    memcmp(m->memory, l->data, l->n) == 0)
		return &no_terminator;
	return l->otherwise;
}

void hand_over_odd(struct trial *t, struct program *w, const struct odd_line *l)
{
	int turn;

	step(t, "type %s", _(l->what));
	bytes_add(&w->typed, l->data, l->n);
	bytes_add(&w->typed, "\n", l->last ? 0 : 1);
	if (l->last)
		end_of_input(t, w);
	step(t, "expect it in the segment, and the reader notified");
	t->seen.program = w;
	turn = next_turn(t);
	settle(t);
	if (turn != 'a' || !is_stored(t, l->data, l->n))
		fail_as(t, why_not_handed_over(t, l, turn), WRONG_OUTPUT,
			sentence("%s in the segment, `a` in notify",
				 _(l->what)),
			state_and_content(t));
	acknowledge(t);
}

void pass_on_odd(struct trial *t, struct program *r, const struct odd_line *l)
{
	struct bytes line = {0};
	size_t before = r->expected;

	store(t, l->data, l->n);
	give_turn(t, 'a');
	expect_turn(t, r, 'k');
	must_be_alive(t, r);
	bytes_add(&line, l->data, l->n);
	bytes_add(&line, "\n", 1);
	step(t, "expect %s on its standard output", _(l->what));
	if (r->printed.n < before + line.n ||
	    !memmem(r->printed.data + before, r->printed.n - before, line.data,
		    line.n))
		fail_as(t, l->otherwise, WRONG_OUTPUT,
			sentence("%s, and a newline", _(l->what)),
			readable(r->printed.data + before,
				 r->printed.n - before, 60));
	r->expected = r->printed.n;
	bytes_free(&line);
}

char *letters(struct trial *t, size_t n)
{
	char *line = must_calloc(1, n + 1);

	random_letters(t, line, n);
	return line;
}

void guard_segments(struct trial *t)
{
	inject(t,
	       &(struct witness_rule){.call = CALL_SHM,
				      .action = ACT_GUARD,
				      .first = 1,
				      .every = 1},
	       N_("the memory behind an attached segment cannot be used"));
}

/* The line that was too long must not be seen, and the next one must. */
void expect_next_line(struct trial *t, struct program *w, const char *too_long,
		      const char *next)
{
	const struct meeting *m = t->meeting;
	int turn;
	bool came;

	step(t, "expect that the reader is notified of %s, and of nothing else",
	     next);
	t->seen.program = w;
	turn = next_turn(t);
	settle(t);
	came = turn == 'a';
	if (came && is_stored(t, next, strlen(next)))
		return;
	if (w->ended && WIFSIGNALED(w->status))
		fail_as(t, &long_line_overflows, CRASHED,
			sentence("the writer goes on with the next line"),
			state_of(t, IS_GONE));
	fail_as(t,
		turn > 0 && !came && turn != 'x' ? &wrong_turn
		: !came || memcmp(m->memory, too_long, 16) != 0
			? &long_line_stops_writer
		: memchr(m->memory, 0, m->size) ? &long_line_split
						: &long_line_overflows,
		WRONG_OUTPUT, sentence("the next message is \"%s\"", next),
		came ? state_and_content(t) : state_of(t, IS_QUIET));
}

/* How far what begins with this letter goes on in the output. */
static size_t run_of(const struct bytes *b, char letter, size_t *behind)
{
	const unsigned char *first =
		b->n ? memchr(b->data, letter, b->n) : NULL;
	size_t at = first ? (size_t)(first - b->data) : b->n, n = 0;

	while (at + n < b->n && b->data[at + n] == (unsigned char)letter)
		n++;
	*behind = at + n;
	return n;
}

/* 4096 bytes and no NUL.  To refuse them is as good as to cut them. */
void pass_on_unterminated(struct trial *t, struct program *r)
{
	char z[MESSAGE_BYTES];
	size_t n, behind;

	memset(z, 'z', sizeof(z));
	store(t, z, sizeof(z));
	give_turn(t, 'a');
	settle(t);
	step(t, "expect no more than these 4096 bytes");
	if (r->ended && WIFSIGNALED(r->status))
		fail_as(t, &trusts_the_writer, CRASHED,
			sentence(
				"the reader does not read on behind the segment"),
			state_of(t, IS_GONE));
	n = run_of(&r->printed, 'z', &behind);
	if (n > MESSAGE_BYTES ||
	    (behind < r->printed.n && r->printed.data[behind] != '\n'))
		fail_as(t, &trusts_the_writer, WRONG_OUTPUT,
			sentence("at most %d bytes, and a newline",
				 MESSAGE_BYTES),
			sentence("%zu bytes, and then others", n));
}
