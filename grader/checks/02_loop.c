/* SPDX-License-Identifier: MIT */
/* 02_loop.c - lab 02: one client after another, for as long as each stays */
#include "common.h"
#include "labs.h"
#include "line_client.h"
#include "sequential.h"
#include "sessions.h"

#include "../diagnoses.h"
#include "../language.h"
#include "../words/peer.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

BUILD_CHECK(loop_builds, "loop.builds", 4,
	    "server.c and client.c compile, with nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(loop_usage, "loop.usage", 4,
      "both programs refuse bad arguments, with a word why",
      .hint = "How many arguments does each need, and which of them is a port?",
      .all_programs = true)
{
	static const char *const bad[] = {"abc", "0", "65536", "80x"};

	refuses_bad_usage(t);
	expect_complaint(t, run(t, "client", NULL), &no_usage_check,
			 ABOUT_USAGE, NULL, NULL);
	expect_complaint(t, run(t, "client", "127.0.0.1", NULL),
			 &no_usage_check, ABOUT_USAGE, NULL, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_complaint(t, run(t, "client", "127.0.0.1", bad[i], NULL),
				 &no_usage_check, ABOUT_USAGE, bad[i], NULL);
	expect_complaint(t, run(t, "client", "127.0.0.1", "7007", "x", NULL),
			 &no_usage_check, ABOUT_USAGE, NULL, NULL);
}

CHECK(loop_busy_port, "loop.busy-port", 3,
      "a port that is taken is reported: which call, which error",
      .hint = "Which wrapper would have said it for you?")
{
	reports_busy_port(t);
}

CHECK(loop_many_messages, "loop.many-messages", 9,
      "of 100 messages on one connection each comes back",
      .hint = "What ends the loop that receives: a message, or the client?",
      .gate = true)
{
	char message[64];

	serve_to_stay(t);
	clients(t, 1);
	for (int i = 1; i <= 100; i++) {
		snprintf(message, sizeof(message), "message %d%s%s", i,
			 i % 2 ? long_winded : "", i % 2 ? "\n" : "");
		exchange(t, 1, message);
	}
	expect_no_more(t, 1);
}

CHECK(loop_next_client, "loop.next-client", 9,
      "when a client has left the next is served: 50 in turn",
      .hint = "Where does the program go after close()?")
{
	serve(t);
	visits(t, 1, 50);
}

CHECK(loop_queued_client, "loop.queued-client", 6,
      "a client that connects meanwhile waits, and has its turn",
      .hint = "Who keeps a connection that has not been accepted yet?",
      SUSPECTS(&drops_queued_client))
{
	serve(t);
	clients(t, 1);
	exchange(t, 1, "first\n");
	clients(t, 2);
	say(t, 2, "second\n");
	exchange(t, 1, "still here\n");
	hang_up(t, 1);
	expect_echo(t, 2, "second\n");
}

CHECK(loop_half_close, "loop.half-close", 8,
      "who ends its sending still gets every byte, then the end",
      .hint = "recv() has returned 0: is everything sent that came before?",
      SUSPECTS(&exits_after_first_client, &one_message_only, &loses_tail))
{
	answers_half_closed(t);
}

CHECK(loop_descriptors, "loop.descriptors", 7,
      "after 50 clients no more descriptors are open than after one",
      .hint = "How many descriptors does each accept() add, and each close() "
	      "remove?")
{
	int after_one;

	serve(t);
	visit(t, 1);
	after_one = count_descriptors(t);
	visits(t, 2, 51);
	expect_all_closed(t, after_one, 0);
}

CHECK(loop_end_of_file, "loop.end-of-file", 6,
      "a client's end of file ends its turn; nothing spins on it",
      .hint = "What does recv() return when the client has closed?")
{
	serve(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	expect_rest(t);
	hang_up(t, 1);
	expect_rest(t);
	if (count_sockets(t, TCP_CLOSE_WAIT) > 0)
		fail(t, NOT_CLOSED,
		     sentence("the server closes the connection too"),
		     sentence(
			     "it is in CLOSE_WAIT: closed by the client only"));
	clients(t, 2);
	end_sending(t, 2);
	expect_rest(t);
}

/* Why the rest of a long message may be missing; last, because it is left when
 * nothing else is: a short count. */
#define LONG_SUSPECTS                                                     \
	&exits_after_first_client, &one_message_only, &waits_for_newline, \
		&waits_for_more, &short_write_ignored

CHECK(loop_large, "loop.large", 7,
      "1 MiB goes both ways at once to a client that reads late",
      .hint = "What does send() return when the socket's buffer is nearly full?",
      SUSPECTS(&treats_data_as_string, LONG_SUSPECTS))
{
	size_t n = (1u << 20) + 577; /* no multiple of anybody's buffer */
	unsigned char *data = must_calloc(1, n);

	random_bytes(t, data, n);
	serve(t);
	clients(t, 1);
	stop_reading(t, 1);
	say_bytes(t, 1, data, n);
	settle(t);
	read_on(t, 1);
	expect_bytes(t, 1, data, n);
	expect_no_more(t, 1);
}

CHECK(loop_short_io, "loop.short-io", 8,
      "short counts of send() and recv() lose nothing",
      .hint = "send() may take less than it was given: who sends the rest?",
      SUSPECTS(LONG_SUSPECTS))
{
	static char letters[10000];

	random_letters(t, letters, sizeof(letters));
	halve_sends(t);
	serve(t);
	clients(t, 1);
	exchange_bytes(t, 1, letters, sizeof(letters));
	exchange(t, 1, "and another one\n");
	clear_away(t);
	inject(t,
	       &(struct witness_rule){.call = CALL_READ,
				      .action = ACT_ONE,
				      .on = ON_SOCKET,
				      .first = 1,
				      .every = 1},
	       N_("every recv() gives a single byte"));
	serve(t);
	clients(t, 2);
	exchange(t, 2, "a line that comes in many pieces\n");
	exchange(t, 2, "and another one\n");
}

CHECK(loop_reset, "loop.reset", 7,
      "a client that resets its connection ends its own turn only",
      .hint = "Writing to a connection that is gone raises a signal: which?",
      SUSPECTS(&sigpipe_kills_server, &reset_kills_server))
{
	static char letters[8192];
	int before;

	random_letters(t, letters, sizeof(letters));
	serve(t);
	visit(t, 1);
	before = count_descriptors(t);
	clients(t, 2);
	exchange(t, 2, "hello\n");
	reset(t, 2);
	settle(t);
	visit(t, 3);
	clients(t, 4);
	exchange(t, 4, "hello\n");
	freeze(t);
	say_bytes(t, 4, letters, sizeof(letters));
	end_sending(t, 4);
	reset(t, 4);
	thaw(t);
	settle(t);
	visit(t, 5);
	expect_descriptors(t, before, _("before the resets"));
}

static bool client_session(struct trial *t, enum tool tool)
{
	struct program *p;
	char port[8];

	snprintf(port, sizeof(port), "%u", t->port);
	t->tool = tool;
	p = run(t, "client", "127.0.0.1", port, NULL);
	t->tool = PLAIN;
	step(t, "the program connects to port %u", t->port);
	return line_session(t, p);
}

CHECK(loop_memory, "loop.memory", 5,
      "no memory error under valgrind and the sanitizers",
      .hint = "What happens when a message exactly fills your buffer?",
      .slow = true, .all_programs = true)
{
	bool exact = telling_session(t, MEMCHECK);

	exact &= telling_session(t, SANITIZERS);
	t->port = fresh_port(t);
	occupy_port(t);
	exact &= client_session(t, MEMCHECK);
	exact &= client_session(t, SANITIZERS);
	expect_clean_memory(t, exact);
}

/* The client */

static struct program *call(struct trial *t, const char *host)
{
	char port[8];

	snprintf(port, sizeof(port), "%u", t->port);
	return run(t, "client", host, port, NULL);
}

static size_t times_printed(const struct program *p, const char *s)
{
	size_t n = strlen(s), times = 0;

	for (size_t i = 0; i + n <= p->printed.n; i++)
		times += memcmp(p->printed.data + i, s, n) == 0;
	return times;
}

/* It is ready for the next line. */
static void expect_alive(struct trial *t, struct program *p)
{
	settle(t);
	if (p->ended)
		fail(t, symptom_of(t, IS_GONE),
		     sentence("the client waits for the next line"),
		     state_of(t, IS_GONE));
}

/* A longer line first: what is left of it in a buffer must not come again. */
static void converse_shorter(struct trial *t, struct program *p, int n)
{
	char *longer = text("a second line%s one\n", long_winded);
	size_t before;

	converse(t, p, n, longer);
	before = times_printed(p, long_winded);
	converse(t, p, n, "short\n");
	settle(t);
	if (times_printed(p, long_winded) > before)
		fail_as(t, &treats_data_as_string, WRONG_OUTPUT,
			sentence("the shorter line is printed, and no more"),
			sentence("the rest of the line before it follows"));
	free(longer);
}

CHECK(loop_client_lines, "loop.client-lines", 5,
      "the client sends each line, and prints what comes back",
      .hint = "Does the client wait for as many bytes as it has sent?",
      .program = "client")
{
	struct program *p;
	int n;

	occupy_port(t);
	p = call(t, "127.0.0.1");
	n = expect_caller(t);
	converse(t, p, n, "hello\n");
	converse(t, p, n, "\n");
	converse_shorter(t, p, n);
	converse_last(t, p, n, "no newline at the end");
}

CHECK(loop_client_name, "loop.client-name", 2,
      "the client takes a host's name, not only its address",
      .hint = "Which call turns a name into an address?", .program = "client",
      SUSPECTS(&name_not_resolved))
{
	struct program *p;

	occupy_port(t);
	p = call(t, "localhost");
	converse(t, p, expect_caller(t), "hello\n");
}

CHECK(loop_client_pieces, "loop.client-pieces", 4,
      "answers in pieces, or two in one, are put together right",
      .hint = "Is one recv() one answer?", .program = "client",
      SUSPECTS(&assumes_one_recv_per_send))
{
	struct program *p;

	occupy_port(t);
	p = call(t, "127.0.0.1");
	takes_any_pieces(t, p, expect_caller(t));
}

CHECK(loop_client_refused, "loop.client-refused", 2,
      "where nobody listens the client says so; its status is not 0",
      .hint = "What does connect() return, and who looks?", .program = "client")
{
	expect_complaint(t, call(t, "127.0.0.1"), &connect_unchecked,
			 ABOUT_ERROR, "connect", "Connection refused");
}

CHECK(loop_client_server_gone, "loop.client-server-gone", 4,
      "when the server goes the client says so; its status is not 0",
      .hint = "What do recv() and send() tell about a server that is gone?",
      .program = "client", SUSPECTS(&sigpipe_kills_client))
{
	struct program *p;
	int n;

	occupy_port(t);
	p = call(t, "127.0.0.1");
	n = expect_caller(t);
	converse(t, p, n, "hello\n");
	expect_alive(t, p);
	hang_up(t, n);
	type(t, p, "are you there?\n");
	expect_complaint(t, p, &eof_ignored, OF_ANY_KIND, NULL, NULL);
	p = call(t, "127.0.0.1");
	n = expect_caller(t);
	converse(t, p, n, "hello\n");
	end_sending(t, n);
	reset(t, n);
	type(t, p, "are you there?\n");
	expect_complaint(t, p, &eof_ignored, OF_ANY_KIND, NULL, NULL);
}

const struct lab lab_02_loop = {
	.name = "02-loop",
	.title = "one client after another, and a client of our own",
	.programs = (const char *const[]){"server", "client", NULL},
	SUSPECTS(&exits_after_first_client, &eof_ignored, &one_message_only,
		 &stdout_not_flushed, &port_not_network_order,
		 &ignores_port_argument, ECHO_SUSPECTS),
	.checks =
		(const struct check *const[]){
			&loop_builds,
			&loop_usage,
			&loop_busy_port,
			&loop_many_messages,
			&loop_next_client,
			&loop_queued_client,
			&loop_half_close,
			&loop_descriptors,
			&loop_end_of_file,
			&loop_large,
			&loop_short_io,
			&loop_reset,
			&loop_memory,
			&loop_client_lines,
			&loop_client_name,
			&loop_client_pieces,
			&loop_client_refused,
			&loop_client_server_gone,
			NULL,
		},
	TEACHES(TAUGHT_OF_ECHOES, &exits_early, &connect_unchecked,
		&name_not_resolved, &stdout_not_flushed, &short_write_ignored,
		&loses_tail, &one_message_only, &exits_after_first_client,
		&drops_queued_client, &connection_leak, &sigpipe_kills_server,
		&sigpipe_kills_client, &reset_kills_server,
		&assumes_one_recv_per_send),
};
