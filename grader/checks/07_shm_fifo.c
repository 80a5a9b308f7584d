/* SPDX-License-Identifier: MIT */
/* 07_shm_fifo.c - lab 07: messages in shared memory, turns through FIFOs */
#include "common.h"
#include "labs.h"
#include "shm.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
			sentence("no segment, since there is no directory"),
			sentence("there is one"));
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
		sentence("the writer waits for the `k`, however long it takes"),
		o == DONE ? sentence("it has gone on without one")
			  : state_of(t, o));
}

static void expect_patience(struct trial *t, const struct program *w)
{
	unsigned char turn;
	enum outcome o;

	step(t, "expect that nothing happens before the `k`");
	o = await_untimely(t, &turn);
	if (o == IS_BUSY || w->ended)
		fail(t, symptom_of(t, o),
		     sentence("the writer waits for the `k`"), state_of(t, o));
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

static void must_not_remove(struct trial *t)
{
	step(t, "expect that the reader has removed nothing");
	if (!has_segment(t) || !is_in_place(t, "notify") ||
	    !is_in_place(t, "ack"))
		fail_as(t, &reader_removes, WRONG_FACT,
			sentence(
				"segment and FIFOs are there: the writer removes "
				"them"),
			sentence("%s is gone", !has_segment(t) ? "the segment"
					       : !is_in_place(t, "notify")
						       ? "notify"
						       : "ack"));
}

CHECK(shm_reader, "shm.reader", 9,
      "each message is copied, acknowledged, and printed as a line",
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
	must_not_remove(t);
}

/* Both */

CHECK(shm_pair, "shm.pair", 7,
      "10,000 lines go through both, each once and in order",
      .hint = "Who may touch the segment, and how does it know?",
      .program = "writer", .all_programs = true)
{
	carry_many_lines(t);
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

CHECK(shm_long_line, "shm.long-line", 4,
      "a line that does not fit is named, the others go on",
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
				sentence(
					"a line on stderr that names the line"),
				sentence("nothing"));
		acknowledge(t);
		free(too_long);
	}
	end_of_input(t, w);
	expect_turn(t, w, 'x');
}

CHECK(shm_no_terminator, "shm.no-terminator", 4,
      "a message without NUL is read to the segment's end only",
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
		sentence("no segment, and nothing in %s", t->meeting->name),
		sentence("there %s%s%s", has_segment(t) ? "is a segment " : "",
			 is_in_place(t, "notify") ? _("is notify ") : "",
			 is_in_place(t, "ack") ? _("is ack") : ""));
}

CHECK(shm_not_created, "shm.not-created", 6,
      "a reader alone makes nothing, rests, and serves who comes",
      .hint = "What tells you that a file has appeared in a directory?",
      .program = "reader")
{
	struct program *r;

	meet(t);
	r = start_reader(t);
	step(t, "expect that it waits for a writer");
	if (wait_for_rest(t) == IS_BUSY || r->ended)
		fail(t, symptom_of(t, r->ended ? IS_GONE : IS_BUSY),
		     sentence("the reader waits, without using CPU time"),
		     state_of(t, r->ended ? IS_GONE : IS_BUSY));
	expect_long_rest(t);
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
	t->meeting->notify = open_fifo(t, "notify", O_WRONLY);
	settle(t);
	step(t, "expect that the reader makes none");
	if (has_segment(t))
		fail_as(t, &reader_creates_segment, WRONG_FACT,
			sentence("no segment"), sentence("there is one"));
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

CHECK(shm_left_over, "shm.left-over", 5,
      "where a writer was killed the next one starts anew",
      .hint = "Who made the segment, is it alive, and has anybody attached it?",
      .program = "writer")
{
	struct program *w;

	begin(t);
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

CHECK(shm_cleanup, "shm.cleanup", 7,
      "nothing is left: at the end, by signals, without a reader",
      .hint = "Who removes a segment when all its processes have ended?",
      .program = "writer")
{
	struct program *w = begin(t);

	join_as_reader(t, w);
	hand_over(t, w, "hello");
	end_of_input(t, w);
	step(t, "expect that it ends");
	if (!exits(t, w))
		fail(t, NOT_EXITED, sentence("the writer ends"),
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

CHECK(shm_writer_killed, "shm.writer-killed", 3,
      "wherever the writer is killed, the next run works as ever",
      .hint = "A reader waits in open() at a FIFO: what if a new one takes its "
	      "name?",
      .program = "writer", .all_programs = true)
{
	at_every_step(t, "writer", writer_dies);
}

CHECK(shm_reader_killed, "shm.reader-killed", 3,
      "wherever the reader is killed, the writer ends and clears up",
      .hint = "In which calls does the writer wait for the reader, and what "
	      "ends them?",
      .program = "writer", .all_programs = true)
{
	at_every_step(t, "reader", reader_dies);
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
	SUSPECTS(&wrong_key, &wrong_size, &fifos_not_opened,
		 &sigpipe_kills_writer, &acks_before_copying, &newline_kept,
		 &no_terminator, &wrong_turn, &ignores_x, &no_ack,
		 &leaves_without_x, &sleeps_instead_of_waiting, &no_notify,
		 &stdout_not_flushed, &not_printed, &wrong_message),
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
	TEACHES(TAUGHT_EVERYWHERE, &ftok_unchecked, &never_creates,
		&fifos_not_opened, &reader_removes, &wrong_key, &wrong_size,
		&open_to_everyone, &newline_kept, &no_terminator, &no_notify,
		&wrong_turn, &notifies_before_storing, &ignores_ack,
		&sleeps_instead_of_waiting, &no_ack, &acks_before_copying,
		&ignores_x, &stdout_not_flushed, &not_printed, &wrong_message,
		&lost_or_doubled, &loses_empty_line, &off_by_one,
		&long_line_overflows, &long_line_split, &long_line_stops_writer,
		&trusts_the_writer, &reader_creates_segment,
		&takes_over_segment, &left_over_blocks_start, &segment_left,
		&fifo_left, &leaves_without_x, &signal_unheard,
		&sigpipe_kills_writer, &waits_for_ever, &waits_at_removed_fifo,
		&exits_early, &uses_up_everything),
};
