/* SPDX-License-Identifier: MIT */
/* 07_shm_fifo.c - lab 07: messages in shared memory, turns through FIFOs */
#include "common.h"
#include "labs.h"

#include "../diagnoses.h"
#include "../meeting.h"
#include "../record.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_MAX_BYTES (MESSAGE_BYTES - 1)

BUILD_CHECK(shm_builds, "shm.builds", 3,
	    "writer.c and reader.c compile, and no warning comes",
	    .hint = "What does the first line that the compiler printed say?",
	    .program = "writer");

/* What is no directory. */
static void refuses_place(struct trial *t, const char *program,
			  const char *place)
{
	expect_complaint(t, run(t, program, place, NULL), &ftok_unchecked,
			 OF_ANY_KIND, NULL, NULL);
	step(t, "expect that no segment has been made");
	if (count_segments(t))
		fail_as(t, stray_key(t) == -1 ? &ftok_unchecked : &segment_left,
			WRONG_FACT,
			text("no segment, since there is no directory"),
			text("there is one"));
}

static char *make_file(struct trial *t)
{
	int file = openat(t->meeting->dir, "file",
			  O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (file >= 0)
		close(file);
	return text("%s/file", t->meeting->name);
}

CHECK(shm_usage, "shm.usage", 4, "bad arguments are refused, with a word why",
      .hint = "What does ftok() return for a path that is not there?",
      .program = "writer", .all_programs = true)
{
	static const char *const programs[] = {"writer", "reader"};
	char *file;

	meet(t);
	file = make_file(t);
	for (size_t i = 0; i < 2; i++) {
		expect_complaint(t, run(t, programs[i], NULL), &no_usage_check,
				 ABOUT_USAGE, NULL, NULL);
		expect_complaint(
			t, run(t, programs[i], t->meeting->name, "more", NULL),
			&no_usage_check, ABOUT_USAGE, "more", NULL);
		refuses_place(t, programs[i], "nowhere");
		refuses_place(t, programs[i], file);
	}
}

/* The writer */

/* In a place of its own, with all three made. */
static struct program *begin(struct trial *t)
{
	struct program *w;

	meet(t);
	w = start_writer(t);
	expect_meeting(t, w);
	return w;
}

static void type_line(struct trial *t, struct program *w, const char *line)
{
	char *typed = text("%s\n", line);

	type(t, w, typed);
	free(typed);
}

/* A line on its way from the keyboard to the reader. */
static void hand_over(struct trial *t, struct program *w, const char *line)
{
	type_line(t, w, line);
	expect_turn(t, w, 'a');
	expect_stored(t, w, line, strlen(line));
	acknowledge(t);
}

static void hand_over_the_end(struct trial *t, struct program *w)
{
	end_of_input(t, w);
	expect_turn(t, w, 'x');
	expect_exit(t, w, 0);
}

CHECK(shm_writer, "shm.writer", 10,
      "the writer makes all three, stores each line and notifies",
      .hint = "What does the segment hold behind a short line that follows a "
	      "longer one?",
      .program = "writer", .gate = true)
{
	struct program *w = begin(t);

	join_as_reader(t, w);
	hand_over(t, w, "a long line comes first");
	hand_over(t, w, "then a short one");
	hand_over_the_end(t, w);
}

/* Every write to a FIFO is done, and then the program stops. */
static void stop_at_every_turn(struct trial *t)
{
	inject(t,
	       &(struct witness_rule){.call = CALL_WRITE,
				      .action = ACT_STOP,
				      .on = ON_FIFO,
				      .first = 1,
				      .every = 1},
	       "each write() to a FIFO is done, but stops the program before "
	       "it returns");
}

static void go_on(struct trial *t, const struct program *p)
{
	step(t, "let it go on");
	if (p->pid > 0)
		kill(-p->pid, SIGCONT);
}

CHECK(shm_stores_first, "shm.stores-first", 6,
      "the message is there before the reader is notified",
      .hint = "When the reader wakes up, has the message been stored?",
      .program = "writer", SUSPECTS(&notifies_before_storing))
{
	static const char *const lines[] = {"the first", "and the second"};
	struct program *w;

	stop_at_every_turn(t);
	w = begin(t);
	join_as_reader(t, w);
	for (size_t i = 0; i < 2; i++) {
		type_line(t, w, lines[i]);
		expect_turn(t, w, 'a');
		expect_stored(t, w, lines[i], strlen(lines[i]));
		go_on(t, w);
		acknowledge(t);
	}
}

/* `turn` is what came, if anything did. */
static _Noreturn void went_on(struct trial *t, const struct program *w,
			      enum outcome o, unsigned char turn)
{
	bool slept = witness_count(t, w->inner, CALL_SLEEP) > 0;

	fail_as(t,
		slept		      ? &sleeps_instead_of_waiting
		: turn && turn != 'a' ? &wrong_turn
				      : &ignores_ack,
		WRONG_FACT,
		text("the writer waits for the `k`, however long it takes"),
		o == DONE ? text("it has gone on without one")
			  : state_of(t, o));
}

static void expect_patience(struct trial *t, const struct program *w)
{
	unsigned char turn;
	enum outcome o;

	step(t, "expect that nothing happens before the `k`");
	o = await_untimely(t, &turn);
	if (o == IS_BUSY || w->ended)
		fail(t, symptom_of(t, o), text("the writer waits for the `k`"),
		     state_of(t, o));
	if (o == DONE ||
	    (o == IS_DOZING && witness_count(t, w->inner, CALL_SLEEP)))
		went_on(t, w, o, turn);
}

CHECK(shm_waits_for_ack, "shm.waits-for-ack", 7,
      "no second message is stored before the first is acknowledged",
      .hint = "The reader has been notified: may the writer store again?",
      .program = "writer")
{
	static const char *const lines[] = {"the first", "the second",
					    "the third"};
	struct program *w = begin(t);

	join_as_reader(t, w);
	type(t, w, "the first\nthe second\nthe third\n");
	for (size_t i = 0; i < 3; i++) {
		expect_turn(t, w, 'a');
		settle(t);
		for (size_t j = i + 1; j < 3; j++)
			if (is_stored(t, lines[j], strlen(lines[j])))
				went_on(t, w, DONE, 0);
		expect_stored(t, w, lines[i], strlen(lines[i]));
		expect_patience(t, w);
		acknowledge(t);
	}
}

/* The reader */

/* With the grader as writer. */
static struct program *begin_reading(struct trial *t)
{
	struct program *r;

	meet(t);
	host(t);
	r = start_reader(t);
	join_as_writer(t, r);
	return r;
}

static void pass_on(struct trial *t, struct program *r, const char *message)
{
	char *line = text("%s\n", message);

	store(t, message, strlen(message));
	give_turn(t, 'a');
	expect_turn(t, r, 'k');
	expect_printed(t, r, line);
	free(line);
}

static void must_be_alive(struct trial *t, const struct program *p)
{
	settle(t);
	if (p->ended)
		fail(t, symptom_of(t, IS_GONE),
		     text("it waits for the next message"),
		     state_of(t, IS_GONE));
}

CHECK(shm_reader, "shm.reader", 9,
      "the reader prints each message as a line, once it is copied acks",
      .hint = "After the `k` the writer may store the next message at once: "
	      "what do you print then?",
      .program = "reader")
{
	static const char *const messages[] = {"hello", "a second one",
					       "and the last"};
	struct program *r;

	stop_at_every_turn(t);
	r = begin_reading(t);
	for (size_t i = 0; i < 3; i++) {
		char *line = text("%s\n", messages[i]);

		store(t, messages[i], strlen(messages[i]));
		give_turn(t, 'a');
		expect_turn(t, r, 'k');
		store(t, too_early, strlen(too_early));
		go_on(t, r);
		expect_printed(t, r, line);
		free(line);
	}
	give_turn(t, 'x');
	expect_exit(t, r, 0);
}

/* Both */

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
	*instead = text("nothing");
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

static void must_not_sleep(struct trial *t, const struct program *w,
			   const struct program *r)
{
	if (sleeps_often(t, w) || sleeps_often(t, r))
		fail_as(t, &sleeps_instead_of_waiting, WRONG_FACT,
			text("each waits for the other's turn, and no longer"),
			text("the %s sleeps between the messages",
			     sleeps_often(t, w) ? "writer" : "reader"));
}

CHECK(shm_pair, "shm.pair", 7,
      "10,000 lines go through both, each once and in order",
      .hint = "Who may touch the segment, and how does it know?",
      .program = "writer", .all_programs = true)
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
	       "every eleventh write() to a FIFO is done, but returns 0.1 ms "
	       "late");
	w = begin(t);
	type(t, w, lines);
	end_of_input(t, w);
	r = start_reader(t);
	step(t, "expect all lines from the reader");
	for (size_t i = 1; i <= PAIR_STEPS && o == DONE && !r->ended; i++) {
		o = wait_until(
			t, has_come_so_far,
			&(struct progress){r, strlen(lines) * i / PAIR_STEPS});
		must_not_sleep(t, w, r);
	}
	settle(t);
	missing = first_misplaced(r, &instead);
	if (missing)
		fail_as(t,
			o == IS_BUSY	     ? &busy_loop
			: wrong_key.holds(t) ? &wrong_key
					     : &lost_or_doubled,
			WRONG_OUTPUT,
			text("message %05d, %d lines having been typed",
			     missing, PAIR_LINES),
			text("%s in its place; %s", instead, state_of(t, o)));
	expect_exit(t, w, 0);
	expect_exit(t, r, 0);
}

/* Lines that are just as good as others. */

struct odd_line {
	unsigned char data[MESSAGE_BYTES];
	size_t n;
	const char *what;
	const struct diagnosis *otherwise;
	bool last; /* its newline is missing, and then the input ends */
};

static struct odd_line *odd_lines(struct trial *t, size_t *n)
{
	static struct odd_line all[] = {
		{.what = "an empty line", .otherwise = &loses_empty_line},
		{.n = LINE_MAX_BYTES,
		 .what = "4095 bytes",
		 .otherwise = &off_by_one},
		{.n = 128,
		 .what = "bytes over 127",
		 .otherwise = &wrong_message},
		{.n = 7,
		 .what = "a last line without newline",
		 .otherwise = &off_by_one,
		 .last = true},
	};

	*n = sizeof(all) / sizeof(*all);
	random_letters(t, all[1].data, all[1].n);
	for (size_t i = 0; i < 128; i++)
		all[2].data[i] = (unsigned char)(128 + i);
	memcpy(all[3].data, "the end", 7);
	return all;
}

static char *state_and_content(struct trial *t)
{
	const struct meeting *m = t->meeting;

	return text("the segment begins %s; %s",
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

static void hand_over_odd(struct trial *t, struct program *w,
			  const struct odd_line *l)
{
	int turn;

	step(t, "type %s", l->what);
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
			text("%s in the segment, `a` in notify", l->what),
			state_and_content(t));
	acknowledge(t);
}

static void pass_on_odd(struct trial *t, struct program *r,
			const struct odd_line *l)
{
	struct bytes line = {0};
	size_t before = r->expected;

	store(t, l->data, l->n);
	give_turn(t, 'a');
	expect_turn(t, r, 'k');
	must_be_alive(t, r);
	bytes_add(&line, l->data, l->n);
	bytes_add(&line, "\n", 1);
	step(t, "expect %s on its standard output", l->what);
	if (r->printed.n < before + line.n ||
	    !memmem(r->printed.data + before, r->printed.n - before, line.data,
		    line.n))
		fail_as(t, l->otherwise, WRONG_OUTPUT,
			text("%s, and a newline", l->what),
			readable(r->printed.data + before,
				 r->printed.n - before, 60));
	r->expected = r->printed.n;
	bytes_free(&line);
}

CHECK(shm_exact, "shm.exact", 6,
      "an empty line, 4095 bytes, any bytes, no newline: all arrive",
      .hint = "How many bytes does a message of 4095 take in the segment?",
      .program = "writer", .all_programs = true)
{
	size_t n;
	const struct odd_line *l = odd_lines(t, &n);
	struct program *p = begin(t);

	join_as_reader(t, p);
	hand_over(t, p, "an ordinary line");
	for (size_t i = 0; i < n; i++)
		hand_over_odd(t, p, &l[i]);
	expect_turn(t, p, 'x');
	clear_away(t);
	p = begin_reading(t);
	pass_on(t, p, "an ordinary one");
	for (size_t i = 0; i < n; i++)
		pass_on_odd(t, p, &l[i]);
}

static char *letters(struct trial *t, size_t n)
{
	char *line = must_calloc(1, n + 1);

	random_letters(t, line, n);
	return line;
}

static void guard_segments(struct trial *t)
{
	inject(t,
	       &(struct witness_rule){.call = CALL_SHM,
				      .action = ACT_GUARD,
				      .first = 1,
				      .every = 1},
	       "the memory behind an attached segment cannot be used");
}

/* The line that was too long must not be seen, and the next one must. */
static void expect_next_line(struct trial *t, struct program *w,
			     const char *too_long, const char *next)
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
			text("the writer goes on with the next line"),
			state_of(t, IS_GONE));
	fail_as(t,
		turn > 0 && !came && turn != 'x' ? &wrong_turn
		: !came || memcmp(m->memory, too_long, 16) != 0
			? &long_line_stops_writer
		: memchr(m->memory, 0, m->size) ? &long_line_split
						: &long_line_overflows,
		WRONG_OUTPUT, text("the next message is \"%s\"", next),
		came ? state_and_content(t) : state_of(t, IS_QUIET));
}

CHECK(shm_long_line, "shm.long-line", 4,
      "a line that does not fit is named on stderr, the others go on",
      .hint = "How long may a line be, so that its NUL still fits?",
      .program = "writer")
{
	static const size_t sizes[] = {MESSAGE_BYTES, MESSAGE_BYTES + 1, 20000};
	struct program *w;

	guard_segments(t);
	w = begin(t);
	join_as_reader(t, w);
	hand_over(t, w, "hello");
	for (size_t i = 0; i < 3; i++) {
		char *too_long = letters(t, sizes[i]);
		size_t before = w->complained.n;

		type_line(t, w, too_long);
		type_line(t, w, "the next line");
		expect_next_line(t, w, too_long, "the next line");
		settle(t);
		step(t, "expect a line about it on its standard error");
		if (w->complained.n == before)
			fail_as(t, &error_unexplained, WRONG_OUTPUT,
				text("a line on stderr that names the line"),
				text("nothing"));
		acknowledge(t);
		free(too_long);
	}
	end_of_input(t, w);
	expect_turn(t, w, 'x');
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
static void pass_on_unterminated(struct trial *t, struct program *r)
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
			text("the reader does not read on behind the segment"),
			state_of(t, IS_GONE));
	n = run_of(&r->printed, 'z', &behind);
	if (n > MESSAGE_BYTES ||
	    (behind < r->printed.n && r->printed.data[behind] != '\n'))
		fail_as(t, &trusts_the_writer, WRONG_OUTPUT,
			text("at most %d bytes, and a newline", MESSAGE_BYTES),
			text("%zu bytes, and then others", n));
}

CHECK(shm_no_terminator, "shm.no-terminator", 4,
      "a message without NUL is read to the segment's end, no further",
      .hint = "Who says that there is a NUL in the segment?",
      .program = "reader")
{
	struct program *r;

	guard_segments(t);
	r = begin_reading(t);
	pass_on(t, r, "hello");
	must_be_alive(t, r);
	pass_on_unterminated(t, r);
	if (r->ended)
		return;
	expect_turn(t, r, 'k');
	r->expected = r->printed.n;
	pass_on(t, r, "an ordinary one");
}

/* Who makes, who waits, who takes over */

static void must_not_make(struct trial *t)
{
	step(t, "expect that the reader has made nothing");
	if (!has_segment(t) && !is_in_place(t, "notify") &&
	    !is_in_place(t, "ack"))
		return;
	fail_as(t, &reader_creates_segment, WRONG_FACT,
		text("no segment, and nothing in %s", t->meeting->name),
		text("there %s%s%s", has_segment(t) ? "is a segment " : "",
		     is_in_place(t, "notify") ? "is notify " : "",
		     is_in_place(t, "ack") ? "is ack" : ""));
}

CHECK(shm_not_created, "shm.not-created", 6,
      "a reader alone makes nothing, waits at no cost, and then serves",
      .hint = "What tells you that a file has appeared in a directory?",
      .program = "reader")
{
	struct program *r;

	meet(t);
	r = start_reader(t);
	step(t, "expect that it waits for a writer");
	if (wait_for_rest(t) == IS_BUSY || r->ended)
		fail(t, symptom_of(t, r->ended ? IS_GONE : IS_BUSY),
		     text("the reader waits, without using CPU time"),
		     state_of(t, r->ended ? IS_GONE : IS_BUSY));
	must_not_make(t);
	host(t);
	join_as_writer(t, r);
	pass_on(t, r, "hello");
	give_turn(t, 'x');
	expect_exit(t, r, 0);
	meet(t);
	step(t, "there are FIFOs, but no segment");
	host_fifos_only(t);
	start_reader(t);
	settle(t);
	t->meeting->notify = openat(t->meeting->dir, "notify",
				    O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	settle(t);
	step(t, "expect that the reader makes none");
	if (has_segment(t))
		fail_as(t, &reader_creates_segment, WRONG_FACT,
			text("no segment"), text("there is one"));
}

static void must_refuse(struct trial *t)
{
	expect_complaint(t, start_writer(t), &takes_over_segment, OF_ANY_KIND,
			 NULL, NULL);
	step(t, "expect that segment and FIFOs are still there");
	if (!has_segment(t) || !is_in_place(t, "notify") ||
	    !is_in_place(t, "ack"))
		fail_as(t, &takes_over_segment, WRONG_FACT,
			text("the second writer has removed nothing"),
			text("%s is gone",
			     has_segment(t) ? "a FIFO" : "the segment"));
}

/* Its creator is alive, but has not attached it yet. */
static void refuses_unattached(struct trial *t)
{
	struct program *w;

	inject(t,
	       &(struct witness_rule){.call = CALL_SHM,
				      .action = ACT_STOP,
				      .first = 1,
				      .times = 1},
	       "the writer stops when it has called shmget()");
	meet(t);
	w = start_writer(t);
	settle(t);
	if (has_segment(t) && !count_attached(t)) {
		expect_complaint(t, start_writer(t), &takes_over_segment,
				 OF_ANY_KIND, NULL, NULL);
		if (!has_segment(t))
			fail_as(t, &takes_over_segment, WRONG_FACT,
				text("the segment of a living writer stays"),
				text("it is gone"));
	}
	go_on(t, w);
	settle(t);
}

CHECK(shm_in_use, "shm.in-use", 5,
      "a second writer is refused, and the first goes on",
      .hint = "Which flag makes shmget() fail where a segment is there?",
      .program = "writer")
{
	struct program *w = begin(t);

	settle(t);
	must_refuse(t);
	join_as_reader(t, w);
	hand_over(t, w, "hello");
	hand_over_the_end(t, w);
	refuses_unattached(t);
	clear_away(t);
	begin(t);
	settle(t);
	step(t, "a reader has attached the segment; its writer is killed");
	attach_segment(t, 0);
	clear_away(t);
	must_refuse(t);
}

/* Where one was killed. */
static struct program *start_anew(struct trial *t)
{
	struct program *w = start_writer(t);

	step(t, "expect that it starts, in spite of what is left over");
	settle(t);
	if (w->ended)
		fail_as(t, &left_over_blocks_start, EXITED,
			text("the writer removes what a dead one has left, and "
			     "starts"),
			state_of(t, IS_GONE));
	expect_meeting(t, w);
	return w;
}

CHECK(shm_left_over, "shm.left-over", 5,
      "where a writer was killed the next one starts anew",
      .hint = "Who made the segment, is it alive, and has anybody attached it?",
      .program = "writer")
{
	struct program *w = begin(t);

	settle(t);
	step(t, "kill the writer (SIGKILL) while it waits for a reader");
	clear_away(t);
	w = start_anew(t);
	join_as_reader(t, w);
	hand_over(t, w, "hello");
	type_line(t, w, "one that is never acknowledged");
	expect_turn(t, w, 'a');
	step(t, "kill the writer (SIGKILL) while it waits for the `k`");
	clear_away(t);
	leave_meeting(t);
	w = start_anew(t);
	join_as_reader(t, w);
	hand_over(t, w, "hello");
	hand_over_the_end(t, w);
	expect_nothing_left(t);
}

/* What is left */

static bool has_ended(struct trial *t, void *arg)
{
	const struct program *p = arg;

	(void)t;
	return p->ended;
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
			text("the writer ends"), state_of(t, o));
	expect_nothing_left(t);
	if (WIFEXITED(w->status) && WEXITSTATUS(w->status) == 0)
		fail_as(t, &wrong_exit_status, WRONG_STATUS,
			text("a status other than 0: it was interrupted"),
			state_of(t, IS_GONE));
	if (WIFSIGNALED(w->status) && WTERMSIG(w->status) != signo)
		fail_as(t, &crash, CRASHED, text("the writer ends by itself"),
			state_of(t, IS_GONE));
}

static void expect_end_told(struct trial *t)
{
	int turn;

	step(t, "expect that the reader was told: `x`");
	turn = next_turn(t);
	if (turn != 'x')
		fail_as(t, turn < 0 ? &leaves_without_x : &wrong_turn,
			WRONG_FACT, text("`x` in notify, at the end of it all"),
			text("no `x`"));
}

static void stops_cleanly(struct trial *t, int signo)
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

CHECK(shm_cleanup, "shm.cleanup", 7,
      "nothing is left: at the end, after signals, without the reader",
      .hint = "Who removes a segment when all its processes have ended?",
      .program = "writer")
{
	struct program *w = begin(t);

	join_as_reader(t, w);
	hand_over(t, w, "hello");
	end_of_input(t, w);
	step(t, "expect that it ends");
	if (!exits(t, w))
		fail(t, NOT_EXITED, text("the writer ends"),
		     state_of(t, IS_QUIET));
	expect_nothing_left(t);
	expect_end_told(t);
	stops_cleanly(t, SIGINT);
	stops_cleanly(t, SIGTERM);
	w = begin(t);
	join_as_reader(t, w);
	hand_over(t, w, "hello");
	settle(t);
	leave_meeting(t);
	type_line(t, w, "are you there?");
	if (exits(t, w))
		expect_nothing_left(t);
}

/* The other one is gone: say so, and end. */
static void expect_mourning(struct trial *t, struct program *p,
			    const struct diagnosis *spinning)
{
	char *expected = text("it says that the other one has gone, and exits "
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
			text("nothing on stderr"));
	free(expected);
}

CHECK(shm_reader_gone, "shm.reader-gone", 4,
      "when the reader has gone the writer says so and ends",
      .hint = "Which call tells a writer that nobody reads its FIFO?",
      .program = "writer")
{
	struct program *w = begin(t);

	join_as_reader(t, w);
	hand_over(t, w, "hello");
	settle(t);
	leave_meeting(t);
	type_line(t, w, "are you there?");
	expect_mourning(t, w, &busy_loop);
	w = begin(t);
	join_as_reader(t, w);
	type_line(t, w, "hello");
	expect_turn(t, w, 'a');
	settle(t);
	leave_meeting(t);
	type_line(t, w, "are you there?");
	expect_mourning(t, w, &busy_loop);
}

CHECK(shm_writer_gone, "shm.writer-gone", 4,
      "when the writer has gone the reader says so and ends",
      .hint = "What does read() return from a FIFO that nobody writes any "
	      "more?",
      .program = "reader")
{
	struct program *r = begin_reading(t);

	pass_on(t, r, "hello");
	must_be_alive(t, r);
	leave_meeting(t);
	expect_mourning(t, r, &eof_ignored);
	r = begin_reading(t);
	leave_meeting(t);
	expect_mourning(t, r, &eof_ignored);
}

/* Killed, at every step */

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
			text("writer and reader come to their end"),
			text("%s, the %s having been killed at its call number "
			     "%u",
			     state_of(t, o), killed, n));
	if (is_anything_left(t))
		fail_as(t, count_segments(t) ? &segment_left : &fifo_left,
			WRONG_FACT,
			text("no segment and no FIFO after the next run"),
			text("something is left, the %s having been killed at "
			     "its call number %u",
			     killed, n));
}

static bool has_line(const struct program *r, const char *line)
{
	return r->printed.n &&
	       memmem(r->printed.data, r->printed.n, line, strlen(line));
}

/* The writer is killed at its n-th call; the next one must get along with the
 * reader that is there, or with another.  False: it does not make so many. */
static bool writer_dies(struct trial *t, unsigned n)
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
	step(t, "expect that the next run has brought its line");
	if (died && !has_line(c.reader, "three"))
		fail_as(t, &left_over_blocks_start, WRONG_OUTPUT,
			text("\"three\" on the reader's standard output"),
			text("not so, the writer before having been killed at "
			     "its call number %u",
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
static bool reader_dies(struct trial *t, unsigned n)
{
	struct couple c;
	enum outcome o;
	bool died;

	meet(t);
	arm(t, &(struct witness_rule){.call = CALL_NONE});
	c.writer = begin_typing(t, "one\ntwo\n");
	wait_until(t, segment_is_there, NULL);
	kill_at(t, n);
	c.reader = start_reader(t);
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
	if (!good || c.writer->status || c.reader->status ||
	    !has_line(c.reader, "one"))
		skip(t, "writer and reader do not get along even undisturbed: "
			"see shm.pair");
	clear_away(t);
}

static void at_every_step(struct trial *t, const char *who,
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

CHECK(shm_writer_killed, "shm.writer-killed", 3,
      "wherever the writer is killed, the next run works, nothing is left",
      .hint = "A reader waits in open() at a FIFO: what if a new one takes its "
	      "name?",
      .program = "writer", .all_programs = true)
{
	at_every_step(t, "writer", writer_dies);
}

CHECK(shm_reader_killed, "shm.reader-killed", 3,
      "wherever the reader is killed, the writer ends, nothing is left",
      .hint = "In which calls does the writer wait for the reader, and what "
	      "ends them?",
      .program = "writer", .all_programs = true)
{
	at_every_step(t, "reader", reader_dies);
}

/* Lines of all telling lengths, and one too long, through both. */
static void pair_session(struct trial *t, enum tool tool)
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
static void unterminated_session(struct trial *t, enum tool tool)
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

CHECK(shm_memory, "shm.memory", 3,
      "no memory error under valgrind and the sanitizers",
      .hint = "What happens when a line exactly fills your buffer?",
      .program = "writer", .slow = true, .all_programs = true)
{
	t->patience = 40;
	pair_session(t, MEMCHECK);
	pair_session(t, SANITIZERS);
	unterminated_session(t, SANITIZERS);
	expect_clean_memory(t, true);
}

const struct lab lab_07_shm_fifo = {
	.name = "07-shm-fifo",
	.title = "messages in shared memory, turns through FIFOs",
	.programs = (const char *const[]){"writer", "reader", NULL},
	SUSPECTS(&wrong_key, &sigpipe_kills_writer, &acks_before_copying,
		 &newline_kept, &no_terminator, &wrong_turn, &ignores_x,
		 &no_ack, &leaves_without_x, &sleeps_instead_of_waiting,
		 &no_notify, &stdout_not_flushed, &not_printed, &wrong_message),
	.checks =
		(const struct check *const[]){
			&shm_builds,	    &shm_usage,
			&shm_writer,	    &shm_stores_first,
			&shm_waits_for_ack, &shm_reader,
			&shm_pair,	    &shm_exact,
			&shm_long_line,	    &shm_no_terminator,
			&shm_not_created,   &shm_in_use,
			&shm_left_over,	    &shm_cleanup,
			&shm_reader_gone,   &shm_writer_gone,
			&shm_writer_killed, &shm_reader_killed,
			&shm_memory,	    NULL,
		},
	.teaches = (const struct diagnosis *const[]){&does_not_compile,
						     &compiler_warnings,
						     &memory_error,
						     &no_usage_check,
						     &ftok_unchecked,
						     &error_unexplained,
						     &never_creates,
						     &wrong_key,
						     &wrong_size,
						     &open_to_everyone,
						     &newline_kept,
						     &no_terminator,
						     &no_notify,
						     &wrong_turn,
						     &notifies_before_storing,
						     &ignores_ack,
						     &sleeps_instead_of_waiting,
						     &no_ack,
						     &acks_before_copying,
						     &ignores_x,
						     &stdout_not_flushed,
						     &not_printed,
						     &wrong_message,
						     &lost_or_doubled,
						     &loses_empty_line,
						     &off_by_one,
						     &long_line_overflows,
						     &long_line_split,
						     &long_line_stops_writer,
						     &trusts_the_writer,
						     &reader_creates_segment,
						     &busy_loop,
						     &takes_over_segment,
						     &left_over_blocks_start,
						     &segment_left,
						     &fifo_left,
						     &leaves_without_x,
						     &signal_unheard,
						     &sigpipe_kills_writer,
						     &waits_for_ever,
						     &waits_at_removed_fifo,
						     &eof_ignored,
						     &crash,
						     &exits_early,
						     &never_exits,
						     &wrong_exit_status,
						     &uses_up_everything,
						     NULL},
};
