/* SPDX-License-Identifier: MIT */
/* start.c - diagnoses: how a program starts, and takes its arguments */
#include "../diagnoses.h"
#include "../check.h"
#include "../record.h"
#include "../words/peer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const struct diagnosis never_listens = {
	.id = "never-listens",
	.title = "No socket ever listens on the port",
	.text = "A client can only connect once a socket has been bound to "
		"the port, at an address that the client calls (INADDR_ANY: "
		"at all of them), and listen() has been called on it. Look at "
		"the result of socket(), bind() and listen(), in this order.",
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
	.holds = called_elsewhere,
};

static bool nobody_was_accepted(struct trial *t)
{
	return t->seen.symptom == EXITED && !witness_saw(t, CALL_ACCEPT, 0);
}

const struct diagnosis exits_before_client = {
	.id = "exits-before-client",
	.title = "The server ends before a client has come",
	.text = "accept(), or recvfrom() where datagrams come, has to wait for "
		"a client. If the socket does not block, or the call fails "
		"and nobody looks, the program runs on to its end.",
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
	.holds = any_sleeps,
};

const struct diagnosis crash = {
	.id = "crash",
	.title = "The program was killed by a signal",
	.text = "A signal like SIGSEGV ends the program where it stands: a "
		"pointer that points nowhere, argv[1] that is not there, a "
		"buffer that was overrun. `gdb` or a build with "
		"-fsanitize=address shows the line.",
};

const struct diagnosis exits_early = {
	.id = "exits-early",
	.title = "The program has ended though it had to go on",
	.text = "Something that a single client did, or an error that concerned "
		"only one client, has ended the whole server; or a client "
		"program did not go on to the end of its input. Look for an "
		"exit(), a return from main() or a wrapper that exits.",
};

const struct diagnosis uses_up_everything = {
	.id = "uses-up-everything",
	.title = "The program has used up all that it was given",
	.text = "Memory, processes or output grew until the limits of a trial "
		"were reached, and it was ended from outside. A loop that "
		"allocates, forks or prints without end is the usual reason.",
};

const struct diagnosis no_usage_check = {
	.id = "no-usage-check",
	.title = "Bad arguments are not refused",
	.text = "The program has to look at argc and at every character of the "
		"port before it does anything: atoi() takes `80x` for 80 and "
		"`abc` for 0. strtol() tells where the number ended.",
};

const struct diagnosis bind_unchecked = {
	.id = "bind-unchecked",
	.title = "A failing bind() goes unnoticed",
	.text = "bind() returned -1, and the program went on as if it had "
		"worked. errno says why: another program has the address "
		"(EADDRINUSE), no interface of this machine has it "
		"(EADDRNOTAVAIL), or the size is wrong, or listen() came "
		"first (EINVAL). Every system call can fail; the result says "
		"so.",
};

const struct diagnosis error_unexplained = {
	.id = "error-unexplained",
	.title = "The program ends with an error, but does not say which",
	.text = "Whoever started it needs one line on stderr: which call "
		"failed and why (strerror(errno)), or how the program wants "
		"to be called. sys_err() prints the first kind.",
};

const struct diagnosis connect_unchecked = {
	.id = "connect-unchecked",
	.title = "A failing connect() goes unnoticed",
	.text = "Nobody listens there, so connect() returned -1 with "
		"ECONNREFUSED, but the client went on as if it were "
		"connected.",
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
	.holds = address_helps,
};
