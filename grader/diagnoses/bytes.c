/* SPDX-License-Identifier: MIT */
/* bytes.c - diagnoses: what comes back, and what does not */
#include "../diagnoses.h"
#include "../check.h"
#include "../sockets.h"
#include "../words/datagram.h"
#include "../words/turns.h"

#include <ctype.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

static bool end_of_input_shows_it(struct trial *t)
{
	struct program *p = t->programs ? t->program[t->programs - 1] : NULL;
	const struct bytes *want = &t->seen.want;

	if (t->seen.symptom != WRONG_OUTPUT || !p || p->ended || p->in < 0 ||
	    answer_is_unread(t))
		return false;
	step(t, "experiment: does it appear at the program's end?");
	if (t->meeting)
		give_turn(t, 'x');
	else
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
	.holds = end_of_file_helps,
};

const struct diagnosis wrong_bytes = {
	.id = "wrong-bytes",
	.title = "Other bytes come back than were sent",
	.text = "An echo is byte for byte: not one more, not one fewer, in the "
		"same order. The transcript shows the first that differs.",
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
	.holds = last_bytes_are_missing,
};
