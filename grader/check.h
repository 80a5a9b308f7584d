/* SPDX-License-Identifier: MIT */
/* check.h - what a check is, and the words to write one with: read this first */

/*
 * A check is one claim of a handout and, in about a dozen words, the
 * experiment that proves it:
 *
 *	CHECK(two_clients, "fork.two-clients", 10,
 *	      "client 2 is answered while client 1 says nothing",
 *	      .hint = "While the server waits for client 1, who hears client 2?",
 *	      SUSPECTS(&one_client_at_a_time))
 *	{
 *		serve(t);
 *		clients(t, 2);
 *		exchange(t, 2, "hello\n");
 *	}
 *
 * Every check runs in a process and a world of its own (room.h): all ports are
 * free, nothing is left of other checks, and whatever it starts is ended for
 * it.  A word does what it says, notes it in the transcript, and does not
 * return if it fails: the trial then asks the suspects, in order, to confirm
 * themselves on the live program, and the first that does names the failure.
 * A check that reaches its end has passed.  No word sleeps: "nothing comes" is
 * known from the program's being quiet (wait.c).
 *
 * The words below are those of all labs.  Words that only some need stand in
 * words/: peer.h (the grader as server), thread.h and crowd.h (many clients of
 * one process), path.h and datagram.h (AF_UNIX), meeting.h and turns.h (shared
 * memory and FIFOs).
 *
 * A lab's checks stand in its table (course.h) in the handout's order; one
 * that is left out of it does not compile.  To add a check: write it in
 * checks/NN_name.c, put it into the table there, give it a heading in the
 * handout, and a mutant in tests/mutants/ that it catches.
 */
#ifndef GRADER_CHECK_H
#define GRADER_CHECK_H

#include "course.h"
#include "trial.h"
#include "witness.h"

#include <stdint.h>

#define SUSPECTS(...)                                 \
	.suspects = (const struct diagnosis *const[]) \
	{                                             \
		__VA_ARGS__, NULL                     \
	}

/* Of a lab: the headings under Frequent mistakes in its handout. */
#define TEACHES(...)                                 \
	.teaches = (const struct diagnosis *const[]) \
	{                                            \
		__VA_ARGS__, NULL                    \
	}

#define CHECK(name, id_, points_, claim_, ...)                 \
	static void name##_body(struct trial *t);              \
	static const struct check name = {.id = (id_),         \
					  .points = (points_), \
					  .claim = (claim_),   \
					  .body = name##_body, \
					  __VA_ARGS__};        \
	static void name##_body(struct trial *t)

/* A check that the build alone decides: the programs compile, no warning. */
#define BUILD_CHECK(name, id_, points_, claim_, ...)           \
	static const struct check name = {.id = (id_),         \
					  .points = (points_), \
					  .claim = (claim_),   \
					  __VA_ARGS__}

/* Starting the server (words/program.c). */

/* Start `server PORT` and wait until it listens there: on a port that nobody
 * has used in this trial, or on this one.  With several in one check, one after
 * the other, the words below mean the last. */
void serve(struct trial *t);
void serve_on(struct trial *t, uint16_t port);
void serve_under(struct trial *t, enum tool tool);

/* The server, which has been where its clients call, has not ended. */
void expect_not_gone(struct trial *t);

/* Kill every process of the submission and wait until they are gone. */
void kill_server(struct trial *t);

/* The same, with no line in the transcript. */
void clear_away(struct trial *t);

/* Stop (SIGSTOP) all processes of the submission; let them go on. */
void freeze(struct trial *t);
void thaw(struct trial *t);

/* Let the witness disturb calls from now on; `what` goes into the transcript.
 * Replaces the fault injected before. */
void inject(struct trial *t, const struct witness_rule *rule, const char *what);

/* The same, with no line in the transcript. */
void arm(struct trial *t, const struct witness_rule *rule);

/* WHO_FIRST in a rule means the next program that is started; wait until it is
 * known, before yet another one is. */
void aim_at_next(struct trial *t);
void await_aim(struct trial *t);

/* How often the injected fault has struck. */
unsigned struck(struct trial *t);

/* If never, skip: the program lives but does not make this call where the
 * witness could see it. */
void need_struck(struct trial *t, const char *call);

/* Starting any program of the lab (words/program.c). */

/* argv after the program's name, ended by NULL. */
struct program *run(struct trial *t, const char *name, ...)
	__attribute__((sentinel));
void type(struct trial *t, struct program *p, const char *s);
void end_of_input(struct trial *t, struct program *p);
/* s stands on stdout, after what was expected there before. */
void expect_printed(struct trial *t, struct program *p, const char *s);
/* It ends, with this exit status; -1: with any but 0. */
void expect_exit(struct trial *t, struct program *p, int status);
/* It ends, not with 0, and has said why on stderr; `otherwise` names what it is
 * when it goes on or ends with 0.  `word` is the culprit, or the call. */
enum complaint {
	ABOUT_USAGE, /* a line that starts with "usage:", or names the culprit */
	ABOUT_ERROR, /* a line with the call and its error */
	OF_ANY_KIND, /* any line */
};
void expect_complaint(struct trial *t, struct program *p,
		      const struct diagnosis *otherwise, enum complaint about,
		      const char *word, const char *error);
/* Let it come to rest: blocked in the kernel, using no CPU time. */
void expect_rest(struct trial *t);
/* It rests, and its time-outs, if it has any, are not so short that it asks
 * hundreds of times a second. */
void expect_long_rest(struct trial *t);
void signal_server(struct trial *t, int signal, const char *name);
/* kill(), but nothing for a pid that is none. */
void send_signal(pid_t pid, int signal);

/* Clients, numbered from 1 (words/client.c). */

/* Connect clients, in turn, until there are n; the same in one step of the
 * transcript.  While the server's queue is full nobody calls. */
void clients(struct trial *t, int n);
void crowd(struct trial *t, int n);
void say(struct trial *t, int n, const char *s);
void say_bytes(struct trial *t, int n, const void *data, size_t size);
void expect_echo(struct trial *t, int n, const char *s);
void expect_bytes(struct trial *t, int n, const void *data, size_t size);
/* say() and expect_echo(). */
void exchange(struct trial *t, int n, const char *s);
void exchange_bytes(struct trial *t, int n, const void *data, size_t size);
/* Nothing more comes; end of file may. */
void expect_nothing_more(struct trial *t, int n);
/* Nothing more comes, but end of file. */
void expect_end(struct trial *t, int n);
/* Shut down the sending side; close; close with a reset (RST). */
void end_sending(struct trial *t, int n);
void hang_up(struct trial *t, int n);
void reset(struct trial *t, int n);
/* What arrives stays in the kernel; is read again. */
void stop_reading(struct trial *t, int n);
void read_on(struct trial *t, int n);
/* What was said is in the kernel's hands, or nothing moves any more. */
void settle(struct trial *t);

/* Facts (words/fact.c). */

size_t count_processes(struct trial *t);
size_t count_zombies(struct trial *t);
/* For wait_until(): `pid` points to that of a process. */
bool is_stopped(struct trial *t, void *pid);
int count_descriptors(struct trial *t);
/* The server's first process, or its heir if it made a daemon of itself; 0 when
 * it is gone, though its children may not be.  Of other programs the eldest. */
pid_t main_process(struct trial *t);
/* The process, other than the main one, that serves client n; 0: none. */
pid_t serving_process(struct trial *t, int n);
/* The same; without one the check is skipped, since it is about children. */
pid_t need_child(struct trial *t, int n);
/* Sockets of a TCP state at the server's port. */
size_t count_sockets(struct trial *t, int state);
/* Does the process hold the server's end of client n, or the listener? */
bool holds_client(struct trial *t, pid_t pid, int n);
bool holds_listener(struct trial *t, pid_t pid);
/* Is it blocked in this system call (its name as in state_of())? */
bool blocked_in(pid_t pid, const char *call);

/* The tools (tools.c, tools_thread.c). */

/* Findings of memcheck and of the sanitizers so far: fails with the first.
 * `echo_exact`: what was sent back was byte for byte right, so no uninitialised
 * byte went to a client. */
void expect_clean_memory(struct trial *t, bool echo_exact);
/* For experiments: have they found anything? */
bool tools_have_found(struct trial *t);
/* Memory that nobody can free any more at the end of a program that had so many
 * clients: not as many blocks from one place.  Memcheck looks for it where the
 * lab teaches leak-per-client. */
void expect_no_leak(struct trial *t, size_t clients_gone);

/* Test data: the same for the same seed and check. */
void random_bytes(struct trial *t, void *to, size_t n);
/* Small letters only, so that nothing but their order is at stake. */
void random_letters(struct trial *t, void *to, size_t n);
/* Message lengths at which buffers overflow, ended by 0. */
extern const size_t telling_sizes[];

/* For experiments: the same as their loud sisters, reporting instead. */
bool connects(struct trial *t, int *n);
bool answers(struct trial *t, int n, const char *s);
bool answers_bytes(struct trial *t, int n, const void *data, size_t size);
bool serves_again(struct trial *t);
bool ends(struct trial *t, int n);
bool comes_to_rest(struct trial *t);
/* No wait since the latest program was started has been ended by one that was
 * busy, or that dozed over what it had to do: with such a one every further wait
 * takes long. */
bool is_restful(struct trial *t);
/* Nor has any rest been one with time-outs that run out again and again. */
bool sleeps_soundly(struct trial *t);
bool exits(struct trial *t, struct program *p);
bool listens(struct trial *t);
struct connection *conn(struct trial *t, int n);

#endif
