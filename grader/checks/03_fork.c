/* SPDX-License-Identifier: MIT */
/* 03_fork.c - lab 03: a process per client */
#include "common.h"
#include "labs.h"
#include "log_lines.h"
#include "sessions.h"
#include "summary.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

BUILD_CHECK(fork_builds, "fork.builds", 3,
	    "server.c compiles, and the compiler has nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(fork_usage, "fork.usage", 3, "bad arguments are refused, with a word why",
      .hint = "Is the port looked at before anything is opened?")
{
	refuses_bad_usage(t);
}

CHECK(fork_busy_port, "fork.busy-port", 3,
      "a port that is taken is reported: which call, which error",
      .hint = "SO_REUSEADDR does not share a port with a server that listens: "
	      "what does bind() say then?")
{
	reports_busy_port(t);
}

CHECK(fork_echo, "fork.echo", 5, "what a client sends comes back, all of it",
      .hint = "Does the child know which socket is its client's?", .gate = true)
{
	serve(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	exchange(t, 1, "no newline");
	exchange_bytes(t, 1, "ab\0cd\200\377\n", 8);
	expect_nothing_more(t, 1);
	end_sending(t, 1);
	expect_nothing_more(t, 1);
}

CHECK(fork_two_clients, "fork.two-clients", 11,
      "client 2 is answered while client 1 says nothing",
      .hint = "While the server waits for client 1 to speak, who listens to "
	      "client 2?")
{
	serve(t);
	clients(t, 2);
	exchange(t, 2, "hello\n");
}

CHECK(fork_processes, "fork.processes", 5,
      "each client is served by a process of its own",
      .hint = "How many processes are there with three clients connected?")
{
	size_t before, now;

	serve(t);
	settle(t);
	before = count_processes(t);
	for (int n = 1; n <= 3; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
		settle(t);
		step(t, "count the server's processes");
		now = count_processes(t);
		if (now != before + (size_t)n || !serving_process(t, n))
			fail_as(t,
				conn(t, n)->eof ? &one_message_only
						: &not_a_process_per_client,
				WRONG_FACT,
				sentence("%zu processes: %zu before the first "
					 "client, and one for each",
					 before + (size_t)n, before),
				text("%zu", now));
	}
}

CHECK(fork_many, "fork.many", 6,
      "50 clients at once get each its own bytes back",
      .hint = "Which variables does a child share with the parent?")
{
	char message[64];

	serve(t);
	clients(t, 50);
	for (int n = 1; n <= 50; n++) {
		snprintf(message, sizeof(message), "I am client %d\n", n);
		say(t, n, message);
	}
	for (int n = 50; n >= 1; n--) {
		snprintf(message, sizeof(message), "I am client %d\n", n);
		expect_echo(t, n, message);
	}
}

/* Only the parent may still be alive, whatever became of the others. */
static bool alone(struct trial *t, void *arg)
{
	return count_processes(t) <= *(size_t *)arg;
}

/* Where children do not end there is nothing to reap. */
static void need_ends(struct trial *t, size_t before)
{
	if (wait_until(t, alone, &before) != DONE && main_process(t))
		skip(t, "a child does not end when its client has left: see "
			"fork.child-ends");
}

/* Clients `from` to `to`, who have connected, leave together. */
static void leave(struct trial *t, int from, int to)
{
	for (int n = from; n <= to; n++)
		hang_up(t, n);
}

static bool no_zombies(struct trial *t, void *arg)
{
	(void)arg;
	return count_zombies(t) == 0;
}

CHECK(fork_reaps, "fork.reaps", 7,
      "no zombie is left after 20 clients have come and gone",
      .hint = "Who asks for the exit status of a child that has ended?")
{
	size_t before;

	serve(t);
	settle(t);
	before = count_processes(t);
	for (int n = 1; n <= 20; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
		if (n == 1)
			need_child(t, 1);
		leave(t, n, n);
		need_ends(t, before);
		settle(t);
	}
	step(t, "expect no zombie among the server's children");
	if (wait_until(t, no_zombies, NULL) != DONE)
		fail_as(t, &zombies, WRONG_FACT, sentence("no zombie"),
			sentence("%zu zombies, 20 clients having left",
				 count_zombies(t)));
}

CHECK(fork_reaps_burst, "fork.reaps-burst", 6,
      "no zombie is left after ten children have ended at once",
      .hint = "Ten children end together: how many SIGCHLD arrive?")
{
	size_t before, left;
	pid_t parent;

	serve(t);
	settle(t);
	before = count_processes(t);
	for (int n = 1; n <= 10; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
		if (n == 1)
			need_child(t, 1);
	}
	parent = main_process(t);
	step(t, "stop the parent (SIGSTOP) while its ten children end");
	send_signal(parent, SIGSTOP);
	wait_until(t, is_stopped, &parent);
	leave(t, 1, 10);
	need_ends(t, before);
	step(t, "let the parent go on (SIGCONT)");
	send_signal(parent, SIGCONT);
	step(t, "expect no zombie among its children");
	if (wait_until(t, no_zombies, NULL) == DONE)
		return;
	left = count_zombies(t);
	fail_as(t, left >= 10 ? &zombies : &one_wait_per_signal, WRONG_FACT,
		sentence("no zombie"),
		sentence(
			"%zu zombies: ten children have ended, %zu were reaped",
			left, 10 - left));
}

CHECK(fork_waits_not, "fork.waits-not", 4,
      "the parent accepts while children are alive",
      .hint = "In which call is the parent while a child works?")
{
	serve(t);
	for (int n = 1; n <= 3; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
	}
	exchange(t, 1, "still here\n");
}

CHECK(fork_interrupted, "fork.interrupted", 5,
      "a child's end does not disturb a parent in accept()",
      .hint = "What does accept() return when a signal interrupts it?")
{
	size_t before;

	serve(t);
	settle(t);
	before = count_processes(t);
	for (int n = 1; n <= 3; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
		if (n == 1)
			need_child(t, 1);
		hang_up(t, n);
		need_ends(t, before);
		settle(t);
	}
}

CHECK(fork_aborted, "fork.aborted", 3,
      "a client that gives up before accept() ends no server",
      .hint = "Is every error of accept() the server's own?",
      SUSPECTS(&accept_error_kills_server))
{
	int gave_up;

	inject(t,
	       &(struct witness_rule){.call = CALL_ACCEPT,
				      .action = ACT_ABORT,
				      .first = 1,
				      .times = 1},
	       N_("the first client has given up: its accept() fails with "
		  "ECONNABORTED"));
	serve(t);
	connects(t, &gave_up);
	settle(t);
	clients(t, 2);
	exchange(t, 2, "hello\n");
	if (!ends(t, gave_up))
		skip(t, "the fault never met the program: it does not call "
			"accept() of the C library");
}

CHECK(fork_parent_closes, "fork.parent-closes", 6,
      "the parent keeps no connection: a client sees its child end",
      .hint = "After fork(), how many descriptors refer to the connection?",
      SUSPECTS(&connection_open_in_parent))
{
	serve(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	need_child(t, 1);
	if (main_process(t) && holds_client(t, main_process(t), 1))
		fail_as(t, &connection_open_in_parent, WRONG_FACT,
			sentence("only the child holds client 1's connection"),
			sentence("the parent holds it too"));
	end_sending(t, 1);
	expect_end(t, 1);
}

CHECK(fork_child_closes, "fork.child-closes", 4,
      "no child keeps the listening socket",
      .hint = "Which descriptors does a child inherit, and which does it need?")
{
	pid_t child;

	serve(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	child = need_child(t, 1);
	step(t, "look at the child's open descriptors");
	if (child && holds_listener(t, child))
		fail_as(t, &listener_open_in_child, WRONG_FACT,
			sentence("the child has closed the listening socket"),
			sentence("it still holds it"));
}

CHECK(fork_child_ends, "fork.child-ends", 5,
      "a child ends when its client has left",
      .hint = "Where does the child go when its loop is over?",
      SUSPECTS(&child_falls_through))
{
	const char *expected = _("the child of client 1 ends");
	size_t before;
	enum outcome o;

	serve(t);
	settle(t);
	before = count_processes(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	need_child(t, 1);
	hang_up(t, 1);
	step(t, "expect that %s", expected);
	o = wait_until(t, alone, &before);
	if (o != DONE)
		fail(t, o == IS_BUSY ? symptom_of(t, o) : NOT_EXITED,
		     text("%s", expected),
		     sentence("%zu processes, %zu before it; %s",
			      count_processes(t), before, state_of(t, o)));
	if (witness_saw(t, CALL_ACCEPT, EBADF))
		fail_as(t, &child_falls_through, WRONG_FACT,
			sentence("%s, without another accept()", expected),
			sentence(
				"the child has called accept() on the listening "
				"socket that it had closed"));
}

CHECK(fork_restart, "fork.restart", 5,
      "a server that was killed can be started again at once",
      .hint = "Who still holds the port when the server is gone?")
{
	serve(t);
	clients(t, 2);
	exchange(t, 1, "hello\n");
	kill_server(t);
	if (serves_again(t))
		return;
	fail_as(t,
		reuseaddr_after_bind.holds(t) ? &reuseaddr_after_bind
					      : &no_reuseaddr,
		NOTHING,
		sentence("the server listens on port %u again", t->port),
		state_of(t, IS_GONE));
}

CHECK(fork_crash, "fork.crash", 3,
      "when one child crashes the others, and the parent, go on",
      .hint = "What does the parent do when waitpid() reports a crash?")
{
	serve(t);
	for (int n = 1; n <= 3; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
		if (n == 1)
			need_child(t, 1);
	}
	settle(t);
	step(t, "client 1's process crashes (SIGSEGV)");
	send_signal(serving_process(t, 1), SIGSEGV);
	settle(t);
	if (!main_process(t) || !serving_process(t, 2) ||
	    !serving_process(t, 3))
		fail_as(t,
			eintr_kills_accept.holds(t) ? &eintr_kills_accept
						    : &crash_takes_all,
			WRONG_FACT,
			sentence("the parent and the other children are alive"),
			main_process(t)
				? sentence("the parent is, but clients 2 and 3 "
					   "have lost their processes")
				: state_of(t, IS_GONE));
	exchange(t, 2, "still here\n");
	exchange(t, 3, "still here\n");
	clients(t, 4);
	exchange(t, 4, "hello\n");
}

CHECK(fork_fork_fails, "fork.fork-fails", 3,
      "when fork() fails one client is lost, and its socket closed",
      .hint = "What does fork() return when it fails, and which branch is that?",
      SUSPECTS(&fork_unchecked))
{
	serve(t);
	clients(t, 2);
	exchange(t, 1, "hello\n");
	need_child(t, 1);
	exchange(t, 2, "hello\n");
	exchange(t, 1, "still here\n");
	inject(t,
	       &(struct witness_rule){.call = CALL_FORK,
				      .action = ACT_FAIL,
				      .first = 1,
				      .times = 1,
				      .arg = EAGAIN},
	       N_("the next fork() fails with EAGAIN"));
	clients(t, 3);
	settle(t);
	need_struck(t, "fork()");
	step(t, "expect that client 3's connection is closed");
	if (!ends(t, 3) && main_process(t))
		fail_as(t,
			holds_client(t, main_process(t), 1)
				? &connection_open_in_parent
				: &fork_unchecked,
			NOT_CLOSED,
			sentence(
				"client 3, for whom there is no process, sees its "
				"connection closed"),
			sentence("it stays open, and nobody answers"));
	clients(t, 4);
	exchange(t, 4, "hello\n");
	exchange(t, 1, "still here\n");
	signal_server(t, SIGTERM, "SIGTERM");
	settle(t);
	if (witness_saw_kill_everyone(t))
		fail_as(t, &fork_unchecked, WRONG_FACT,
			sentence(
				"the children are sent a signal, each by its pid"),
			sentence(
				"kill(-1): fork()'s error was kept as if it were "
				"a pid, and -1 means every process there is"));
}

static char *printed_so_far(struct trial *t)
{
	const struct bytes *b = &t->server->printed;

	return b->n ? readable(b->data, b->n, 300) : sentence("nothing");
}

CHECK(fork_log, "fork.log", 4,
      "a line names each client's address, port and process, once",
      .hint = "When does what printf() was given reach a pipe?")
{
	struct log_line line[4];
	struct log_count count;
	char *seen;
	int missing = 0;
	size_t before, printed;

	serve(t);
	settle(t);
	before = t->server->printed.n;
	for (int n = 1; n <= 3; n++) {
		clients(t, n);
		exchange(t, n, "hello\n");
		need_child(t, n);
		line[n] = line_for(t, n);
		step(t, "look for a line with 127.0.0.1, port %s and pid %s",
		     line[n].port, line[n].pid);
		if (!missing && !count_log(t, &line[n]).right)
			missing = n;
	}
	seen = printed_so_far(t);
	printed = t->server->printed.n;
	leave(t, 1, 3);
	settle(t);
	for (int n = 1; n <= 3; n++)
		if (count_log(t, &line[n]).copies > 1)
			fail_as(t, &stdio_copied_by_fork, WRONG_OUTPUT,
				sentence("a line for each client, once"),
				printed_so_far(t));
	if (!missing)
		return;
	/* What shows only now was held back; what is not right is wrong. */
	count = count_log(t, &line[missing]);
	fail_as(t,
		!count.right && printed > before ? &wrong_log_line
						 : &log_missing,
		WRONG_OUTPUT,
		sentence("while client %d is connected, a line with 127.0.0.1, "
			 "port %s and pid %s",
			 missing, line[missing].port, line[missing].pid),
		seen);
}

CHECK(fork_summary, "fork.summary", 6,
      "on SIGTERM the totals appear, and no process is left behind",
      .hint = "A child counts in its own memory: how does the parent learn of "
	      "it?",
      SUSPECTS(&sleeps_instead_of_waiting, &eintr_swallows_signal))
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
		hang_up(t, n);
		sum += size;
	}
	expect_rest(t);
	expect_stop(t);
	expect_totals(t, 20, sum, sum);
	sums_up_with_clients(t);
}

CHECK(fork_memory, "fork.memory", 3,
      "no memory error under valgrind and the sanitizers",
      .hint = "What happens when a message exactly fills your buffer?",
      .slow = true)
{
	bool exact = telling_session(t, MEMCHECK);

	exact &= telling_session(t, SANITIZERS);
	expect_clean_memory(t, exact);
}

const struct lab lab_03_fork = {
	.name = "03-fork",
	.title = "a process per client",
	.programs = (const char *const[]){"server", NULL},
	.suspects =
		(const struct diagnosis *const[]){
			&eof_ignored, &treats_data_as_string, &adds_terminator,
			&echo_whole_buffer, &mixed_up_clients, &waits_for_child,
			&eintr_kills_accept, &waits_for_newline,
			&one_client_at_a_time, &waits_for_more,
			&one_message_only, NULL},
	.checks =
		(const struct check *const[]){
			&fork_builds,	     &fork_usage,
			&fork_busy_port,     &fork_echo,
			&fork_two_clients,   &fork_processes,
			&fork_many,	     &fork_reaps,
			&fork_reaps_burst,   &fork_waits_not,
			&fork_interrupted,   &fork_aborted,
			&fork_parent_closes, &fork_child_closes,
			&fork_child_ends,    &fork_restart,
			&fork_crash,	     &fork_fork_fails,
			&fork_log,	     &fork_summary,
			&fork_memory,	     NULL,
		},
	TEACHES(TAUGHT_OF_ECHOES, &exits_early, &loses_tail, &connection_leak,
		&sigpipe_kills_server, &reset_kills_server,
		&one_client_at_a_time, &waits_for_child,
		&not_a_process_per_client, &mixed_up_clients, &zombies,
		&one_wait_per_signal, &eintr_kills_accept,
		&accept_error_kills_server, &fork_unchecked,
		&connection_open_in_parent, &listener_open_in_child,
		&child_falls_through, &reuseaddr_after_bind, &no_reuseaddr,
		&crash_takes_all, &log_missing, &wrong_log_line,
		&stdio_copied_by_fork, &summary_missing, &summary_not_shared,
		&summary_incomplete, &too_few_clients, &orphans_left,
		&eintr_swallows_signal),
};
