/* SPDX-License-Identifier: MIT */
/* 05_poll.c - lab 05: one thread, every client */
#include "callers.h"
#include "common.h"
#include "labs.h"
#include "sessions.h"
#include "summary.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"
#include "../words/crowd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

BUILD_CHECK(poll_builds, "poll.builds", 2,
	    "server.c compiles, and the compiler has nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(poll_usage, "poll.usage", 2, "bad arguments are refused, with a word why",
      .hint = "Is the port looked at before anything is opened?")
{
	refuses_bad_usage(t);
}

CHECK(poll_busy_port, "poll.busy-port", 2,
      "a port that is taken is reported: which call, which error",
      .hint = "Which wrapper would have said it for you?")
{
	reports_busy_port(t);
}

CHECK(poll_echo, "poll.echo", 4, "what a client sends comes back, all of it",
      .hint = "How many bytes did recv() return, and how many go out?",
      .gate = true)
{
	serve_to_stay(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	exchange(t, 1, "no newline");
	exchange_bytes(t, 1, "ab\0cd\200\377\n", 8);
	expect_no_more(t, 1);
	end_sending(t, 1);
	expect_no_more(t, 1);
}

CHECK(poll_two_clients, "poll.two-clients", 5,
      "client 2 is answered while client 1 says nothing",
      .hint = "In which call does the server wait, and for whom?")
{
	serve(t);
	clients(t, 2);
	exchange(t, 2, "hello\n");
	exchange(t, 1, "hello\n");
}

static void expect_single(struct trial *t)
{
	settle(t);
	step(t, "count the server's processes and threads");
	if (count_processes(t) > 1)
		fail_as(t, &still_forking, WRONG_FACT, sentence("one process"),
			text("%zu", count_processes(t)));
	if (count_all_threads(t) > 1)
		fail_as(t, &still_threading, WRONG_FACT, sentence("one thread"),
			text("%zu", count_all_threads(t)));
}

CHECK(poll_single, "poll.single", 7,
      "one process and one thread serve 50 clients",
      .hint = "What does a thread know of its client that a struct could not?")
{
	serve(t);
	crowd(t, 50);
	expect_single(t);
	exchange(t, 50, "hello\n");
	exchange(t, 1, "hello\n");
	expect_single(t);
}

#define MANY 1000

/* Client n, who is one of many, says who he is. */
static void introduce(struct trial *t, int n)
{
	char *message = text("I am client %d\n", n);

	exchange(t, n, message);
	free(message);
}

CHECK(poll_many, "poll.many", 8,
      "1,000 clients are connected, and any of them is answered",
      .hint = "What happens when the table of clients is full?",
      SUSPECTS(&mixed_up_clients))
{
	unsigned char random[2 * 100];

	random_bytes(t, random, sizeof(random));
	serve_together(t, 3);
	crowd(t, MANY);
	introduce(t, MANY);
	introduce(t, 1);
	for (size_t i = 0; i < sizeof(random); i += 2)
		introduce(t, 1 + (random[i] << 8 | random[i + 1]) % MANY);
}

/* More than the kernel's buffers hold: a megabyte, and no multiple of anybody's
 * buffer. */
#define LONG ((1u << 20) + 577)

/* Letters, and a newline at the end: to wait for one is another check's matter. */
static unsigned char *letters_and_newline(struct trial *t, size_t size)
{
	unsigned char *data = must_calloc(1, size);

	random_letters(t, data, size - 1);
	data[size - 1] = '\n';
	return data;
}

static void leave(struct trial *t, int n)
{
	hang_up(t, n);
	settle(t);
}

/* No more than as many clients needed before. */
static void expect_descriptors(struct trial *t, int most,
			       const struct diagnosis *otherwise)
{
	int n;

	step(t, "count the server's open descriptors");
	n = count_descriptors(t);
	if (n <= most)
		return;
	if (!comes_to_rest(t))
		fail(t, BUSY,
		     sentence("the server waits without using CPU time"),
		     state_of(t, IS_BUSY));
	fail_as(t, otherwise, WRONG_FACT,
		sentence("%d open descriptors, as before with as many clients",
			 most),
		text("%d", n));
}

/* The server finds both gone when it looks the next time. */
static void leave_together(struct trial *t, int a, int b)
{
	freeze(t);
	settle(t);
	hang_up(t, a);
	hang_up(t, b);
	thaw(t);
	settle(t);
}

/* What client 3 says, again and again. */
static const char own[] = "I am client 3\n";

CHECK(poll_remove, "poll.remove", 8,
      "whoever leaves, first, middle or last: the others go on",
      .hint = "Which row of the table stands where the one that left was?",
      SUSPECTS(&mixed_up_clients, &eintr_kills_poll, &eof_ignored,
	       &hole_in_table, &blocked_by_slow_client, &sends_again,
	       &loses_unsent_bytes, &wrong_slot_after_remove))
{
	static char speech[4096 + 32];
	unsigned char *data = letters_and_newline(t, LONG);
	int with_three;

	for (size_t i = 0; i < 4096; i += strlen(own))
		strcpy(speech + i, own);
	narrow_buffers(t);
	serve_together(t, 3);
	with_three = count_descriptors(t);
	leave(t, 2);
	introduce(t, 1);
	introduce(t, 3);
	clients(t, 4);
	introduce(t, 4);
	leave(t, 4);
	introduce(t, 3);
	introduce(t, 1);
	clients(t, 5);
	introduce(t, 5);
	stop_reading(t, 5); /* its row has something to keep */
	say_bytes(t, 5, data, LONG);
	settle(t);
	exchange_bytes(t, 3, speech, 4096);
	leave(t, 1);
	introduce(t, 3);
	read_on(t, 5);
	expect_bytes(t, 5, data, LONG);
	clients(t, 7);
	introduce(t, 7);
	leave_together(t, 6, 3);
	introduce(t, 5);
	introduce(t, 7);
	clients(t, 8);
	introduce(t, 8);
	expect_descriptors(t, with_three, &connection_leak);
	clients(t, 10);
	introduce(t, 10);
	leave_together(t, 5, 10); /* the latest may move to the first's place */
	introduce(t, 7);
	introduce(t, 8);
	introduce(t, 9);
	expect_descriptors(t, with_three, &connection_leak);
}

/* Client n speaks on and on, and does not listen. */
static void fill_up(struct trial *t, int n, const void *data, size_t size)
{
	stop_reading(t, n);
	say_bytes(t, n, data, size);
	settle(t);
}

CHECK(poll_idle, "poll.idle", 8,
      "while nothing can be done no CPU time is used",
      .hint = "What is ready at once, whenever poll() is asked for it?",
      SUSPECTS(&hole_in_table, &eof_ignored, &hangup_ignored,
	       &polls_for_write_always, &busy_loop, &blocked_by_slow_client,
	       &sends_again, &loses_unsent_bytes, &wrong_slot_after_remove))
{
	unsigned char *data = letters_and_newline(t, LONG);

	narrow_buffers(t);
	serve_together(t, 4);
	expect_rest(t);
	fill_up(t, 1, data, LONG);
	expect_rest(t);
	read_on(t, 1);
	expect_bytes(t, 1, data, LONG);
	expect_rest(t);
	hang_up(t, 2);
	expect_rest(t);
	end_sending(t, 3);
	expect_rest(t);
	exchange(t, 1, "still here\n");
	expect_rest(t);
	hang_up(t, 1);
	hang_up(t, 4);
	expect_rest(t);
	expect_long_rest(t);
}

#define UNREAD (4u << 20)

CHECK(poll_slow_reader, "poll.slow-reader", 10,
      "client 2 is answered while client 1 leaves 4 MiB unread",
      .hint = "What does send() do when the other side does not read?",
      SUSPECTS(&blocked_by_slow_client, &loses_unsent_bytes))
{
	unsigned char *data = letters_and_newline(t, UNREAD);

	narrow_buffers(t);
	serve_together(t, 2);
	fill_up(t, 1, data, UNREAD);
	exchange(t, 2, "hello\n");
	exchange_bytes(t, 2, data, 4096);
	clients(t, 3);
	exchange(t, 3, "hello\n");
}

CHECK(poll_partial_write, "poll.partial-write", 8,
      "then client 1 reads: every byte comes, in its order",
      .hint = "send() took fewer bytes than it was given, or none: who has the "
	      "rest?",
      SUSPECTS(&sends_again, &loses_unsent_bytes))
{
	unsigned char *data = letters_and_newline(t, UNREAD);

	narrow_buffers(t);
	serve_together(t, 1);
	fill_up(t, 1, data, UNREAD);
	read_on(t, 1);
	expect_bytes(t, 1, data, UNREAD);
	exchange(t, 1, "and another one\n");
	/* The least that can be left over is a byte. */
	halve_sends(t);
	exchange(t, 1, "2\n");
	exchange(t, 1, "2\n");
	expect_no_more(t, 1);
}

#define FLOOD_MIB 64
#define GROWTH_MIB 8

CHECK(poll_bounded, "poll.bounded", 6,
      "64 MiB that a client does not read are not kept in memory",
      .hint = "What becomes of a client's sending if nobody receives?")
{
	unsigned char *data = letters_and_newline(t, 1u << 20);
	uint64_t before, now;

	narrow_buffers(t);
	serve_together(t, 1);
	settle(t);
	before = resident_memory(t);
	for (int i = 0; i < FLOOD_MIB; i++) {
		fill_up(t, 1, data, 1u << 20);
		if (conn(t, 1)->out.n || conn(t, 1)->error)
			break; /* it takes no more */
	}
	now = resident_memory(t);
	step(t, "compare the server's resident memory with that before");
	if (now > before + ((uint64_t)GROWTH_MIB << 20))
		fail_as(t, &unbounded_buffer, WRONG_FACT,
			sentence("it grows by less than %d MiB", GROWTH_MIB),
			sentence("by %.1f MiB",
				 (double)(now - before) / (1u << 20)));
}

/* Some of these are just so long that the last of it is with the server, and
 * no more in the kernel, when the end is seen.  One that never sleeps soundly is
 * given fewer: each time TCP has to come to a standstill first (wait.c). */
#define LENGTHS 40
#define LENGTH_STEP 16384u
#define FEWER 6

CHECK(poll_half_close, "poll.half-close", 5,
      "a client that ends its sending still gets what is pending",
      .hint = "recv() has returned 0: is there anything left to send?",
      SUSPECTS(&hole_in_table, &blocked_by_slow_client, &sends_again,
	       &loses_unsent_bytes, &one_message_only, &loses_tail))
{
	unsigned char *data = must_calloc(LENGTHS, LENGTH_STEP);

	random_letters(t, data, LENGTHS * LENGTH_STEP);
	narrow_buffers(t);
	serve_together(t, 1);
	end_sending(t, 1);
	expect_end(t, 1);
	for (int n = 2, steps = 1; steps <= LENGTHS; n++) {
		size_t length = (size_t)steps * LENGTH_STEP;

		clients(t, n);
		stop_reading(t, n);
		say_bytes(t, n, data, length);
		end_sending(t, n);
		settle(t);
		read_on(t, n);
		expect_bytes(t, n, data, length);
		expect_end(t, n);
		hang_up(t, n);
		steps += sleeps_soundly(t) ? 1 : FEWER;
	}
}

/* Is it every client whose descriptor stays open, or only one that resets? */
static const struct diagnosis *what_stays_open(struct trial *t)
{
	int before = count_descriptors(t);

	next_client(t);
	leave(t, (int)t->connections);
	return count_descriptors(t) > before ? &connection_leak
					     : &hangup_ignored;
}

CHECK(poll_reset, "poll.reset", 7,
      "a client that resets its connection is removed, and no other",
      .hint = "What do revents hold when a connection is over?",
      SUSPECTS(&eintr_kills_poll, &sigpipe_kills_server, &reset_kills_server,
	       &hole_in_table, &eof_ignored, &hangup_ignored,
	       &wrong_slot_after_remove))
{
	unsigned char *data = letters_and_newline(t, LONG);
	bool rests;
	int with_two;

	narrow_buffers(t);
	serve_together(t, 2);
	rests = comes_to_rest(t);
	with_two = count_descriptors(t);
	reset(t, 2);
	settle(t);
	clients(t, 4);
	exchange(t, 3, "hello\n");
	freeze(t);
	settle(t);
	say_bytes(t, 3, data, 8192);
	end_sending(t, 3);
	reset(t, 3);
	thaw(t);
	settle(t);
	exchange(t, 4, "hello\n");
	fill_up(t, 4, data, LONG);
	reset(t, 4);
	settle(t);
	clients(t, 5);
	exchange(t, 5, "hello\n");
	exchange(t, 1, "still here\n");
	if (rests)
		expect_rest(t);
	if (count_descriptors(t) > with_two)
		expect_descriptors(t, with_two, what_stays_open(t));
}

#define FEW_DESCRIPTORS 32
#define CALLERS 60

CHECK(poll_descriptor_limit, "poll.descriptor-limit", 5,
      "too few descriptors: those connected are served, others wait",
      .hint = "accept() has failed with EMFILE: what does poll() say next?",
      SUSPECTS(&hole_in_table, &eof_ignored, &emfile_busy_loop,
	       &emfile_kills_server))
{
	bool rests;

	serve_together(t, 1);
	rests = comes_to_rest(t);
	limit_descriptors(t, FEW_DESCRIPTORS);
	call_out(t, CALLERS);
	settle(t);
	if (rests && !comes_to_rest(t))
		fail_as(t,
			witness_saw(t, CALL_ACCEPT, EMFILE) ? &emfile_busy_loop
							    : NULL,
			BUSY,
			sentence("the server waits without using CPU time"),
			state_of(t, IS_BUSY));
	exchange(t, 1, "still here\n");
	expect_next_ones(t);
	exchange(t, 1, "still here\n");
}

/* The next client's accept() meets something; nobody else is to feel it. */
static int endure(struct trial *t, const struct witness_rule *rule,
		  const char *what)
{
	int n;

	inject(t, rule, what);
	connects(t, &n);
	settle(t);
	exchange(t, 1, "still here\n");
	if (!struck(t)) {
		inject(t, &(struct witness_rule){.call = CALL_NONE},
		       N_("no more faults"));
		exchange(t, n, "hello\n");
	}
	need_struck(t, "accept()");
	return n;
}

CHECK(poll_aborted, "poll.aborted", 3,
      "a client that is gone before accept() holds up nobody",
      .hint = "poll() has said that a client is there: can it be gone again?",
      SUSPECTS(&accept_blocks, &accept_error_kills_server))
{
	int n;

	serve_together(t, 1);
	endure(t,
	       &(struct witness_rule){.call = CALL_ACCEPT,
				      .action = ACT_ABORT,
				      .first = 1,
				      .times = 1},
	       "the next client has given up: its accept() fails with "
	       "ECONNABORTED");
	next_client(t);
	endure(t,
	       &(struct witness_rule){.call = CALL_ACCEPT,
				      .action = ACT_VANISH,
				      .first = 1,
				      .times = 1},
	       N_("the next client has gone when accept() looks for it"));
	next_client(t);
	n = endure(t,
		   &(struct witness_rule){.call = CALL_ACCEPT,
					  .action = ACT_FAIL,
					  .arg = EINTR,
					  .first = 1,
					  .times = 1},
		   N_("the next accept() is interrupted (EINTR)"));
	exchange(t, n, "hello\n");
}

CHECK(poll_interrupted, "poll.interrupted", 2,
      "an interrupted poll() is called again",
      .hint = "Which of the errors of poll() is none?",
      SUSPECTS(&eintr_kills_poll))
{
	serve_together(t, 2);
	freeze(t);
	settle(t);
	thaw(t);
	inject(t,
	       &(struct witness_rule){.call = CALL_POLL,
				      .action = ACT_FAIL,
				      .arg = EINTR,
				      .first = 1,
				      .every = 1,
				      .times = 3},
	       N_("the next three calls of poll(), or its like, are interrupted "
		  "(EINTR)"));
	exchange(t, 1, "hello\n");
	exchange(t, 2, "hello\n");
	settle(t);
	need_struck(t, "poll(), select() or epoll_wait()");
	exchange(t, 1, "still here\n");
}

CHECK(poll_summary, "poll.summary", 4,
      "on SIGTERM the totals appear, and the server exits with 0",
      .hint = "What does poll() return when a signal comes, and who looks?",
      SUSPECTS(&sleeps_instead_of_waiting, &eintr_kills_poll,
	       &eintr_swallows_signal))
{
	unsigned char letters[1000];
	unsigned long long sum = 6;

	random_letters(t, letters, sizeof(letters));
	serve(t);
	for (int n = 1; n <= 20; n++) {
		size_t size = (size_t)n * 37;

		clients(t, n);
		exchange_bytes(t, n, letters, size);
		if (n == 20)
			exchange(t, n, "hello\n");
		leave(t, n);
		sum += size;
	}
	expect_stop(t);
	expect_totals(t, 20, sum, sum);
	sums_up_with_clients(t);
}

CHECK(poll_memory, "poll.memory", 4,
      "no memory error, and nothing lost with each client",
      .hint = "Who frees what was allocated for a client, and on which paths?",
      .slow = true)
{
	bool exact;

	exact = visited_session(t, MEMCHECK);
	exact &= visited_session(t, SANITIZERS);
	expect_clean_memory(t, exact);
	expect_no_leak(t, VISITORS / 2);
}

const struct lab lab_05_poll = {
	.name = "05-poll",
	.title = "one thread, every client",
	.programs = (const char *const[]){"server", NULL},
	SUSPECTS(&accept_blocks, &eintr_kills_poll, &hole_in_table,
		 &eof_ignored, &hangup_ignored, &polls_for_write_always,
		 &mixed_up_clients, &treats_data_as_string, &adds_terminator,
		 &echo_whole_buffer, &sleeps_instead_of_waiting,
		 &waits_for_newline, &blocked_by_slow_client,
		 &loses_unsent_bytes, &one_client_at_a_time, &waits_for_more,
		 &one_message_only, &fixed_table_overflow),
	.checks =
		(const struct check *const[]){
			&poll_builds,
			&poll_usage,
			&poll_busy_port,
			&poll_echo,
			&poll_two_clients,
			&poll_single,
			&poll_many,
			&poll_remove,
			&poll_idle,
			&poll_slow_reader,
			&poll_partial_write,
			&poll_bounded,
			&poll_half_close,
			&poll_reset,
			&poll_descriptor_limit,
			&poll_aborted,
			&poll_interrupted,
			&poll_summary,
			&poll_memory,
			NULL,
		},
	TEACHES(TAUGHT_OF_ECHOES, &exits_early, &loses_tail, &one_message_only,
		&connection_leak, &sigpipe_kills_server, &reset_kills_server,
		&one_client_at_a_time, &mixed_up_clients,
		&accept_error_kills_server, &summary_missing,
		&summary_incomplete, &too_few_clients, &eintr_swallows_signal,
		&still_forking, &still_threading, &fixed_table_overflow,
		&wrong_slot_after_remove, &hole_in_table,
		&polls_for_write_always, &blocked_by_slow_client, &sends_again,
		&loses_unsent_bytes, &unbounded_buffer, &hangup_ignored,
		&emfile_kills_server, &emfile_busy_loop, &accept_blocks,
		&eintr_kills_poll, &leak_per_client),
};
