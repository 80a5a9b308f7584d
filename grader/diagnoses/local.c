/* SPDX-License-Identifier: MIT */
/* local.c - diagnoses: UNIX domain sockets, their paths and names */
#include "../diagnoses.h"
#include "../check.h"
#include "../record.h"
#include "../words/datagram.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool high_byte_became_another(struct trial *t)
{
	const struct bytes *want = &t->seen.want;
	size_t at = t->seen.offset;

	return t->seen.symptom == WRONG_BYTES && struck(t) > 0 &&
	       at < want->n && want->data[at] >= 128;
}

const struct diagnosis signed_char_toupper = {
	.id = "signed-char-toupper",
	.title = "toupper() is given negative numbers",
	.text = "char is signed here, so a byte over 127 is a negative number, "
		"and toupper() is defined for 0 to 255 and EOF only. What it "
		"does with others is luck. Use unsigned char, or convert: "
		"toupper((unsigned char)c).",
	.holds = high_byte_became_another,
};

static bool is_small_letter(unsigned char c)
{
	return c >= 'a' && c <= 'z';
}

static bool small_letter_came_back(struct trial *t)
{
	const struct bytes *want = &t->seen.want, *got = &t->seen.got;
	size_t at = t->seen.offset;

	return t->seen.symptom == WRONG_BYTES && at < got->n && at < want->n &&
	       is_small_letter(got->data[at]) &&
	       got->data[at] - 'a' + 'A' == want->data[at];
}

const struct diagnosis not_upper_case = {
	.id = "not-upper-case",
	.title = "A small letter comes back as it was",
	.text = "Every byte of a to z has to come back as A to Z, wherever in "
		"the message it stands: go through all n bytes that came.",
	.holds = small_letter_came_back,
};

/* All letters are right, and others are not. */
static bool changed_what_is_no_letter(struct trial *t)
{
	const struct bytes *want = &t->seen.want, *got = &t->seen.got;

	if (t->seen.symptom != WRONG_BYTES || got->n != want->n)
		return false;
	for (size_t i = 0; i < want->n; i++)
		if (want->data[i] >= 'A' && want->data[i] <= 'Z' &&
		    got->data[i] != want->data[i])
			return false;
	return true;
}

const struct diagnosis changes_other_bytes = {
	.id = "changes-other-bytes",
	.title = "A byte that is no small letter is changed",
	.text = "Only a to z have another case. Arithmetic on codes (c - 32, "
		"c & 0x5f) changes digits, signs and bytes over 127 too; "
		"toupper() leaves them alone.",
	.holds = changed_what_is_no_letter,
};

static bool address_was_in_use(struct trial *t)
{
	return witness_saw_lately(t, CALL_BIND, EADDRINUSE);
}

const struct diagnosis no_unlink = {
	.id = "no-unlink",
	.title =
		"A socket file left by a dead server keeps the next from starting",
	.text = "The file of a bound socket stays when its program is killed, "
		"and bind() refuses a path where there is anything. A server "
		"that finds a socket there which nobody answers removes it "
		"first.",
	.holds = address_was_in_use,
};

const struct diagnosis unlinks_anything = {
	.id = "unlinks-anything",
	.title = "A file that is no socket is removed",
	.text = "unlink() before bind() removes whatever has that name: a typing "
		"error in PATH costs somebody's file. Look first (lstat(), "
		"S_ISSOCK) and remove sockets only.",
};

const struct diagnosis takes_over_path = {
	.id = "takes-over-path",
	.title = "A living server's path is taken away from it",
	.text = "The socket file was removed though a server is listening on "
		"it. That server goes on and no client ever finds it again. "
		"connect() tells the two apart: a dead one's socket refuses "
		"(ECONNREFUSED), a living one lets in.",
};

const struct diagnosis path_overflow = {
	.id = "path-overflow",
	.title = "A long path runs over the end of sun_path",
	.text = "sun_path has room for 108 bytes, and strcpy() does not look. "
		"What follows it in memory is overwritten. Compare strlen() "
		"with sizeof sun_path before anything is copied.",
};

const struct diagnosis path_truncated = {
	.id = "path-truncated",
	.title = "A long path is cut, and names another file",
	.text = "strncpy() and snprintf() cut what does not fit into the 108 "
		"bytes of sun_path, and bind() and connect() cannot know that "
		"something is missing. A path that does not fit is an error. "
		"The length given to bind() cuts as well, if it is that of the "
		"path alone: sun_path begins after two bytes of family.",
};

const struct diagnosis abstract_by_accident = {
	.id = "abstract-by-accident",
	.title = "A socket has an abstract name that nobody asked for",
	.text = "If sun_path begins with a NUL there is no file: every byte up "
		"to the address length is the name, padding included, and a "
		"length of the family alone lets the kernel choose one. An "
		"empty path has to be refused, and an abstract name passed "
		"with its exact length.",
};

const struct diagnosis peer_length_ignored = {
	.id = "peer-length-ignored",
	.title = "The length of the client's address is ignored",
	.text = "accept() fills in only as much of the address as there is, "
		"and says how much. For a client that is not bound that is "
		"the family alone: what stands in sun_path is left from "
		"before. A long path has no NUL at its end. And the length "
		"has to be set anew for every call.",
};

const struct diagnosis name_not_printed = {
	.id = "name-not-printed",
	.title = "The client's name is not printed",
	.text = "For every client a line of its own, `client PATH` with the "
		"path that it is bound to, or `client unnamed`, has to appear "
		"while the client is there.",
};

const struct diagnosis client_not_bound = {
	.id = "client-not-bound",
	.title = "The client has not got the name that it was told to take",
	.text = "connect() works without a bind() of one's own, and the server "
		"sees a client without a name; a datagram server cannot "
		"answer it at all. bind() to MYPATH comes before connect().",
};

const struct diagnosis socket_file_left = {
	.id = "socket-file-left",
	.title = "The socket's file is left behind",
	.text = "close() and the end of a program do not remove the file that "
		"bind() made. Whoever bound it has to unlink() it: at the "
		"end, on SIGTERM, and on the way out after an error.",
};

/* Its answer was refused for want of an address, or another sender has it. */
static bool answer_went_astray(struct trial *t)
{
	const struct bytes *want = &t->seen.want;

	if (t->seen.symptom == SILENCE && want->n &&
	    somebody_else_has(t, want->data, want->n))
		return true;
	return (t->seen.symptom == SILENCE || t->seen.symptom == EXITED) &&
	       !t->seen.got.n &&
	       (witness_saw(t, CALL_WRITE, ENOTCONN) ||
		witness_saw(t, CALL_WRITE, EDESTADDRREQ) ||
		witness_saw(t, CALL_WRITE, EINVAL) ||
		witness_saw(t, CALL_WRITE, ECONNREFUSED));
}

const struct diagnosis reply_to_nobody = {
	.id = "reply-to-nobody",
	.title = "The answer is not sent to the one who asked",
	.text = "A datagram socket has no connection: send() and write() do "
		"not know where to. recvfrom() tells the sender's address and "
		"its length, for each datagram anew, and sendto() takes both.",
	.holds = answer_went_astray,
};

/* The rest follows in another datagram; or this one goes on with the next. */
/* A client's line comes in pieces: what follows the first is the next. */
static bool rest_follows(struct trial *t)
{
	const struct bytes *got = &t->seen.got, *want = &t->seen.want;
	size_t rest = want->n - got->n;
	char *next;
	bool follows;

	if (!plays_receiver() || !got->n || got->n >= want->n ||
	    memcmp(got->data, want->data, got->n) != 0)
		return false;
	next = strndup((const char *)want->data + got->n,
		       rest < got->n ? rest : got->n);
	step(t, "experiment: does the rest come when this is answered?");
	follows = next && answer_datagram(t, "A PIECE\n") &&
		  datagram_comes(t, next);
	free(next);
	return follows;
}

static bool not_one_for_one(struct trial *t)
{
	static const char next[] = "datagram ";
	const struct bytes *got = &t->seen.got;

	if (rest_follows(t))
		return true;
	if (t->seen.symptom == EXTRA_BYTES)
		return got->n > t->seen.offset + sizeof(next) &&
		       strncasecmp((const char *)got->data + t->seen.offset,
				   next, sizeof(next) - 1) == 0;
	return t->seen.symptom == ENDED_EARLY && got->n && more_datagrams(t);
}

const struct diagnosis boundary_lost = {
	.id = "boundary-lost",
	.title = "Datagrams are joined, or taken apart",
	.text = "One sendto() is one datagram, and one recvfrom() takes one. "
		"What came in one has to go back in one, newlines in it or "
		"not; collecting lines or filling a buffer is for streams.",
	.holds = not_one_for_one,
};

static bool longer_ones_are_cut_there(struct trial *t)
{
	static const unsigned char longer[8192];
	size_t n;

	if (t->seen.symptom != ENDED_EARLY || !t->seen.got.n || !has_sender(1))
		return false;
	step(t, "experiment: is a longer one cut at the same place?");
	return sends(t, 1, longer, sizeof(longer)) &&
	       gets_datagram_of(t, 1, &n) && n == t->seen.got.n;
}

const struct diagnosis datagram_cut = {
	.id = "datagram-cut",
	.title = "The end of a long datagram is lost",
	.text = "recvfrom() gives as much of a datagram as the buffer holds, "
		"and throws the rest away: the next call takes the next one. "
		"The buffer has to be as large as the largest (8192 bytes).",
	.holds = longer_ones_are_cut_there,
};

/* Nothing but an empty datagram went before. */
static bool empty_one_was_the_last(struct trial *t)
{
	if (t->seen.want.n ||
	    (t->seen.symptom != SILENCE && t->seen.symptom != EXITED))
		return false;
	if (!main_process(t))
		return true;
	step(t, "experiment: is the next datagram answered?");
	return sends(t, 1, "next\n", 5) && gets_datagram(t, 1, "NEXT\n", 5);
}

const struct diagnosis empty_datagram_is_eof = {
	.id = "empty-datagram-is-eof",
	.title = "An empty datagram is taken for the end, or for nothing",
	.text = "Without a connection there is no end of file. 0 from "
		"recvfrom() is a datagram of no bytes, which has a sender "
		"like any other, and gets its answer.",
	.holds = empty_one_was_the_last,
};

static bool no_name_to_answer(struct trial *t)
{
	return !main_process(t) || t->seen.symptom == EXTRA_BYTES;
}

const struct diagnosis unnamed_sender_kills_server = {
	.id = "unnamed-sender-kills-server",
	.title =
		"A sender without a name ends the server, or gets another's place",
	.text = "A socket that was never bound can send, but not be answered: "
		"recvfrom() gives an address length with nothing behind the "
		"family. Skip it, and do not answer whoever came before it.",
	.holds = no_name_to_answer,
};

static bool died_of_a_sender(struct trial *t)
{
	pid_t pid = main_process(t);

	if (pid)
		return blocked_in(pid, "send") || blocked_in(pid, "write");
	return witness_saw(t, CALL_WRITE, ECONNREFUSED) ||
	       witness_saw(t, CALL_WRITE, ENOENT) ||
	       witness_saw(t, CALL_WRITE, EAGAIN);
}

const struct diagnosis dead_client_stops_server = {
	.id = "dead-client-stops-server",
	.title = "One client that is gone, or does not read, stops the server",
	.text = "The answer to a client that has left is refused (ECONNREFUSED, "
		"ENOENT); to one that does not read it has to wait for room "
		"in that client's queue. Neither concerns the others: send "
		"with MSG_DONTWAIT, report the error, take the next datagram.",
	.holds = died_of_a_sender,
};
