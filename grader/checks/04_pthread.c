/* SPDX-License-Identifier: MIT */
/* 04_pthread.c - lab 04: a thread per client */
#include "chorus.h"
#include "common.h"
#include "labs.h"
#include "sessions.h"
#include "summary.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"
#include "../words/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Microseconds that the witness holds a thread back if what it waits for does
 * not come: longer than the two clients' turns take on a loaded machine. */
#define HELD_AT_MOST 2000000

BUILD_CHECK(pthread_builds, "pthread.builds", 3,
	    "server.c compiles, and the compiler has nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(pthread_usage, "pthread.usage", 3,
      "bad arguments are refused, with a word why",
      .hint = "Is the port looked at before anything is opened?")
{
	refuses_bad_usage(t);
}

CHECK(pthread_busy_port, "pthread.busy-port", 3,
      "a port that is taken is reported: which call, which error",
      .hint = "Which wrapper would have said it for you?")
{
	reports_busy_port(t);
}

CHECK(pthread_echo, "pthread.echo", 5,
      "what a client sends comes back, all of it",
      .hint = "Does the thread know which socket is its client's?",
      .gate = true)
{
	serve_to_stay(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	exchange(t, 1, "no newline");
	exchange_bytes(t, 1, "ab\0cd\200\377\n", 8);
	expect_nothing_more(t, 1);
	end_sending(t, 1);
	expect_end(t, 1);
}

/* Clients connect, in turn, until there are n; the server has taken note of
 * each before the next comes.  So nothing hangs on who is faster. */
static void admit(struct trial *t, int n)
{
	while ((int)t->connections < n) {
		clients(t, (int)t->connections + 1);
		settle(t);
	}
}

static void leave(struct trial *t, int from, int to)
{
	for (int n = from; n <= to; n++)
		hang_up(t, n);
	settle(t);
}

CHECK(pthread_two_clients, "pthread.two-clients", 8,
      "client 2 is answered while client 1 says nothing",
      .hint = "While client 1's thread waits in recv(), where is the main "
	      "thread?")
{
	serve(t);
	admit(t, 2);
	exchange(t, 2, "hello\n");
}

CHECK(pthread_many, "pthread.many", 6,
      "100 clients at once get each its own bytes back",
      .hint = "How does a thread find what belongs to its client?")
{
	char message[64];

	serve(t);
	admit(t, 100);
	for (int n = 100; n >= 1; n--) {
		snprintf(message, sizeof(message), "I am client %d\n", n);
		exchange(t, n, message);
	}
}

CHECK(pthread_threads, "pthread.threads", 8,
      "there is one process, with a thread for each client",
      .hint = "How many lines does `ps -L` show with three clients connected?")
{
	size_t processes;

	serve(t);
	settle(t);
	processes = count_processes(t);
	for (int n = 1; n <= 8; n++) {
		admit(t, n);
		exchange(t, n, "hello\n");
		settle(t);
		step(t, "count the server's processes and threads");
		if (count_processes(t) > processes)
			fail_as(t, &still_forking, WRONG_FACT,
				sentence(
					"as many processes as without a client: "
					"%zu",
					processes),
				text("%zu", count_processes(t)));
		if (main_process(t) && count_threads(t) < (size_t)n)
			fail_as(t,
				conn(t, n)->eof ? &one_message_only
						: &not_a_thread_per_client,
				WRONG_FACT,
				sentence("%d threads or more, with %d client%s",
					 n, n, n == 1 ? "" : "s"),
				text("%zu", count_threads(t)));
	}
}

/* So many clients are served by threads that were there before them. */
static bool has_store(struct trial *t, size_t threads, int clients)
{
	return !struck(t) && threads >= (size_t)clients &&
	       count_threads(t) == threads;
}

CHECK(pthread_own_socket, "pthread.own-socket", 8,
      "a thread that starts late still serves its own client",
      .hint = "What does the memory that the thread was told of hold by then?",
      SUSPECTS(&shared_connection_variable))
{
	size_t threads;

	/* Threads that serve no client are there before it is injected. */
	serve(t);
	settle(t);
	threads = count_threads(t);
	inject(t,
	       &(struct witness_rule){.call = CALL_THREAD,
				      .action = ACT_HOLD,
				      .first = 1,
				      .every = 1,
				      .times = 1,
				      .arg = HELD_AT_MOST},
	       N_("a new thread starts only when the next client has been "
		  "accepted"));
	/* Both are there before anybody looks. */
	freeze(t);
	clients(t, 2);
	thaw(t);
	exchange(t, 2, "I am client 2\n");
	if (!has_store(t, threads, 2))
		need_struck(t, "pthread_create()");
	exchange(t, 1, "I am client 1\n");
	exchange(t, 2, "and I am still here\n");
}

static bool has_struck(struct trial *t, void *arg)
{
	(void)arg;
	return struck(t) > 0;
}

/* The first send() is held until another thread has received something. */
static void hold_first_send(struct trial *t)
{
	inject(t,
	       &(struct witness_rule){.call = CALL_WRITE,
				      .action = ACT_HOLD,
				      .on = ON_SOCKET,
				      .first = 1,
				      .times = 1,
				      .arg = HELD_AT_MOST},
	       N_("the first thread that is about to send waits until another has "
		  "received"));
}

CHECK(pthread_own_buffer, "pthread.own-buffer", 8,
      "a thread that sends late still sends its own client's bytes",
      .hint = "Between recv() and send(), who else may write into the buffer?",
      SUSPECTS(&shared_buffer))
{
	serve(t);
	admit(t, 2);
	need_threads(t, 2);
	hold_first_send(t);
	say(t, 1, "I am client 1\n");
	wait_until(t, has_struck, NULL); /* or never, with stdio */
	exchange(t, 2, "I am client 2\n");
	expect_echo(t, 1, "I am client 1\n");
	exchange(t, 1, "and I am still here\n");
}

/* Clients come and go one at a time, until there were n. */
static void visits(struct trial *t, int n)
{
	while ((int)t->connections < n) {
		int next = (int)t->connections + 1;

		admit(t, next);
		exchange(t, next, "hello\n");
		leave(t, next, next);
	}
}

struct size {
	size_t threads, mappings;
};

static void expect_size(struct trial *t, const struct size *before)
{
	step(t, "count the server's threads, and the mappings of its memory");
	if (count_threads(t) > before->threads + 50)
		fail_as(t, &threads_never_end, WRONG_FACT,
			sentence("%zu threads, as a hundred clients before",
				 before->threads),
			text("%zu", count_threads(t)));
	/* The library keeps a few stacks to use again. */
	if (count_mappings(t) > before->mappings + 100)
		fail_as(t, &threads_never_joined, WRONG_FACT,
			sentence("about %zu mappings in /proc/PID/maps, as a "
				 "hundred clients before",
				 before->mappings),
			sentence(
				"%zu: the stacks of the ended threads are still "
				"there",
				count_mappings(t)));
}

CHECK(pthread_ends, "pthread.ends", 8,
      "after 200 clients no more threads or stacks than before",
      .hint = "What is left of a thread that has ended, and until when?")
{
	struct size before;

	serve(t);
	admit(t, 1);
	need_threads(t, 1);
	if (main_process(t) && count_threads(t) < 2)
		skip(t, "the main thread serves the client itself");
	leave(t, 1, 1);
	visits(t, 5);
	expect_rest(t);
	before.threads = count_threads(t);
	before.mappings = count_mappings(t);
	visits(t, 105);
	expect_size(t, &before);
	visits(t, 205);
	expect_size(t, &before);
}

CHECK(pthread_descriptors, "pthread.descriptors", 6,
      "each connection is closed once: none stays open, none twice",
      .hint = "Which thread closes the connection, and does any other, too?")
{
	int before;

	serve(t);
	visits(t, 1);
	before = count_descriptors(t);
	for (int round = 0; round < 3; round++) {
		int n = (int)t->connections;

		admit(t, n + 10);
		need_threads(t, 10);
		for (int i = n + 1; i <= n + 10; i++)
			exchange(t, i, "hello\n");
		leave(t, n + 1, n + 10);
	}
	visits(t, 36);
	expect_rest(t);
	expect_all_closed(t, before, 5);
	if (witness_saw_closed_twice(t))
		fail_as(t, &closed_twice, WRONG_FACT,
			sentence("one close() for each connection"),
			sentence(
				"close() on a connection that was closed already: "
				"EBADF"));
}

CHECK(pthread_reset, "pthread.reset", 6,
      "a client that resets its connection ends its own turn only",
      .hint = "Writing to a connection that is gone raises a signal: for "
	      "whom?",
      SUSPECTS(&closed_for_all, &sigpipe_kills_server, &reset_kills_server))
{
	static char letters[8192];

	random_letters(t, letters, sizeof(letters));
	serve(t);
	admit(t, 3);
	need_threads(t, 3);
	exchange(t, 1, "hello\n");
	exchange(t, 2, "hello\n");
	reset(t, 2);
	settle(t);
	exchange(t, 1, "still here\n");
	freeze(t);
	say_bytes(t, 3, letters, sizeof(letters));
	end_sending(t, 3);
	reset(t, 3);
	thaw(t);
	settle(t);
	exchange(t, 1, "still here\n");
	admit(t, 4);
	exchange(t, 4, "hello\n");
}

/* The same server, without the fault, stops when it is told to. */
static bool stops_otherwise(struct trial *t)
{
	int n;

	clear_away(t);
	inject(t, &(struct witness_rule){.call = CALL_NONE},
	       N_("no more faults"));
	step(t, "experiment: does it stop where no thread was missing?");
	serve(t);
	return connects(t, &n) && answers(t, n, "hello\n") && stops(t);
}

CHECK(pthread_create_fails, "pthread.create-fails", 5,
      "without a thread for it only that client is lost, and closed",
      .hint = "How does pthread_create() say that it failed?",
      SUSPECTS(&create_unchecked))
{
	size_t threads;
	int lost = 2;

	serve(t);
	admit(t, 2);
	exchange(t, 1, "hello\n");
	exchange(t, 2, "hello\n");
	need_threads(t, 2);
	threads = count_threads(t);
	inject(t,
	       &(struct witness_rule){.call = CALL_THREAD,
				      .action = ACT_FAIL,
				      .first = 1,
				      .times = 1,
				      .arg = EAGAIN},
	       N_("the next pthread_create() returns EAGAIN"));
	/* There may be idle threads in store. */
	while (!struck(t) && lost < 40)
		admit(t, ++lost);
	/* Where none is made, none can be missing. */
	if (has_store(t, threads, lost)) {
		exchange(t, lost, "hello\n");
		return;
	}
	need_struck(t, "pthread_create()");
	step(t, "expect that client %d's connection is closed", lost);
	if (!ends(t, lost) && main_process(t))
		fail_as(t, &create_unchecked, NOT_CLOSED,
			sentence(
				"client %d, for whom there is no thread, sees its "
				"connection closed",
				lost),
			sentence("it stays open, and nobody answers"));
	admit(t, lost + 1);
	exchange(t, lost + 1, "hello\n");
	exchange(t, 1, "still here\n");
	if (!stops(t) && main_process(t) && stops_otherwise(t))
		fail_as(t, &create_unchecked, NOT_EXITED,
			sentence("the server ends on SIGTERM"),
			sentence(
				"it goes on, as if it waited for the thread that "
				"could not be made"));
}

CHECK(pthread_race, "pthread.race", 9,
      "no two threads touch the same variable without an order",
      .hint = "Which variables do two threads use, and what stands between "
	      "them?",
      .slow = true, .races = true)
{
	serve_under(t, HELGRIND);
	admit(t, 8);
	need_threads(t, 8);
	for (int round = 0; round < 3; round++)
		talk_at_once(t, 1);
	leave(t, 1, 3);
	admit(t, 10);
	talk_at_once(t, 4);
	leave(t, 4, 5);
	signal_server(t, SIGTERM, "SIGTERM");
	settle(t);
	clear_away(t);
	expect_no_race(t);
}

#define CROWD 16
#define ROUNDS 3

/* With one client after another, are the totals right? */
static bool right_in_turn(struct trial *t, const struct summary *due)
{
	struct summary s = {0};
	int n;

	step(t, "experiment: are they right for one client after another?");
	inject(t, &(struct witness_rule){.call = CALL_NONE},
	       N_("no more faults"));
	serve(t);
	for (unsigned i = 0; i < CROWD; i++) {
		if (!connects(t, &n))
			return false;
		for (int round = 0; round < ROUNDS; round++)
			answers(t, n, chorus);
		hang_up(t, n);
		settle(t);
	}
	return stops(t) && read_summary(t, &s) && s.clients == due->clients &&
	       s.bytes == due->bytes;
}

static void expect_exact_totals(struct trial *t, const struct summary *due)
{
	char *expected = sentence("a line `served %llu clients, %llu bytes`",
				  due->clients, due->bytes);
	struct summary s = expect_summary(t, expected);

	if (s.clients == due->clients && s.bytes == due->bytes)
		return;
	fail_as(t,
		right_in_turn(t, due)	    ? &lost_updates
		: s.clients != due->clients ? &too_few_clients
					    : &summary_incomplete,
		WRONG_OUTPUT, expected,
		text("served %llu clients, %llu bytes", s.clients, s.bytes));
}

/* Some have left without a word, one stays and has talked: its bytes may count
 * or not. */
static void expect_totals_with_guests(struct trial *t)
{
	const char *expected =
		_("a line `served 3 clients, 6 bytes`, or 12 bytes");
	int n = (int)t->connections;
	struct summary s;

	step(t, "once more, with clients still connected");
	serve(t);
	admit(t, n + 3);
	exchange(t, n + 1, "hello\n");
	leave(t, n + 1, n + 1);
	exchange(t, n + 2, "hello\n");
	expect_stop(t);
	s = expect_summary(t, expected);
	if (s.clients != 3 || (s.bytes != 6 && s.bytes != 12))
		fail_as(t,
			s.clients != 3 ? &too_few_clients : &summary_incomplete,
			WRONG_OUTPUT, text("%s", expected),
			text("served %llu clients, %llu bytes", s.clients,
			     s.bytes));
}

CHECK(pthread_summary, "pthread.summary", 9,
      "totals are exact with 16 clients at once; SIGTERM, status 0",
      .hint = "How many steps is `bytes += n`, and who may come in between?",
      SUSPECTS(&sleeps_instead_of_waiting, &waits_for_clients,
	       &eintr_swallows_signal))
{
	struct summary due = {.clients = CROWD};

	serve(t);
	on_one_processor(t);
	admit(t, CROWD);
	/* The others count while the first has received and not yet sent. */
	hold_first_send(t);
	say(t, 1, chorus);
	wait_until(t, has_struck, NULL);
	expect_chorus(t, 2);
	for (int round = 1; round < ROUNDS; round++)
		expect_chorus(t, 1);
	for (int n = 1; n <= CROWD; n++)
		due.bytes += conn(t, n)->said;
	leave(t, 1, CROWD);
	expect_rest(t);
	expect_stop(t);
	expect_exact_totals(t, &due);
	expect_totals_with_guests(t);
}

CHECK(pthread_memory, "pthread.memory", 5,
      "no memory error under the tools, and none lost with a client",
      .hint = "Who frees what a thread was given, and when?", .slow = true)
{
	bool exact = crowded_session(t, MEMCHECK);

	exact &= crowded_session(t, SANITIZERS);
	expect_clean_memory(t, exact);
	expect_no_leak(t, DOZEN);
}

const struct lab lab_04_pthread = {
	.name = "04-pthread",
	.title = "a thread per client",
	.threads = true,
	.programs = (const char *const[]){"server", NULL},
	.suspects =
		(const struct diagnosis *const[]){
			&closed_for_all, &eof_ignored, &treats_data_as_string,
			&adds_terminator, &echo_whole_buffer, &mixed_up_clients,
			&waits_for_newline, &not_a_thread_per_client,
			&one_client_at_a_time, &waits_for_more,
			&one_message_only, NULL},
	.checks =
		(const struct check *const[]){
			&pthread_builds,
			&pthread_usage,
			&pthread_busy_port,
			&pthread_echo,
			&pthread_two_clients,
			&pthread_many,
			&pthread_threads,
			&pthread_own_socket,
			&pthread_own_buffer,
			&pthread_ends,
			&pthread_descriptors,
			&pthread_reset,
			&pthread_create_fails,
			&pthread_race,
			&pthread_summary,
			&pthread_memory,
			NULL,
		},
	TEACHES(TAUGHT_OF_ECHOES, &leak_per_client, &data_race, &lock_not_held,
		&exits_early, &loses_tail, &one_message_only, &connection_leak,
		&closed_twice, &closed_for_all, &sigpipe_kills_server,
		&reset_kills_server, &one_client_at_a_time, &still_forking,
		&not_a_thread_per_client, &mixed_up_clients,
		&shared_connection_variable, &shared_buffer, &threads_never_end,
		&threads_never_joined, &create_unchecked, &summary_missing,
		&summary_incomplete, &lost_updates, &too_few_clients,
		&waits_for_clients, &eintr_swallows_signal),
};
