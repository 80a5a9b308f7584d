/* SPDX-License-Identifier: MIT */
/* readiness.c - diagnoses: one thread for all clients, and what it must not wait for */
#include "../diagnoses.h"
#include "../check.h"
#include "../record.h"
#include "../words/peer.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

const struct diagnosis still_threading = {
	.id = "still-threading",
	.title = "There is more than one thread",
	.text = "This lab is about one thread that serves all its clients. "
		"What a thread per client kept on its stack goes into a "
		"struct per client, and poll() tells who is ready.",
};

#define FEW 10

/* A new server, and few clients: answered, all of them? */
static bool few_are_served(struct trial *t)
{
	int n;

	clear_away(t);
	t->port = fresh_port(t);
	if (!serves_again(t))
		return false;
	for (int i = 0; i < FEW; i++)
		if (!connects(t, &n) || !answers(t, n, "one of few\n"))
			return false;
	return true;
}

static bool only_many_are_too_many(struct trial *t)
{
	enum symptom s = t->seen.symptom;
	int there = 0;

	for (int i = 1; i <= (int)t->connections; i++)
		there += conn(t, i)->fd >= 0;
	if (there <= 2 * FEW || s == NOT_EXITED || s == NOT_CLOSED ||
	    s == WRONG_STATUS || s == WRONG_OUTPUT || s == WRONG_FACT)
		return false;
	step(t, "experiment: is all well with %d clients?", FEW);
	return few_are_served(t);
}

const struct diagnosis fixed_table_overflow = {
	.id = "fixed-table-overflow",
	.title = "The table of clients has room for some only",
	.text = "With few clients all is well. An array of fixed size is "
		"overrun by one client more, or turns him away; a table that "
		"is full has to grow (realloc()). The limit of descriptors is "
		"the only one that a server need not lift by itself.",
	.holds = only_many_are_too_many,
};

/* Has a client left, other than the one at stake? */
static bool somebody_left(struct trial *t)
{
	for (int i = 1; i <= (int)t->connections; i++)
		if (i != t->seen.connection &&
		    (conn(t, i)->fd < 0 || conn(t, i)->eof))
			return true;
	return false;
}

/* Who was not heard is, or who kept the server busy is gone. */
static bool gap_can_be_filled(struct trial *t)
{
	int n = t->seen.connection, other;
	uint64_t before = n ? conn(t, n)->arrived : 0;

	step(t, "experiment: does it help that new clients fill the gap?");
	for (int i = 0; i < 3 && connects(t, &other); i++)
		if (comes_to_rest(t) && (!n || conn(t, n)->arrived > before))
			return true;
	return false;
}

/* A descriptor that is closed is asked about, or one that stays is not until
 * another client fills the gap. */
static bool gap_shows(struct trial *t)
{
	enum symptom s = t->seen.symptom;
	bool unheard;

	if (!somebody_left(t))
		return false;
	if (witness_ever_saw_ready(t) & POLLNVAL)
		return true;
	/* Who is not looked at gets nothing, not even a part. */
	unheard = s == SILENCE && t->seen.connection && !t->seen.got.n;
	return main_process(t) && (s == BUSY || unheard) &&
	       gap_can_be_filled(t);
}

const struct diagnosis hole_in_table = {
	.id = "hole-in-table",
	.title = "A client that left has left a hole in the table",
	.text = "The row of a client that is gone still stands there: what is "
		"behind it is not looked at any more, or poll() is asked about "
		"a descriptor that is closed (POLLNVAL). Move the last row "
		"into the gap, or set fd to -1, which poll() passes over, and "
		"use the row again.",
	.holds = gap_shows,
};

/* A new client's two short messages come back: so much works. */
static bool works_at_all(struct trial *t)
{
	int n;

	step(t, "experiment: is all well with a new client?");
	return connects(t, &n) && answers(t, n, "one\n") &&
	       answers(t, n, "two\n");
}

#define ONE_PIECE 4096u

/* One that never comes back whole tells nothing of those that have left. */
static bool works_at_that_length(struct trial *t)
{
	static char letters[ONE_PIECE];
	size_t size = t->seen.want.n < ONE_PIECE ? t->seen.want.n : ONE_PIECE;
	int n;

	if (size < 2)
		return true;
	random_letters(t, letters, size - 1);
	letters[size - 1] = '\n';
	step(t, "experiment: and with %zu bytes at once?", size);
	return connects(t, &n) && answers_bytes(t, n, letters, size);
}

static bool removal_hit_another(struct trial *t)
{
	enum symptom s = t->seen.symptom;

	return main_process(t) && somebody_left(t) && t->seen.connection &&
	       (s == SILENCE || s == ENDED_EARLY || s == WAS_RESET ||
		s == WRONG_BYTES || s == EXTRA_BYTES) &&
	       works_at_all(t) && works_at_that_length(t);
}

const struct diagnosis wrong_slot_after_remove = {
	.id = "wrong-slot-after-remove",
	.title = "When one client leaves, another one is hit",
	.text = "All was well until a client left. Whoever takes a row out of "
		"a table moves others, and everything that belongs to a "
		"client has to move together: descriptor, events, state. And "
		"a loop that goes on with i + 1 passes over the row that has "
		"just moved to i.",
	.holds = removal_hit_another,
};

/* It spins, and all that poll() tells it is that it may write. */
static bool spins_on_room(struct trial *t)
{
	return t->seen.symptom == BUSY && witness_saw_ready(t) == POLLOUT;
}

const struct diagnosis polls_for_write_always = {
	.id = "polls-for-write-always",
	.title = "poll() is asked for POLLOUT with nothing to send",
	.text = "A socket can take bytes nearly always, so a poll() that is "
		"asked for POLLOUT returns at once, again and again. Ask for "
		"it only while output is pending, and take it back when all "
		"is sent.",
	.holds = spins_on_room,
};

/* As soon as those who did not read do so, who waited is answered. */
static bool reading_helps(struct trial *t)
{
	int n = t->seen.connection ? t->seen.connection : (int)t->connections;
	enum symptom s = t->seen.symptom;
	bool some = false, waiting;
	uint64_t before;

	if ((s != SILENCE && s != BUSY) || !n || conn(t, n)->fd < 0)
		return false;
	before = conn(t, n)->arrived;
	waiting = conn(t, n)->connecting;
	for (int i = 1; i <= (int)t->connections; i++)
		some |= i != n && conn(t, i)->fd >= 0 && !conn(t, i)->reading;
	if (!some)
		return false;
	step(t, "experiment: is client %d answered when the others read?", n);
	for (int i = 1; i <= (int)t->connections; i++)
		conn(t, i)->reading = true;
	settle(t);
	return conn(t, n)->arrived > before ||
	       (waiting && !conn(t, n)->connecting);
}

const struct diagnosis blocked_by_slow_client = {
	.id = "blocked-by-slow-client",
	.title = "A client that does not read holds up all the others",
	.text = "As soon as it read, the others were answered. The thread sat "
		"in send(), or tried again and again, until one socket took "
		"all its bytes. A non-blocking socket takes what it can; keep "
		"the rest, serve the others, and send on when poll() says "
		"POLLOUT.",
	.holds = reading_helps,
};

#define REPEATED 32 /* bytes that do not come twice in the data by chance */

/* From the first wrong byte on it is what has come before. */
static bool repeats_itself(struct trial *t)
{
	const struct bytes *got = &t->seen.got, *want = &t->seen.want;
	size_t at = t->seen.offset;

	return t->seen.symptom == WRONG_BYTES && at >= REPEATED &&
	       got->n >= at + REPEATED && want->n >= at &&
	       memmem(want->data, at, got->data + at, REPEATED);
}

const struct diagnosis sends_again = {
	.id = "sends-again",
	.title = "What has gone out goes out once more",
	.text = "send() on a non-blocking socket may take only the beginning, "
		"and says how much that was. Who then sends all of it again, "
		"and not from there on, sends some bytes twice.",
	.holds = repeats_itself,
};

#define LATE (1u << 20)

/* Of a long message not all has come; nor does it to another client, who does
 * nothing but read late. */
static bool rest_never_comes(struct trial *t)
{
	enum symptom s = t->seen.symptom;
	char *letters;
	int n;

	if ((s != SILENCE && s != WAS_RESET && s != ENDED_EARLY &&
	     s != WRONG_BYTES) ||
	    !main_process(t) || t->seen.want.n <= 4096 || !works_at_all(t))
		return false;
	step(t, "experiment: does a client who reads late get everything?");
	if (!connects(t, &n))
		return false;
	letters = must_calloc(1, LATE + 1);
	random_letters(t, letters, LATE - 1);
	letters[LATE - 1] = '\n';
	stop_reading(t, n);
	say_bytes(t, n, letters, LATE);
	settle(t);
	read_on(t, n);
	return !comes(t, n, letters);
}

const struct diagnosis loses_unsent_bytes = {
	.id = "loses-unsent-bytes",
	.title = "What a socket does not take at once is lost",
	.text = "A non-blocking send() takes as many bytes as there is room "
		"for, or none (EAGAIN): neither is an error. The rest has to "
		"be kept, in order, and to go out before anything newer, when "
		"poll() says POLLOUT.",
	.holds = rest_never_comes,
};

const struct diagnosis unbounded_buffer = {
	.id = "unbounded-buffer",
	.title = "Memory grows as long as a client does not read",
	.text = "The server goes on receiving what it cannot send, so one "
		"client can fill all its memory. Do not ask for POLLIN while "
		"enough is pending: then the kernel's buffers fill up, and "
		"TCP makes the client itself wait.",
};

static bool spins_on_a_hang_up(struct trial *t)
{
	return t->seen.symptom == BUSY &&
	       witness_saw_ready(t) & (POLLHUP | POLLERR);
}

const struct diagnosis hangup_ignored = {
	.id = "hangup-ignored",
	.title = "A connection that is over stays in the table",
	.text = "poll() reports POLLHUP and POLLERR unasked, alone or beside "
		"POLLIN, and again until the descriptor is closed. Test "
		"revents with &, not ==; let recv() or send() tell what it "
		"is; then close the descriptor and remove the client.",
	.holds = spins_on_a_hang_up,
};

/* It is gone, or no longer takes anybody who comes or waits. */
static bool ended_for_want_of_descriptors(struct trial *t)
{
	return (!main_process(t) || t->seen.symptom == SILENCE) &&
	       witness_saw(t, CALL_ACCEPT, EMFILE);
}

const struct diagnosis emfile_kills_server = {
	.id = "emfile-kills-server",
	.title = "To run out of descriptors once is the end",
	.text = "accept() failed with EMFILE: no descriptor is free. That "
		"concerns the next client, not those who are being served, "
		"and it passes when one of them leaves: then those who have "
		"waited in the queue are to be accepted.",
	.holds = ended_for_want_of_descriptors,
};

static bool spins_for_want_of_descriptors(struct trial *t)
{
	return t->seen.symptom == BUSY && witness_saw(t, CALL_ACCEPT, EMFILE);
}

const struct diagnosis emfile_busy_loop = {
	.id = "emfile-busy-loop",
	.title = "With no descriptor free, accept() is tried for ever",
	.text = "accept() failed with EMFILE, and the client stays in the "
		"queue: poll() reports the listening socket again at once. "
		"Leave it out of the set until a client has left.",
	.holds = spins_for_want_of_descriptors,
};

static bool waits_in_accept(struct trial *t)
{
	pid_t server = main_process(t);

	return server && t->connections > 0 && t->seen.symptom == SILENCE &&
	       blocked_in(server, "accept");
}

const struct diagnosis accept_blocks = {
	.id = "accept-blocks",
	.title = "The server waits in accept() while clients wait for it",
	.text = "Between poll() and accept() a client may have gone again, "
		"and a loop that accepts all there are comes to where there "
		"is none: then accept() waits for the next, and everybody "
		"with it. The listening socket has to be non-blocking, too.",
	.holds = waits_in_accept,
};

static bool poll_was_interrupted(struct trial *t)
{
	return !main_process(t) && witness_last_error(t, CALL_POLL) == EINTR;
}

const struct diagnosis eintr_kills_poll = {
	.id = "eintr-kills-poll",
	.title = "A signal makes poll() fail, and the server gives up",
	.text = "poll() returned -1 with EINTR. That is no failure, and "
		"SA_RESTART does not spare it: look whether the signal was "
		"the one to stop, else go round again.",
	.holds = poll_was_interrupted,
};
