/* SPDX-License-Identifier: MIT */
/* connections.c - diagnoses: how a connection, and a program with it, ends */
#include "../diagnoses.h"
#include "../check.h"
#include "../record.h"
#include "../language.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

const struct diagnosis never_closes = {
	.id = "never-closes",
	.title = "The connection is never closed",
	.text = "The client waits for end of file, which comes only when every "
		"descriptor of the connection has been closed, in every "
		"process that holds one.",
};

const struct diagnosis never_exits = {
	.id = "never-exits",
	.title = "The program goes on though its work is done",
	.text = "It had to end here by itself. The message says in which call "
		"it waits instead.",
};

const struct diagnosis wrong_exit_status = {
	.id = "wrong-exit-status",
	.title = "The exit status says the opposite of what happened",
	.text = "0 means success, anything else failure: scripts and graders "
		"look at nothing else. main() without a return, or a return "
		"of some other call's result, gives an accidental one.",
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
		       N_("no more faults"));
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
	.holds = not_let_in,
};

const struct diagnosis connection_leak = {
	.id = "connection-leak",
	.title = "Connected sockets are not closed",
	.text = "Every accept() gives a new descriptor, and each has to be "
		"closed when its client is done. A server that forgets one "
		"per client stops working after about a thousand.",
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
	.holds = killed_by_sigpipe,
};

const struct diagnosis sigpipe_kills_client = {
	.id = "sigpipe-kills-client",
	.title = "SIGPIPE has killed the client",
	.text = "The server had gone, so writing raised SIGPIPE, and the "
		"client died without a word. With MSG_NOSIGNAL, or SIGPIPE "
		"ignored, it can say what happened.",
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
	.holds = printed_part_of_the_answer,
};
