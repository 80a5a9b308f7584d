/* SPDX-License-Identifier: MIT */
/* 06_unix.c - lab 06: UNIX domain sockets, streams and datagrams */
#include "common.h"
#include "labs.h"
#include "line_client.h"
#include "sequential.h"
#include "sessions.h"
#include "unix.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"
#include "../words/peer.h"

#include <unistd.h>

static void to_upper(void *data, size_t n)
{
	unsigned char *p = data;

	for (size_t i = 0; i < n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (unsigned char)(p[i] - 'a' + 'A');
}

BUILD_CHECK(unix_builds, "unix.builds", 3,
	    "all four programs compile, with nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(unix_usage, "unix.usage", 3,
      "all four programs refuse a wrong number of arguments",
      .hint = "How many paths does each of them need?", .all_programs = true)
{
	static const char *const servers[] = {"server", "dgram_server"};
	static const char *const clients[] = {"client", "dgram_client"};

	for (size_t i = 0; i < 2; i++) {
		expect_complaint(t, run(t, servers[i], NULL), &no_usage_check,
				 ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, servers[i], "a", "b", NULL),
				 &no_usage_check, ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, clients[i], NULL), &no_usage_check,
				 ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, clients[i], "a", NULL),
				 &no_usage_check, ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, clients[i], "a", "b", "c", NULL),
				 &no_usage_check, ABOUT_USAGE, NULL, NULL);
	}
}

/* ---- the stream server ---- */

CHECK(unix_upper, "unix.upper", 7,
      "small letters come back as capitals, all else as it was",
      .hint = "For which numbers is toupper() defined?", .gate = true,
      SUSPECTS(&signed_char_toupper))
{
	unsigned char every[256];

	for (size_t i = 0; i < sizeof(every); i++)
		every[i] = (unsigned char)i;
	serve_to_stay(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	exchange(t, 1, "Hello, World: 3 of 4 {done}, no newline");
	exchange_bytes(t, 1, "ab\0cd\n", 6);
	exchange_bytes(t, 1, every, sizeof(every));
	expect_nothing_more(t, 1);
	clear_away(t);
	inject(t,
	       &(struct witness_rule){.call = CALL_TOUPPER,
				      .action = ACT_FAIL,
				      .first = 1,
				      .every = 1},
	       N_("toupper() of a negative number is '?': the C standard promises "
		  "nothing"));
	serve(t);
	clients(t, 2);
	exchange_bytes(t, 2, every + 128, 128);
}

CHECK(unix_next_client, "unix.next-client", 5,
      "when a client has left the next is served: 50 in turn",
      .hint = "Where does the program go after close()?")
{
	serve_at(t, absolute(t, "server.socket"));
	visit(t, 1);
	expect_rest(t);
	visits(t, 2, 50);
}

CHECK(unix_half_close, "unix.half-close", 4,
      "a client that ends its sending gets every byte, then the end",
      .hint = "recv() has returned 0: is everything sent that came before?",
      SUSPECTS(&exits_after_first_client, &one_message_only, &loses_tail))
{
	answers_half_closed(t);
}

CHECK(unix_descriptors, "unix.descriptors", 4,
      "after 50 clients no more descriptors are open than after one",
      .hint = "How many descriptors does each accept() add, and each close() "
	      "remove?")
{
	int after_one;

	serve(t);
	visit(t, 1);
	after_one = count_descriptors(t);
	visits(t, 2, 51);
	expect_descriptors(t, after_one, _("after the first client"));
}

CHECK(unix_reset, "unix.reset", 6,
      "a client that breaks its connection ends its own turn only",
      .hint = "Writing to a connection that is gone raises a signal: which?",
      SUSPECTS(&sigpipe_kills_server, &reset_kills_server))
{
	static char letters[8192];
	int before;

	random_letters(t, letters, sizeof(letters));
	serve(t);
	visit(t, 1);
	before = count_descriptors(t);
	/* To close with an answer unread is a reset: recv() fails. */
	clients(t, 2);
	stop_reading(t, 2);
	say(t, 2, "hello\n");
	settle(t);
	hang_up(t, 2);
	settle(t);
	visit(t, 3);
	/* The client is gone before it is answered: send() fails. */
	clients(t, 4);
	exchange(t, 4, "hello\n");
	freeze(t);
	say_bytes(t, 4, letters, sizeof(letters));
	hang_up(t, 4);
	thaw(t);
	settle(t);
	visit(t, 5);
	expect_descriptors(t, before, _("before"));
}

/* ---- names ---- */

CHECK(unix_client_name, "unix.client-name", 6,
      "the path that each client is bound to is printed, exactly",
      .hint = "How does accept() say how much of the address it has set?")
{
	char *longest = name_of_length(NAME_ROOM), first[] = "first-client",
	     none[] = "unnamed", me[] = "me";

	serve(t);
	settle(t);
	t->server->expected = t->server->printed.n;
	client_called(t, first);
	is_announced(t, first, "");
	clients(t, 2);
	is_announced(t, none, first);
	client_called(t, me);
	is_announced(t, me, first);
	client_called(t, longest);
	is_announced(t, longest, me);
	clients(t, 5);
	is_announced(t, none, longest);
	client_abstract(t, "no-file");
	settle(t);
	hang_up(t, 6);
	settle(t);
	no_strange_name(t, longest + 20);
	client_called(t, "one-more");
	exchange(t, 7, "hello\n");
}

/* ---- paths ---- */

CHECK(unix_stale_path, "unix.stale-path", 5,
      "a socket left by a dead server does not keep the next out",
      .hint = "What is left of a bound socket when its program is killed?")
{
	const char *paths[] = {"left-over", absolute(t, "left-behind")};
	int n = 1;

	for (size_t i = 0; i < 2; i++) {
		serve_at(t, paths[i]);
		clients(t, n++);
		starts_where_one_died(t, paths[i], false);
		clients(t, n);
		exchange(t, n++, "hello\n");
	}
}

CHECK(unix_live_server, "unix.live-server", 4,
      "a path where a server lives is left to it",
      .hint = "How do you find out whether anybody still listens there?")
{
	struct program *second;
	pid_t first;

	serve(t);
	first = main_process(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	second = run(t, "server", t->path, NULL);
	expect_refusal(t, second, &takes_over_path);
	exchange(t, 1, "still here\n");
	hang_up(t, 1);
	settle(t);
	expect_not_taken_over(t, first);
	clients(t, 2);
	exchange(t, 2, "hello\n");
}

CHECK(unix_keeps_files, "unix.keeps-files", 4,
      "what is no socket stays, and the program says so and ends",
      .hint = "What does unlink() do to a file that is no socket?",
      .all_programs = true)
{
	struct program *p;

	serve(t); /* or this would be passed by a program that does nothing */
	clear_away(t);
	leaves_file_alone(t, "server");
	t->path = fresh_path();
	occupy_port(t);
	put_text_file(t, "diary.txt", "keep me too");
	p = run(t, "client", t->path, "diary.txt", NULL);
	exits(t, p);
	expect_refusal(t, p,
		       witness_saw_success(t, CALL_BIND) ? &unlinks_anything
							 : &client_not_bound);
	expect_kept(t, "diary.txt", "keep me too");
}

CHECK(unix_long_path, "unix.long-path", 5,
      "107 bytes of path work; what is too long is refused, not cut",
      .hint = "How many bytes has sun_path, and who counts them?",
      .slow = true, /* its experiment needs the sanitizers */
      .all_programs = true)
{
	char *fits = name_of_length(NAME_ROOM - 1), *own, *too_long;
	struct program *p;
	int n;

	serve_at(t, fits);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	clear_away(t);
	unlinkat(t->box, fits, 0);
	takes_or_refuses(t, "server", true);
	refuses_long_paths(t, "server");
	calls_no_shorter(t, NAME_ROOM - 1);
	calls_no_shorter(t, NAME_ROOM);
	t->path = fits;
	close(t->listener);
	occupy_port(t);
	own = name_of_length(NAME_ROOM - 1);
	own[0] = 'M';
	p = run(t, "client", fits, own, NULL);
	n = expect_caller(t);
	expect_called(t, n, own);
	converse(t, p, n, "hello\n");
	clear_away(t);
	too_long = name_of_length(NAME_ROOM + 1);
	too_long[0] = 'T';
	refuses_length(t, run(t, "client", fits, too_long, NULL), "client",
		       too_long);
}

CHECK(unix_abstract, "unix.abstract", 2,
      "no abstract name comes about that was not asked for",
      .hint = "What does bind() make of a sun_path that begins with a NUL?")
{
	serve(t);
	clear_away(t);
	refuses_empty_path(t);
	takes_at_sign_as_asked(t);
}

/* ---- the end ---- */

CHECK(unix_cleanup, "unix.cleanup", 5,
      "neither server nor client leaves a socket file behind",
      .hint = "Who removes the file that bind() has made, and when?",
      .all_programs = true, SUSPECTS(&eintr_swallows_signal))
{
	struct program *p;
	int n;

	serve(t);
	visit(t, 1);
	ends_cleanly(t, t->server);
	serve_at(t, absolute(t, "with-a-client"));
	clients(t, 2);
	exchange(t, 2, "hello\n");
	settle(t);
	ends_cleanly(t, t->server);
	hang_up(t, 2);
	clear_away(t);
	t->server = NULL;
	t->parent = 0;
	t->path = fresh_path();
	occupy_port(t);
	p = run(t, "client", t->path, "me", NULL);
	n = expect_caller(t);
	converse(t, p, n, "hello\n");
	end_of_input(t, p);
	expect_exit(t, p, 0);
	expect_removed(t, "me");
	p = run(t, "client", "nobody", "me-too", NULL);
	if (exits(t, p))
		expect_removed(t, "me-too");
}

/* ---- the stream client ---- */

CHECK(unix_client_lines, "unix.client-lines", 4,
      "the client has its name, sends each line, prints what comes",
      .hint = "Does the client wait for as many bytes as it has sent?",
      .program = "client")
{
	struct program *p;
	int n;

	occupy_port(t);
	p = run(t, "client", t->path, "me", NULL);
	n = expect_caller(t);
	expect_called(t, n, "me");
	converse(t, p, n, "hello\n");
	converse(t, p, n, "\n");
	converse(t, p, n, text("a second line%s one\n", long_winded));
	converse(t, p, n, "100 %x\n");
	converse_last(t, p, n, "no newline at the end");
}

CHECK(unix_client_pieces, "unix.client-pieces", 3,
      "answers in pieces, or two in one, are put together right",
      .hint = "Is one recv() one answer?", .program = "client",
      SUSPECTS(&assumes_one_recv_per_send))
{
	struct program *p;

	occupy_port(t);
	p = run(t, "client", absolute(t, t->path), absolute(t, "me"), NULL);
	takes_any_pieces(t, p, expect_caller(t));
}

CHECK(unix_client_refused, "unix.client-refused", 3,
      "where nobody listens the client says so, and fails",
      .hint = "What does connect() return, and who looks?", .program = "client")
{
	expect_complaint(t, run(t, "client", "nobody", "me", NULL),
			 &connect_unchecked, ABOUT_ERROR, "connect",
			 "No such file or directory");
	occupy_port(t);
	step(t, "that server dies; its socket's file stays");
	close(t->listener);
	t->listener = -1;
	expect_complaint(t, run(t, "client", t->path, "me-again", NULL),
			 &connect_unchecked, ABOUT_ERROR, "connect",
			 "Connection refused");
}

/* ---- datagrams ---- */

CHECK(unix_dgram, "unix.dgram", 6,
      "each datagram is answered by one, to its sender, in order",
      .hint = "Whose datagram was that, and how do you know?",
      .program = "dgram_server",
      SUSPECTS(&treats_data_as_string, &boundary_lost, &datagram_cut))
{
	int a, b;

	serve_datagrams_at(t, t->path);
	a = sender_called(t, "a");
	b = sender_called(t, "b");
	exchange_datagram_text(t, a, "hello\n");
	exchange_datagram_text(t, b, "no newline");
	exchange_datagram_text(t, a, "two lines\nin one\n");
	answers_all_lengths(t, a, b);
	answers_in_order(t, a, b);
	expect_rest(t);
}

CHECK(unix_dgram_empty, "unix.dgram-empty", 3,
      "an empty datagram is answered by an empty one",
      .hint = "What does 0 from recvfrom() mean where nothing is connected?",
      .program = "dgram_server", SUSPECTS(&empty_datagram_is_eof))
{
	int a;

	need_datagrams(t);
	a = sender_called(t, "a");
	exchange_datagram_text(t, a, "hello\n");
	exchange_datagram(t, a, "", 0);
	exchange_datagram_text(t, a, "still here\n");
	exchange_datagram(t, a, "", 0);
}

CHECK(unix_dgram_unnamed, "unix.dgram-unnamed", 3,
      "a sender without a name is skipped, the next is served",
      .hint = "What does recvfrom() tell of a sender that never called bind()?",
      .program = "dgram_server", SUSPECTS(&unnamed_sender_kills_server))
{
	int a, nobody, b;

	need_datagrams(t);
	a = sender_called(t, "a");
	exchange_datagram_text(t, a, "hello\n");
	nobody = sender_unnamed(t);
	passes_over(t, nobody, "who am I?\n", a);
	passes_over(t, sender_abstract(t, "no-file"), "and I?\n", a);
	clear_away(t);
	need_datagrams(t); /* and this time the very first is unnamed */
	send_datagram(t, nobody, "who am I?\n", 10);
	settle(t);
	b = sender_called(t, "b");
	exchange_datagram_text(t, b, "hello\n");
}

CHECK(unix_dgram_gone, "unix.dgram-gone", 4,
      "a sender that has gone, or never reads, does not stop it",
      .hint = "Whose trouble is it when sendto() fails, or has to wait?",
      .program = "dgram_server", SUSPECTS(&dead_client_stops_server))
{
	int a, b, c, d;

	need_datagrams(t);
	a = sender_called(t, "a");
	b = sender_called(t, "b");
	exchange_datagram_text(t, a, "hello\n");
	exchange_datagram_text(t, b, "hello\n");
	freeze(t);
	send_datagram(t, a, "goodbye\n", 8);
	sender_leaves(t, a);
	thaw(t);
	exchange_datagram_text(t, b, "still here\n");
	c = sender_called(t, "c");
	freeze(t);
	send_datagram(t, c, "goodbye\n", 8);
	sender_leaves(t, c);
	step(t, "and removes its name");
	unlinkat(t->box, "c", 0);
	thaw(t);
	exchange_datagram_text(t, b, "still here\n");
	d = sender_called(t, "d");
	/* Its queue holds 11 (max_dgram_qlen in a network of its own, and one). */
	for (int i = 0; i < 16; i++)
		send_datagram(t, d, "I never read\n", 13);
	settle(t);
	exchange_datagram_text(t, b, "still here\n");
}

CHECK(unix_dgram_path, "unix.dgram-path", 3,
      "dgram_server treats its path as server does",
      .hint = "What of server.c does dgram_server.c need as well?",
      .slow = true, /* as unix.long-path */
      .program = "dgram_server")
{
	struct program *p;

	need_datagrams(t);
	starts_where_one_died(t, t->path, true);
	p = run(t, "dgram_server", t->path, NULL);
	expect_refusal(t, p, &takes_over_path);
	exchange_datagram_text(t, sender_called(t, "a"), "still here\n");
	clear_away(t);
	leaves_file_alone(t, "dgram_server");
	clear_away(t);
	serve_datagrams_at(t, name_of_length(NAME_ROOM - 1));
	clear_away(t);
	unlinkat(t->box, t->path, 0);
	takes_or_refuses(t, "dgram_server", false);
	refuses_long_paths(t, "dgram_server");
	serve_datagrams_at(t, fresh_path());
	settle(t);
	ends_cleanly(t, t->program[t->programs - 1]);
}

CHECK(unix_dgram_client, "unix.dgram-client", 4,
      "dgram_client sends each line as one, prints each answer",
      .hint = "How does the answer to a datagram find its way back?",
      .program = "dgram_client", SUSPECTS(&boundary_lost))
{
	char *name = name_of_length(NAME_ROOM - 1), *longest;
	struct program *p;

	longest = name_of_length(8192);
	longest[8191] = '\n';
	receive_datagrams(t);
	p = run(t, "dgram_client", t->path, name, NULL);
	converse_in_datagrams(t, p, "hello\n", name);
	converse_in_datagrams(t, p, "\n", name);
	converse_in_datagrams(t, p, longest, name);
	converse_in_two(t, p, name);
	end_of_input(t, p);
	expect_exit(t, p, 0);
	expect_removed(t, name);
	stop_receiving(t);
	p = run(t, "dgram_client", t->path, "me", NULL);
	type(t, p, "is anybody there?\n");
	expect_complaint(t, p, &connect_unchecked, OF_ANY_KIND, NULL, NULL);
	expect_removed(t, "me");
}

/* ---- memory ---- */

static bool client_session(struct trial *t, enum tool tool)
{
	struct program *p;

	t->tool = tool;
	p = run(t, "client", t->path, text("client-%d", (int)tool), NULL);
	t->tool = PLAIN;
	return line_session(t, p);
}

CHECK(unix_memory, "unix.memory", 4,
      "no memory error under valgrind and the sanitizers",
      .hint = "What happens when a name, or a message, exactly fills its room?",
      .slow = true, .all_programs = true)
{
	bool exact = telling_session(t, MEMCHECK);

	exact &= telling_session(t, SANITIZERS);
	naming_session(t);
	exact &= datagram_session(t, MEMCHECK);
	exact &= datagram_session(t, SANITIZERS);
	t->path = fresh_path();
	receive_datagrams(t);
	exact &= datagram_client_session(t, MEMCHECK);
	exact &= datagram_client_session(t, SANITIZERS);
	t->path = fresh_path();
	occupy_port(t);
	exact &= client_session(t, MEMCHECK);
	exact &= client_session(t, SANITIZERS);
	expect_clean_memory(t, exact);
}

const struct lab lab_06_unix = {
	.name = "06-unix",
	.title = "UNIX domain sockets: streams and datagrams at a path",
	.programs = (const char *const[]){"server", "client", "dgram_server",
					  "dgram_client", NULL},
	.local = true,
	.answer = to_upper,
	SUSPECTS(&exits_after_first_client, &eof_ignored, &one_message_only,
		 &stdout_not_flushed, ECHO_SUSPECTS, &not_upper_case,
		 &changes_other_bytes, &reply_to_nobody),
	.checks =
		(const struct check *const[]){
			&unix_builds,
			&unix_usage,
			&unix_upper,
			&unix_next_client,
			&unix_half_close,
			&unix_descriptors,
			&unix_reset,
			&unix_client_name,
			&unix_stale_path,
			&unix_live_server,
			&unix_keeps_files,
			&unix_long_path,
			&unix_abstract,
			&unix_cleanup,
			&unix_client_lines,
			&unix_client_pieces,
			&unix_client_refused,
			&unix_dgram,
			&unix_dgram_empty,
			&unix_dgram_unnamed,
			&unix_dgram_gone,
			&unix_dgram_path,
			&unix_dgram_client,
			&unix_memory,
			NULL,
		},
	TEACHES(TAUGHT_OF_SERVERS, &exits_before_client, &exits_early,
		&connect_unchecked, &stdout_not_flushed, &loses_tail,
		&one_message_only, &exits_after_first_client, &connection_leak,
		&sigpipe_kills_server, &reset_kills_server,
		&assumes_one_recv_per_send, &eintr_swallows_signal,
		&signed_char_toupper, &not_upper_case, &changes_other_bytes,
		&no_unlink, &unlinks_anything, &takes_over_path, &path_overflow,
		&path_truncated, &abstract_by_accident, &peer_length_ignored,
		&name_not_printed, &client_not_bound, &socket_file_left,
		&reply_to_nobody, &boundary_lost, &datagram_cut,
		&empty_datagram_is_eof, &unnamed_sender_kills_server,
		&dead_client_stops_server),
};
