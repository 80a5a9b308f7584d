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

/* Starting the server (words_program.c). */

/* Start `server PORT` and wait until it listens there: on a port that nobody
 * has used in this trial, or on this one.  With several in one check, one after
 * the other, the words below mean the last. */
void serve(struct trial *t);
void serve_on(struct trial *t, uint16_t port);
void serve_under(struct trial *t, enum tool tool);

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

/* Starting any program of the lab (words_program.c). */

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

/* Clients, numbered from 1 (words_client.c). */

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

/* The grader as server (words_client.c): connections are numbered as above. */

/* Take the port without accepting. */
void occupy_port(struct trial *t);
/* Accept the program's connection; its number. */
int expect_caller(struct trial *t);
/* Exactly these bytes come from the program. */
void expect_from(struct trial *t, int n, const char *s);
bool comes(struct trial *t, int n, const char *s);
void answer(struct trial *t, int n, const char *s);

/* Servers and clients at a path (words_unix.c), in labs that are local: serve(),
 * clients(), occupy_port() and the others mean the server's path there.  Names
 * are of files in the directory that the programs run in. */

/* serve(), at this path: a name, or absolute(). */
void serve_at(struct trial *t, const char *path);
const char *fresh_path(void);
const char *absolute(struct trial *t, const char *name);
/* Connect one more client, which is bound to this name; to this name without a
 * file (unix(7), Abstract). */
void client_called(struct trial *t, const char *name);
void client_abstract(struct trial *t, const char *name);
/* What client n, a program, is bound to; NULL: it is not.  The caller frees it. */
char *caller_name(struct trial *t, int n);
bool is_there(struct trial *t, const char *path);
bool is_socket_file(struct trial *t, const char *path);
void put_text_file(struct trial *t, const char *name, const char *content);
bool says(struct trial *t, const char *name, const char *content);
/* A name of n bytes that a socket of the submission is bound to. */
bool has_bound(struct trial *t, const char **name, size_t *n);
bool receives_at_path(struct trial *t);

/* Datagrams (words_datagram.c, words_receiver.c): senders are numbered from 1. */

/* Start `dgram_server PATH`, and wait until it is bound there; where it never is,
 * the word fails, says so, or skips the check. */
void serve_datagrams_at(struct trial *t, const char *path);
bool serves_datagrams(struct trial *t, enum tool tool);
bool serves_datagrams_again(struct trial *t);
void need_datagrams(struct trial *t);
/* A socket of the grader's; its number. */
int sender_called(struct trial *t, const char *name);
int sender_abstract(struct trial *t, const char *name);
int sender_unnamed(struct trial *t);
void sender_leaves(struct trial *t, int n);
void send_datagram(struct trial *t, int n, const void *data, size_t size);
bool sends(struct trial *t, int n, const void *data, size_t size);
bool has_sender(int n);
/* The next one that comes is this. */
void expect_datagram(struct trial *t, int n, const void *data, size_t size);
void expect_no_datagram(struct trial *t, int n);
void exchange_datagram(struct trial *t, int n, const void *data, size_t size);
void exchange_datagram_text(struct trial *t, int n, const char *s);
/* For experiments: take the next one, and say if it is this; if there is one, and
 * its size; if any sender has it, or one at all. */
bool gets_datagram(struct trial *t, int n, const void *data, size_t size);
bool gets_datagram_of(struct trial *t, int n, size_t *size);
bool somebody_else_has(struct trial *t, const void *data, size_t size);
bool more_datagrams(struct trial *t);
/* The grader as receiver, at the server's path. */
void receive_datagrams(struct trial *t);
void stop_receiving(struct trial *t);
void expect_datagram_from(struct trial *t, const char *s, const char *name);
bool datagram_comes(struct trial *t, const char *s);
bool answer_datagram(struct trial *t, const char *s);
/* Is it so?  The program has not received what it was sent from there. */
bool plays_receiver(void);
bool answer_is_unread(struct trial *t);

/* A writer and a reader meet in a directory (words_meeting.c). */

/* An empty directory for the programs started after this; the last one, and
 * all that the grader holds there, is let go. */
void meet(struct trial *t);
struct program *start_writer(struct trial *t);
struct program *start_reader(struct trial *t);
/* The writer makes segment and FIFOs, each as it is to be. */
void expect_meeting(struct trial *t, struct program *writer);
bool is_made(struct trial *t);
/* No segment is there, and nothing in the directory. */
void expect_nothing_left(struct trial *t);
bool is_anything_left(struct trial *t);
size_t count_segments(struct trial *t);
bool is_in_place(struct trial *t, const char *name);
/* Is the segment with the directory's key there?  How many have attached it? */
bool has_segment(struct trial *t);
unsigned long count_attached(struct trial *t);

/* The grader takes the reader's part (words_turns.c)… */

void join_as_reader(struct trial *t, struct program *writer);
void acknowledge(struct trial *t);
/* …or the writer's: makes everything, then waits for a reader. */
void host(struct trial *t);
void host_fifos_only(struct trial *t);
void join_as_writer(struct trial *t, struct program *reader);
bool joins_as_writer(struct trial *t);
void store(struct trial *t, const void *data, size_t n);
void give_turn(struct trial *t, char turn);

/* From the other side comes this byte, and no other. */
void expect_turn(struct trial *t, struct program *p, char turn);
/* The next byte from there; -1: there comes none. */
int next_turn(struct trial *t);
/* Something comes that nobody has asked for: a byte, or another message (0). */
enum outcome await_untimely(struct trial *t, unsigned char *turn);
/* This is what the segment holds, and the NUL. */
void expect_stored(struct trial *t, struct program *writer, const void *data,
		   size_t n);
bool is_stored(struct trial *t, const void *data, size_t n);
/* Close both FIFOs, detach the segment. */
void leave_meeting(struct trial *t);

/* Facts (words_fact.c). */

/* Living processes of the submission become this many. */
void expect_processes(struct trial *t, size_t n, const char *why);
size_t count_processes(struct trial *t);
size_t count_zombies(struct trial *t);
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

/* One thread for many clients (words_crowd.c). */

/* Keep what the kernel buffers of a connection small, so that it fills up soon:
 * in the trial's own network, for connections made from now on. */
void narrow_buffers(struct trial *t);
/* Start the server, connect clients 1 to n and have a word with each.  Where they
 * are served by threads or processes of their own the check is skipped, since it
 * is about one that serves them all. */
void serve_together(struct trial *t, int n);
/* crowd(), for those whom nobody may accept: they are not waited for, and they
 * are fewer than n if the queue is full and stays so.  Each says who he is. */
void call_out(struct trial *t, int n);
/* Threads of all the submission's processes; resident bytes of them. */
size_t count_all_threads(struct trial *t);
uint64_t resident_memory(struct trial *t);
/* From now on the server may have so many descriptors open. */
void limit_descriptors(struct trial *t, unsigned n);

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

/* Threads (words_thread.c, tools_thread.c). */

/* Of the server's main process: its threads, and the mappings of its memory,
 * of which each thread's stack is two. */
size_t count_threads(struct trial *t);
size_t count_mappings(struct trial *t);
/* With fewer threads than clients the check is skipped, since it is about
 * threads. */
void need_threads(struct trial *t, int clients);
/* Let all its threads, those to come as well, run on one and the same processor:
 * then two of them change a variable at the same moment only if one is
 * interrupted in between. */
void on_one_processor(struct trial *t);
/* Helgrind has found none. */
void expect_no_race(struct trial *t);

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
bool exits(struct trial *t, struct program *p);
bool listens(struct trial *t);
bool is_called(struct trial *t);
struct connection *conn(struct trial *t, int n);

#endif
