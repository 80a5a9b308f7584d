/* SPDX-License-Identifier: MIT */
/* diagnoses.c - every named misconception: what it is, where it is taught, and
 * the experiment that confirms it */

/*
 * An experiment is asked only after an expectation broke, on the program as it
 * stands there.  It reads the evidence (t->seen), or does something more with
 * soft words and looks what happens.  One that changes nothing comes before
 * one that does, in every check's list of suspects.
 */
#include "diagnoses.h"

#include "check.h"
#include "record.h"
#include "sockets.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* Building */

const struct diagnosis does_not_compile = {
	.id = "does-not-compile",
	.title = "The program does not compile",
	.text = "The compiler has refused it; the first error it printed is "
		"the one to mend, later ones are often only its echo. Nothing "
		"that needs this program can be judged before.",
	.taught = "01 02 03",
};

const struct diagnosis compiler_warnings = {
	.id = "compiler-warnings",
	.title = "The compiler warns",
	.text = "In C a warning nearly always means a mistake that will show "
		"itself at run time: a missing header, a wrong type, a value "
		"that is never set. Read it as an error.",
	.taught = "01 02 03",
};

/* Starting */

const struct diagnosis never_listens = {
	.id = "never-listens",
	.title = "No socket ever listens on the port",
	.text = "A client can only connect once a socket has been bound to "
		"the port and listen() has been called on it. Look at the "
		"result of socket(), bind() and listen(), in this order.",
	.taught = "01 02 03",
};

/* A client's call that went to another port; a server's is seen by serve(). */
static uint16_t called_instead(struct trial *t)
{
	uint16_t port = t->server ? 0 : witness_called_port(t);

	return port == t->port ? 0 : port;
}

static bool called_swapped(struct trial *t)
{
	return called_instead(t) == (uint16_t)(t->port << 8 | t->port >> 8);
}

const struct diagnosis port_not_network_order = {
	.id = "port-not-network-order",
	.title = "The port is not in network byte order",
	.text = "sin_port takes the port with its high byte first. On this "
		"machine the low byte comes first in memory, so without "
		"htons() the two bytes change places and the program listens "
		"on another port, or calls another.",
	.taught = "01",
	.holds = called_swapped,
};

static bool called_elsewhere(struct trial *t)
{
	return called_instead(t) != 0;
}

const struct diagnosis ignores_port_argument = {
	.id = "ignores-port-argument",
	.title = "It uses another port than it was told to",
	.text = "The port is an argument of the program. A fixed number in "
		"the source, or a number read wrongly from argv, gives "
		"another one. Without bind(), or bound to port 0 (which "
		"htonl() in place of htons() makes of every port), the kernel "
		"chooses one.",
	.taught = "01",
	.holds = called_elsewhere,
};

static bool nobody_was_accepted(struct trial *t)
{
	return t->seen.symptom == EXITED && !witness_saw(t, CALL_ACCEPT, 0);
}

const struct diagnosis exits_before_client = {
	.id = "exits-before-client",
	.title = "The server ends before a client has come",
	.text = "accept() has to wait for a client. If the socket does not "
		"block, or accept() fails and nobody looks, the program runs "
		"on to its end.",
	.taught = "01",
	.holds = nobody_was_accepted,
};

static bool seems_busy(struct trial *t)
{
	return t->seen.symptom == BUSY;
}

const struct diagnosis busy_loop = {
	.id = "busy-loop",
	.title = "The program spins: it uses CPU time while nothing happens",
	.text = "A loop asks again and again for something that is not there. "
		"A blocking call (accept, recv, poll without a time-out) "
		"waits in the kernel and costs nothing.",
	.taught = "01 02 03",
	.holds = seems_busy,
};

static bool any_sleeps(struct trial *t)
{
	static struct look l;
	enum symptom s = t->seen.symptom;

	if (s != SILENCE && s != NOT_CLOSED && s != NOT_EXITED &&
	    s != WRONG_OUTPUT)
		return false;
	probe_processes(&l, t->agent);
	for (size_t i = 0; i < l.n; i++)
		if (blocked_in(l.p[i].pid, "nanosleep"))
			return true;
	return false;
}

const struct diagnosis sleeps_instead_of_waiting = {
	.id = "sleeps-instead-of-waiting",
	.title = "The program sleeps instead of waiting",
	.text = "sleep() and its kin wake up too late or for nothing. A call "
		"that blocks until the awaited thing happens (accept, recv, "
		"poll) wakes up just then.",
	.taught = "01 02 03",
	.holds = any_sleeps,
};

const struct diagnosis crash = {
	.id = "crash",
	.title = "The program was killed by a signal",
	.text = "A signal like SIGSEGV ends the program where it stands: a "
		"pointer that points nowhere, argv[1] that is not there, a "
		"buffer that was overrun. `gdb` or a build with "
		"-fsanitize=address shows the line.",
	.taught = "01 02 03",
};

const struct diagnosis exits_early = {
	.id = "exits-early",
	.title = "The program has ended though it had to go on",
	.text = "Something that a single client did, or an error that concerned "
		"only one client, has ended the whole server; or a client "
		"program did not go on to the end of its input. Look for an "
		"exit(), a return from main() or a wrapper that exits.",
	.taught = "02 03",
};

const struct diagnosis uses_up_everything = {
	.id = "uses-up-everything",
	.title = "The program has used up all that it was given",
	.text = "Memory, processes or output grew until the limits of a trial "
		"were reached, and it was ended from outside. A loop that "
		"allocates, forks or prints without end is the usual reason.",
	.taught = "01 02 03",
};

/* Arguments and set-up errors */

const struct diagnosis no_usage_check = {
	.id = "no-usage-check",
	.title = "Bad arguments are not refused",
	.text = "The program has to look at argc and at every character of the "
		"port before it does anything: atoi() takes `80x` for 80 and "
		"`abc` for 0. strtol() tells where the number ended.",
	.taught = "01 02 03",
};

const struct diagnosis bind_unchecked = {
	.id = "bind-unchecked",
	.title = "A failing bind() goes unnoticed",
	.text = "Another server has the port, so bind() returned -1 with "
		"EADDRINUSE, but the program went on as if it had worked. "
		"Every system call can fail; the result says so.",
	.taught = "01 02 03",
};

const struct diagnosis error_unexplained = {
	.id = "error-unexplained",
	.title = "The program ends with an error, but does not say which",
	.text = "Whoever started it needs one line on stderr: which call "
		"failed and why (strerror(errno)), or how the program wants "
		"to be called. sys_err() prints the first kind.",
	.taught = "01 02 03",
};

const struct diagnosis connect_unchecked = {
	.id = "connect-unchecked",
	.title = "A failing connect() goes unnoticed",
	.text = "Nobody listens there, so connect() returned -1 with "
		"ECONNREFUSED, but the client went on as if it were "
		"connected.",
	.taught = "02",
};

static bool address_helps(struct trial *t)
{
	char port[8];

	if (t->connections)
		return false; /* with the name it came through, too */
	step(t, "experiment: does it connect to 127.0.0.1?");
	clear_away(t);
	snprintf(port, sizeof(port), "%u", t->port);
	run(t, "client", "127.0.0.1", port, NULL);
	return is_called(t);
}

const struct diagnosis name_not_resolved = {
	.id = "name-not-resolved",
	.title = "The host's name is not looked up",
	.text = "inet_pton() and inet_addr() understand only dotted addresses "
		"like 127.0.0.1. getaddrinfo() takes names and addresses "
		"alike.",
	.taught = "02",
	.holds = address_helps,
};

/* Bytes */

static bool end_of_input_shows_it(struct trial *t)
{
	struct program *p = t->programs ? t->program[t->programs - 1] : NULL;
	const struct bytes *want = &t->seen.want;

	if (t->seen.symptom != WRONG_OUTPUT || !p || p->ended || p->in < 0)
		return false;
	step(t, "experiment: does it appear at the program's end?");
	end_of_input(t, p);
	settle(t);
	return p->printed.n > p->expected &&
	       memmem(p->printed.data + p->expected, p->printed.n - p->expected,
		      want->data, want->n);
}

const struct diagnosis stdout_not_flushed = {
	.id = "stdout-not-flushed",
	.title = "Output is held back in a buffer",
	.text = "printf() and its kin collect what they print. On a terminal "
		"it appears line by line, but into a pipe or a file only when "
		"the buffer is full or the program ends. fflush(stdout) "
		"brings it out at once.",
	.taught = "02",
	.holds = end_of_input_shows_it,
};

/* Where a server may end with its client: that is not what was wrong. */
static bool left_the_message(struct trial *t)
{
	const struct evidence *s = &t->seen;

	return s->symptom == EXITED && s->connection && !s->got.n &&
	       conn(t, s->connection)->error == ECONNRESET;
}

const struct diagnosis no_reply = {
	.id = "no-reply",
	.title = "What goes in does not come out again",
	.text = "The bytes arrived in the program's socket, but nothing came "
		"out of the other end. The message says where the program is "
		"now: that is the call to look at.",
	.taught = "01 02 03",
	.holds = left_the_message,
};

static bool newline_helps(struct trial *t)
{
	int n = t->seen.connection;
	uint64_t before;

	if (t->seen.symptom != SILENCE || !n || !t->seen.want.n ||
	    conn(t, n)->fd < 0 ||
	    memchr(t->seen.want.data, '\n', t->seen.want.n))
		return false;
	before = conn(t, n)->arrived;
	step(t, "experiment: does a newline set it going?");
	say(t, n, "\n");
	settle(t);
	/* An echo of the newline alone would be no proof. */
	return conn(t, n)->arrived > before + 1 &&
	       conn(t, n)->arrived >= before + t->seen.want.n - t->seen.got.n;
}

const struct diagnosis waits_for_newline = {
	.id = "waits-for-newline",
	.title = "The answer is held back until a newline comes",
	.text = "TCP carries bytes, not lines. fgets() and line-buffered "
		"streams wait for a newline that a client need not send; what "
		"recv() returns has to go back as it is.",
	.taught = "01 02 03",
	.holds = newline_helps,
};

static bool end_of_file_helps(struct trial *t)
{
	int n = t->seen.connection;
	uint64_t before;

	if (t->seen.symptom != SILENCE || !n || conn(t, n)->fd < 0)
		return false;
	before = conn(t, n)->arrived;
	step(t, "experiment: does end of file set it going?");
	end_sending(t, n);
	settle(t);
	if (t->listener >= 0 && !t->seen.got.n &&
	    t->program[t->programs - 1]->ended)
		return true;
	return conn(t, n)->arrived > before;
}

const struct diagnosis waits_for_more = {
	.id = "waits-for-more",
	.title = "The answer is held back until more comes, or the end",
	.text = "recv() returns as soon as some bytes are there, and they have "
		"to go back then: a client may wait for its echo before it "
		"says more. To fill a buffer first (MSG_WAITALL, readn(), "
		"fread()), or to read up to end of file, leaves both waiting "
		"for each other.",
	.taught = "01 02 03",
	.holds = end_of_file_helps,
};

const struct diagnosis wrong_bytes = {
	.id = "wrong-bytes",
	.title = "Other bytes come back than were sent",
	.text = "An echo is byte for byte: not one more, not one fewer, in the "
		"same order. The transcript shows the first that differs.",
	.taught = "01 02 03",
};

/* More came than should have, after bytes that were right: with the last
 * message, or, found out only now, with one before it. */
static bool too_much(struct trial *t)
{
	int n = t->seen.connection;

	if (t->seen.symptom == EXTRA_BYTES)
		return true;
	return t->seen.symptom == WRONG_BYTES && n &&
	       (t->seen.offset > 0 || conn(t, n)->arrived > t->seen.got.n);
}

const char long_winded[] = ", which is longer than the next";

/* A word that a program adds by itself is text, short, and not ours. */
static bool is_own_word(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isprint(p[i]) && !isspace(p[i]))
			return false;
	return n < 64 && !memmem(p, n, long_winded + 1, 8);
}

static bool much_too_much(struct trial *t)
{
	const struct bytes *got = &t->seen.got;
	int n = t->seen.connection;

	if (!too_much(t) || got->n - t->seen.offset <= 2 ||
	    is_own_word(got->data + t->seen.offset, got->n - t->seen.offset))
		return false;
	return t->listener >= 0 || !n ||
	       conn(t, n)->arrived > conn(t, n)->said + 2;
}

const struct diagnosis echo_whole_buffer = {
	.id = "echo-whole-buffer",
	.title = "The whole buffer goes back, not what was received",
	.text = "recv() returned how many bytes came; only those belong to the "
		"message. The rest of the buffer is left-over memory, and "
		"sending sizeof buffer sends it too.",
	.taught = "01 02 03",
	.holds = much_too_much,
};

/* One or two of NUL, CR, LF, and then the message that was to come, if any. */
static bool a_little_too_much(struct trial *t)
{
	const unsigned char *got = t->seen.got.data + t->seen.offset;
	const unsigned char *want = t->seen.want.data + t->seen.offset;
	size_t n = t->seen.got.n - t->seen.offset;
	size_t due = t->seen.want.n - t->seen.offset;

	if (!too_much(t))
		return false;
	for (size_t k = 1; k <= 2 && k <= n && strchr("\r\n", got[k - 1]);
	     k++) {
		size_t rest = n - k < due ? n - k : due;

		if (t->seen.symptom == EXTRA_BYTES
			    ? k == n
			    : rest && memcmp(got + k, want,
					     rest < 8 ? rest : 8) == 0)
			return true;
	}
	return false;
}

const struct diagnosis adds_terminator = {
	.id = "adds-terminator",
	.title = "A byte that nobody sent is added at the end",
	.text = "The NUL that ends a C string, or a newline from puts() and "
		"its kin, went out with the message. Send exactly the number "
		"of bytes that recv() returned.",
	.taught = "01 02 03",
	.holds = a_little_too_much,
};

static bool stops_at_nul(struct trial *t)
{
	const struct bytes *want = &t->seen.want, *got = &t->seen.got;
	const unsigned char *nul =
		want->n ? memchr(want->data, 0, want->n) : NULL;
	size_t k = nul ? (size_t)(nul - want->data) : 0;

	if (!nul || t->seen.offset > k + 1)
		return false;
	/* All up to the first NUL came, and then something else, or nothing. */
	return t->seen.offset >= k &&
	       (got->n <= k + 1 || t->seen.symptom == WRONG_BYTES);
}

const struct diagnosis treats_data_as_string = {
	.id = "treats-data-as-string",
	.title = "The data are handled as a C string",
	.text = "strlen(), strcpy() and printf(\"%s\") stop at the first NUL, "
		"but a client may send NUL like any other byte; and where none "
		"came they run on into what the buffer held before. Lengths "
		"come from recv(), not from the contents.",
	.taught = "01 02 03",
	.holds = stops_at_nul,
};

static bool only_the_beginning(struct trial *t)
{
	const struct evidence *s = &t->seen;

	return s->got.n > 0 && s->got.n < s->want.n && s->offset == s->got.n;
}

/* The rest is still unread, or was when the program closed the connection,
 * which the kernel answers with a reset. */
static bool rest_was_left(struct trial *t)
{
	static struct tcp_sockets all;
	size_t unread = 0;

	tcp_sockets_read(&all, t->port);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].local == t->port && all.s[i].state != TCP_LISTEN)
			unread += all.s[i].unread;
	return only_the_beginning(t) && t->seen.connection &&
	       (unread > 0 || conn(t, t->seen.connection)->error == ECONNRESET);
}

const struct diagnosis short_buffer = {
	.id = "short-buffer",
	.title = "Only the beginning of a long message comes back",
	.text = "The buffer is smaller than the message that the lab promises "
		"to carry (4096 bytes). What did not fit was never received.",
	.taught = "01",
	.holds = rest_was_left,
};

/* From the first wrong byte on, what comes is what should come later. */
static bool a_piece_is_missing(struct trial *t)
{
	const struct bytes *want = &t->seen.want, *got = &t->seen.got;
	size_t at = t->seen.offset, n = got->n - at < 16 ? got->n - at : 16;

	if (only_the_beginning(t))
		return true;
	/* Or the short count was taken for a failure. */
	if (t->witness >= 0 && struck(t) > 0 && !main_process(t))
		return true;
	return t->seen.symptom == WRONG_BYTES && n == 16 &&
	       memmem(want->data + at, want->n - at, got->data + at, n);
}

const struct diagnosis short_write_ignored = {
	.id = "short-write-ignored",
	.title = "A short count from send() or write() is ignored",
	.text = "send() and write() may take fewer bytes than they were given "
		"and say so in their result. The rest has to be sent again "
		"from where it stopped; writen() in common/io.h does that.",
	.taught = "02",
	.holds = a_piece_is_missing,
};

static bool last_bytes_are_missing(struct trial *t)
{
	enum symptom s = t->seen.symptom;

	return s == WAS_RESET || (s == ENDED_EARLY && only_the_beginning(t));
}

const struct diagnosis loses_tail = {
	.id = "loses-tail",
	.title = "The last bytes before the client's end of file are lost",
	.text = "A client that has shut down its sending side still reads. "
		"Everything that arrived before the end of file has to be "
		"sent back before the connection is closed. To close a socket "
		"with bytes still unread in it resets the connection.",
	.taught = "02 03",
	.holds = last_bytes_are_missing,
};

/* Ends of connections */

const struct diagnosis never_closes = {
	.id = "never-closes",
	.title = "The connection is never closed",
	.text = "The client waits for end of file, which comes only when every "
		"descriptor of the connection has been closed, in every "
		"process that holds one.",
	.taught = "01 02 03",
};

const struct diagnosis never_exits = {
	.id = "never-exits",
	.title = "The program goes on though its work is done",
	.text = "It had to end here by itself. The message says in which call "
		"it waits instead.",
	.taught = "01 02 03",
};

const struct diagnosis wrong_exit_status = {
	.id = "wrong-exit-status",
	.title = "The exit status says the opposite of what happened",
	.text = "0 means success, anything else failure: scripts and graders "
		"look at nothing else. main() without a return, or a return "
		"of some other call's result, gives an accidental one.",
	.taught = "01 02 03",
};

/* The client has closed, the server has not, and does not rest either. */
static bool spins_on_the_end(struct trial *t)
{
	return t->seen.symptom == BUSY && count_sockets(t, TCP_CLOSE_WAIT) > 0;
}

const struct diagnosis eof_ignored = {
	.id = "eof-ignored",
	.title = "End of file is not noticed",
	.text = "recv() or read() returning 0 is not an empty message: the "
		"other side has ended and nothing will ever come again. A "
		"loop that goes on reads 0 for ever.",
	.taught = "01 02 03",
	.holds = spins_on_the_end,
};

/* A client program has ended after its first line. */
static bool one_line_was_all(struct trial *t)
{
	return t->connections == 1 && conn(t, 1)->arrived > 0 &&
	       t->program[0]->ended && t->program[0]->status == 0;
}

static bool second_is_not_answered(struct trial *t)
{
	enum symptom s = t->seen.symptom;
	int n = t->seen.connection;

	if (t->listener >= 0)
		return one_line_was_all(t);
	if (s != SILENCE && s != ENDED_EARLY && s != WAS_RESET)
		return false;
	if (s != SILENCE && n && t->seen.want.n &&
	    conn(t, n)->said > t->seen.want.n)
		return true;
	if (!main_process(t))
		return false;
	if (struck(t))
		inject(t, &(struct witness_rule){.call = CALL_NONE},
		       "no more faults");
	step(t, "experiment: is a client answered that sends two messages?");
	return connects(t, &n) && answers(t, n, "one\n") &&
	       !answers(t, n, "two\n");
}

const struct diagnosis one_message_only = {
	.id = "one-message-only",
	.title = "The connection ends after one message",
	.text = "A client stays as long as it likes and sends as often as it "
		"likes. Receiving and sending back needs a loop that only the "
		"client's end of file ends, and a client program one that only "
		"the end of its input ends.",
	.taught = "02",
	.holds = second_is_not_answered,
};

static bool has_exited(struct trial *t)
{
	const struct program *p = t->server;

	return p && !main_process(t) && p->ended && WIFEXITED(p->status);
}

static bool has_ended_with_the_first(struct trial *t)
{
	return has_exited(t) && t->connections <= 2;
}

const struct diagnosis exits_after_first_client = {
	.id = "exits-after-first-client",
	.title = "The server ends with its first client",
	.text = "A server is there for the next client too: accept(), serve, "
		"close() belong into a loop without an end.",
	.taught = "02",
	.holds = has_ended_with_the_first,
};

static bool not_let_in(struct trial *t)
{
	enum symptom s = t->seen.symptom;
	int n = t->seen.connection;

	return main_process(t) && n && conn(t, n)->arrived == 0 &&
	       (s == REFUSED || s == WAS_RESET || s == ENDED_EARLY);
}

const struct diagnosis drops_queued_client = {
	.id = "drops-queued-client",
	.title = "A client that had to wait is turned away",
	.text = "While one client is served, the kernel keeps the next ones in "
		"the listening socket's queue. Closing that socket, or "
		"listening on a new one for every client, throws them out.",
	.taught = "02",
	.holds = not_let_in,
};

const struct diagnosis connection_leak = {
	.id = "connection-leak",
	.title = "Connected sockets are not closed",
	.text = "Every accept() gives a new descriptor, and each has to be "
		"closed when its client is done. A server that forgets one "
		"per client stops working after about a thousand.",
	.taught = "02 03",
};

static bool killed_by_sigpipe(struct trial *t)
{
	const struct program *p =
		t->server ? t->server
			  : (t->programs ? t->program[t->programs - 1] : NULL);

	return p && p->ended && WIFSIGNALED(p->status) &&
	       WTERMSIG(p->status) == SIGPIPE;
}

const struct diagnosis sigpipe_kills_server = {
	.id = "sigpipe-kills-server",
	.title = "SIGPIPE has killed the server",
	.text = "Writing to a connection that the client has reset raises "
		"SIGPIPE, which ends a program that does not ignore it. With "
		"MSG_NOSIGNAL, or SIGPIPE ignored, send() returns EPIPE "
		"instead, and only that client is over.",
	.taught = "02 03",
	.holds = killed_by_sigpipe,
};

const struct diagnosis sigpipe_kills_client = {
	.id = "sigpipe-kills-client",
	.title = "SIGPIPE has killed the client",
	.text = "The server had gone, so writing raised SIGPIPE, and the "
		"client died without a word. With MSG_NOSIGNAL, or SIGPIPE "
		"ignored, it can say what happened.",
	.taught = "02",
	.holds = killed_by_sigpipe,
};

static bool a_reset_was_the_last(struct trial *t)
{
	return has_exited(t) && (witness_saw(t, CALL_READ, ECONNRESET) ||
				 witness_saw(t, CALL_WRITE, ECONNRESET) ||
				 witness_saw(t, CALL_WRITE, EPIPE));
}

const struct diagnosis reset_kills_server = {
	.id = "reset-kills-server",
	.title = "One client's reset ends the server",
	.text = "A reset makes recv() fail with ECONNRESET or send() with "
		"EPIPE. That is the end of this client, not of the server: "
		"wrappers that exit are wrong for what a peer can cause.",
	.taught = "02 03",
	.holds = a_reset_was_the_last,
};

static bool printed_part_of_the_answer(struct trial *t)
{
	const struct evidence *s = &t->seen;

	return s->symptom == WRONG_OUTPUT && s->got.n > 0 &&
	       s->got.n < s->want.n &&
	       memcmp(s->got.data, s->want.data, s->got.n) == 0;
}

const struct diagnosis assumes_one_recv_per_send = {
	.id = "assumes-one-recv-per-send",
	.title = "One recv() is taken for one message",
	.text = "TCP is a stream: what one side sends at once may arrive in "
		"many pieces, or several together. Read on until as many "
		"bytes have come as were sent.",
	.taught = "02",
	.holds = printed_part_of_the_answer,
};

/* Processes */

static bool answers_alone(struct trial *t)
{
	int n = t->seen.connection;
	uint64_t before;
	bool kept_out;

	/* Without a connection at stake, the last client is the one waiting. */
	if (!n)
		n = (int)t->connections;
	if (!n || !main_process(t) || conn(t, n)->fd < 0 ||
	    t->seen.symptom != SILENCE)
		return false;
	before = conn(t, n)->arrived;
	kept_out = conn(t, n)->connecting; /* the listener's queue is full */
	step(t, "experiment: is client %d served when the others leave?", n);
	for (int i = 1; i <= (int)t->connections; i++)
		if (i != n)
			hang_up(t, i);
	settle(t);
	return conn(t, n)->arrived > before ||
	       (kept_out && !conn(t, n)->connecting);
}

const struct diagnosis one_client_at_a_time = {
	.id = "one-client-at-a-time",
	.title = "Only one client is served at a time",
	.text = "As soon as the first client left, the next was answered: the "
		"server sits in recv() for one client while others wait. Each "
		"needs a process of its own.",
	.taught = "03",
	.holds = answers_alone,
};

static bool parent_waits(struct trial *t)
{
	pid_t parent = main_process(t);

	/* One that was told to stop may well wait for its children. */
	return parent && t->seen.symptom == SILENCE && count_processes(t) > 1 &&
	       blocked_in(parent, "waitpid");
}

const struct diagnosis waits_for_child = {
	.id = "waits-for-child",
	.title = "The parent waits for its child before it accepts again",
	.text = "wait() or waitpid() without WNOHANG blocks until the child "
		"ends, so the server forks but still serves one client at a "
		"time. Children are reaped on SIGCHLD, in between.",
	.taught = "03",
	.holds = parent_waits,
};

const struct diagnosis not_a_process_per_client = {
	.id = "not-a-process-per-client",
	.title = "There is not one process for each client",
	.text = "This lab is about fork(): a new process when a client comes, "
		"for this client alone, gone when the client is. Threads, "
		"one process for all, or processes kept in store come later.",
	.taught = "03",
};

/* What should have come to this client has come to another, who has no use for
 * it; or what has come begins as what every client of the check says. */
static bool someone_elses(struct trial *t)
{
	static const char own[] = "I am client ";
	const struct bytes *want = &t->seen.want, *got = &t->seen.got;
	int n = t->seen.connection;

	if (t->seen.symptom == WRONG_BYTES && got->n > sizeof(own))
		return memcmp(got->data, own, sizeof(own) - 1) == 0;
	for (int i = 1; n && want->n && i <= (int)t->connections; i++) {
		const struct connection *c = conn(t, i);

		if (i != n && c->arrived > c->said &&
		    memmem(c->in.data, c->in.n, want->data, want->n))
			return true;
	}
	return false;
}

const struct diagnosis mixed_up_clients = {
	.id = "mixed-up-clients",
	.title = "One client gets another's bytes",
	.text = "Something is shared that each client needs for itself: the "
		"connected socket's variable, or the buffer.",
	.taught = "03",
	.holds = someone_elses,
};

const struct diagnosis zombies = {
	.id = "zombies",
	.title = "Ended children are not reaped",
	.text = "A child that has ended stays in the process table until its "
		"parent has asked for its exit status. Without waitpid(), or "
		"SIGCHLD ignored, every client leaves a zombie.",
	.taught = "03",
};

const struct diagnosis one_wait_per_signal = {
	.id = "one-wait-per-signal",
	.title = "One waitpid() is called for each SIGCHLD",
	.text = "Signals do not queue: ten children that end together may "
		"raise SIGCHLD once. The handler has to call waitpid() with "
		"WNOHANG until there is no more to reap.",
	.taught = "03",
};

static bool accept_was_interrupted(struct trial *t)
{
	return !main_process(t) && witness_saw(t, CALL_ACCEPT, EINTR);
}

const struct diagnosis eintr_kills_accept = {
	.id = "eintr-kills-accept",
	.title = "A child's end makes accept() fail, and the server gives up",
	.text = "SIGCHLD interrupted accept(), which returned -1 with EINTR. "
		"That is no failure: go back to accept(), or install the "
		"handler with SA_RESTART.",
	.taught = "03",
	.holds = accept_was_interrupted,
};

static bool ended_by_the_fault(struct trial *t)
{
	return struck(t) > 0 && !main_process(t);
}

const struct diagnosis accept_error_kills_server = {
	.id = "accept-error-kills-server",
	.title = "A client that gave up ends the server",
	.text = "accept() can fail because of one client (ECONNABORTED) or of "
		"a shortage that passes. The next client has nothing to do "
		"with it: report, and go on accepting.",
	.taught = "03",
	.holds = ended_by_the_fault,
};

static bool the_fault_has_struck(struct trial *t)
{
	return struck(t) > 0;
}

const struct diagnosis fork_unchecked = {
	.id = "fork-unchecked",
	.title = "A failing fork() is not handled",
	.text = "fork() returns -1 when no more processes may be made. Then "
		"there is no child: close this client's connection, and stay "
		"there for those who are served and those who come later.",
	.taught = "03",
	.holds = the_fault_has_struck,
};

static bool parent_holds_it(struct trial *t)
{
	int n = t->seen.connection;
	pid_t parent = main_process(t);

	return n && parent && conn(t, n)->fd >= 0 && holds_client(t, parent, n);
}

const struct diagnosis connection_open_in_parent = {
	.id = "connection-open-in-parent",
	.title = "The parent keeps the connected socket open",
	.text = "After fork() both processes hold the connection, and it ends "
		"only when both have closed it. The parent has to close its "
		"copy at once, or the client never sees end of file and the "
		"parent runs out of descriptors.",
	.taught = "03",
	.holds = parent_holds_it,
};

const struct diagnosis listener_open_in_child = {
	.id = "listener-open-in-child",
	.title = "A child keeps the listening socket open",
	.text = "The child serves one client and never accepts; its inherited "
		"copy of the listening socket keeps the port taken even when "
		"the parent is gone. Close it first thing after fork().",
	.taught = "03",
};

static bool child_accepts(struct trial *t)
{
	static struct look l;
	pid_t parent = main_process(t);

	probe_processes(&l, t->agent);
	for (size_t i = 0; i < l.n; i++)
		if (l.p[i].pid != parent &&
		    (blocked_in(l.p[i].pid, "accept") ||
		     blocked_in(l.p[i].pid, "poll")) &&
		    holds_listener(t, l.p[i].pid))
			return true;
	return false;
}

const struct diagnosis child_falls_through = {
	.id = "child-falls-through",
	.title = "The child goes on into the parent's code",
	.text = "After its client has left the child runs on, back to "
		"accept(), and becomes a second server. A child ends with "
		"_exit() when its work is done.",
	.taught = "03",
	.holds = child_accepts,
};

static bool option_after_bind(struct trial *t)
{
	return witness_saw_late_reuseaddr(t);
}

const struct diagnosis reuseaddr_after_bind = {
	.id = "reuseaddr-after-bind",
	.title = "SO_REUSEADDR is set too late",
	.text = "bind() decides whether the address may be used again, so the "
		"option has to be set before it. Set afterwards it changes "
		"nothing.",
	.taught = "03",
	.holds = option_after_bind,
};

const struct diagnosis no_reuseaddr = {
	.id = "no-reuseaddr",
	.title = "The server cannot be restarted at once: no SO_REUSEADDR",
	.text = "Connections of the server that was ended are still closing "
		"(FIN_WAIT, TIME_WAIT), and bind() refuses their port with "
		"EADDRINUSE. A server sets SO_REUSEADDR before bind().",
	.taught = "03",
};

const struct diagnosis crash_takes_all = {
	.id = "crash-takes-all",
	.title = "One child's crash takes the others with it",
	.text = "Processes are separate so that one may fail alone. A parent "
		"that ends, or ends its other children, when waitpid() "
		"reports an abnormal end gives that away.",
	.taught = "03",
};

/* Output */

const struct diagnosis log_missing = {
	.id = "log-missing",
	.title = "The line for a client does not appear",
	.text = "For every client a line on stdout has to tell its address, "
		"its port and the pid that serves it, while the program runs. "
		"Into a pipe or file stdout is buffered in blocks: flush it, "
		"or nothing is seen before the end.",
	.taught = "03",
};

const struct diagnosis wrong_log_line = {
	.id = "wrong-log-line",
	.title = "The line for a client tells something wrong",
	.text = "The port in struct sockaddr_in is in network byte order "
		"(ntohs), the address needs inet_ntop(), and the pid is that "
		"of the process which serves the client, not its parent's.",
	.taught = "03",
};

const struct diagnosis stdio_copied_by_fork = {
	.id = "stdio-copied-by-fork",
	.title = "Buffered output was copied by fork() and printed twice",
	.text = "What printf() has not yet written lies in memory, and fork() "
		"copies memory. When the child ends with exit() it writes its "
		"copy too. Flush before fork(), and end the child with "
		"_exit().",
	.taught = "03",
};

const struct diagnosis summary_missing = {
	.id = "summary-missing",
	.title = "No summary appears when the server is told to stop",
	.text = "On SIGTERM the server prints `served C clients, B bytes` on a "
		"line of its own. Without a handler SIGTERM just ends it.",
	.taught = "03",
};

const struct diagnosis summary_not_shared = {
	.id = "summary-not-shared",
	.title = "The children's counts never reach the parent",
	.text = "fork() copies every variable: what a child counts, it counts "
		"in its own copy. The parent learns of it only if told, for "
		"instance through a pipe.",
	.taught = "03",
};

const struct diagnosis summary_incomplete = {
	.id = "summary-incomplete",
	.title = "The summary's bytes are not all that were echoed",
	.text = "Some reports of children were lost, counted twice or read too "
		"late. All that was echoed to clients who have left has to be "
		"in the sum.",
	.taught = "03",
};

const struct diagnosis too_few_clients = {
	.id = "too-few-clients",
	.title = "The summary's clients are not those that were accepted",
	.text = "Every accepted connection counts once, whether it said "
		"something or not, whether it has left or is still there.",
	.taught = "03",
};

const struct diagnosis orphans_left = {
	.id = "orphans-left",
	.title = "Processes are left when the server has ended",
	.text = "Children that still serve a client go on after their parent. "
		"On SIGTERM the server has to end them, and wait until they "
		"have, before it ends itself.",
	.taught = "03",
};

static bool next_client_wakes_it(struct trial *t)
{
	int n;

	pid_t parent = main_process(t);

	if (!parent || t->seen.symptom != NOT_EXITED)
		return false;
	step(t, "experiment: does it stop when the next client comes?");
	connects(t, &n);
	settle(t);
	return main_process(t) != parent;
}

const struct diagnosis eintr_swallows_signal = {
	.id = "eintr-swallows-signal",
	.title = "SIGTERM only sets a flag that nobody looks at",
	.text = "The handler ran, but accept() was restarted and waits on, so "
		"the flag is only seen when the next client comes. Without "
		"SA_RESTART accept() returns with EINTR and the loop can look "
		"at the flag.",
	.taught = "03",
	.holds = next_client_wakes_it,
};

/* Memory */

const struct diagnosis memory_error = {
	.id = "memory-error",
	.title = "Memory is used that is not the program's to use",
	.text = "valgrind or AddressSanitizer saw an access outside a buffer, "
		"after free(), or a decision on a value that was never set. "
		"The first report names the line; later ones often follow "
		"from it.",
	.taught = "01 02 03",
};

const struct diagnosis sends_uninitialised = {
	.id = "sends-uninitialised",
	.title = "Bytes that were never set are sent to the client",
	.text = "The send() or write() went beyond what recv() had filled in: "
		"whatever lay in memory before, passwords included, goes out "
		"on the wire.",
	.taught = "01 02 03",
};

const struct diagnosis unknown = {
	.id = "unknown",
	.title = "This failure has no name yet",
	.text = "What was done, expected and seen is above. None of the "
		"mistakes that this grader knows fits it.",
	.taught = "",
};

const struct diagnosis *symptom_diagnosis(const struct evidence *seen)
{
	switch (seen->symptom) {
	case NEVER_LISTENS:
		return &never_listens;
	case SILENCE:
	case WRONG_OUTPUT:
	case ENDED_EARLY:
		return seen->got.n ? &wrong_bytes : &no_reply;
	case WAS_RESET:
		return seen->want.n && !seen->got.n ? &no_reply : &loses_tail;
	case REFUSED:
		return &drops_queued_client;
	case WRONG_BYTES:
	case EXTRA_BYTES:
		return &wrong_bytes;
	case NOT_CLOSED:
		return &never_closes;
	case NOT_EXITED:
		return &never_exits;
	case EXITED:
		return &exits_early;
	case CRASHED:
		return &crash;
	case WRONG_STATUS:
		return &wrong_exit_status;
	case BUSY:
		return &busy_loop;
	case GREEDY:
		return &uses_up_everything;
	case DOZES:
		return &sleeps_instead_of_waiting;
	default:
		return &unknown;
	}
}

const struct diagnosis *const all_diagnoses[] = {
	&does_not_compile,
	&compiler_warnings,
	&never_listens,
	&port_not_network_order,
	&ignores_port_argument,
	&exits_before_client,
	&busy_loop,
	&sleeps_instead_of_waiting,
	&crash,
	&exits_early,
	&uses_up_everything,
	&no_usage_check,
	&bind_unchecked,
	&error_unexplained,
	&connect_unchecked,
	&name_not_resolved,
	&stdout_not_flushed,
	&no_reply,
	&waits_for_newline,
	&waits_for_more,
	&wrong_bytes,
	&echo_whole_buffer,
	&adds_terminator,
	&treats_data_as_string,
	&short_buffer,
	&short_write_ignored,
	&loses_tail,
	&never_closes,
	&never_exits,
	&wrong_exit_status,
	&eof_ignored,
	&one_message_only,
	&exits_after_first_client,
	&drops_queued_client,
	&connection_leak,
	&sigpipe_kills_server,
	&sigpipe_kills_client,
	&reset_kills_server,
	&assumes_one_recv_per_send,
	&one_client_at_a_time,
	&waits_for_child,
	&not_a_process_per_client,
	&mixed_up_clients,
	&zombies,
	&one_wait_per_signal,
	&eintr_kills_accept,
	&accept_error_kills_server,
	&fork_unchecked,
	&connection_open_in_parent,
	&listener_open_in_child,
	&child_falls_through,
	&reuseaddr_after_bind,
	&no_reuseaddr,
	&crash_takes_all,
	&log_missing,
	&wrong_log_line,
	&stdio_copied_by_fork,
	&summary_missing,
	&summary_not_shared,
	&summary_incomplete,
	&too_few_clients,
	&orphans_left,
	&eintr_swallows_signal,
	&memory_error,
	&sends_uninitialised,
	&unknown,
	NULL,
};
