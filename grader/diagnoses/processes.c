/* SPDX-License-Identifier: MIT */
/* processes.c - diagnoses: a process per client */
#include "../diagnoses.h"
#include "../check.h"
#include "../record.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

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
		"needs a process, or a thread, of its own.",
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
	.holds = parent_waits,
};

const struct diagnosis not_a_process_per_client = {
	.id = "not-a-process-per-client",
	.title = "There is not one process for each client",
	.text = "This lab is about fork(): a new process when a client comes, "
		"for this client alone, gone when the client is. Threads, "
		"one process for all, or processes kept in store come later.",
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
	.holds = someone_elses,
};

const struct diagnosis zombies = {
	.id = "zombies",
	.title = "Ended children are not reaped",
	.text = "A child that has ended stays in the process table until its "
		"parent has asked for its exit status. Without waitpid(), or "
		"SIGCHLD ignored, every client leaves a zombie.",
};

const struct diagnosis one_wait_per_signal = {
	.id = "one-wait-per-signal",
	.title = "One waitpid() is called for each SIGCHLD",
	.text = "Signals do not queue: ten children that end together may "
		"raise SIGCHLD once. The handler has to call waitpid() with "
		"WNOHANG until there is no more to reap.",
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
	.holds = parent_holds_it,
};

const struct diagnosis listener_open_in_child = {
	.id = "listener-open-in-child",
	.title = "A child keeps the listening socket open",
	.text = "The child serves one client and never accepts; its inherited "
		"copy of the listening socket keeps the port taken even when "
		"the parent is gone. Close it first thing after fork().",
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
	.holds = option_after_bind,
};

const struct diagnosis no_reuseaddr = {
	.id = "no-reuseaddr",
	.title = "The server cannot be restarted at once: no SO_REUSEADDR",
	.text = "Connections of the server that was ended are still closing "
		"(FIN_WAIT, TIME_WAIT), and bind() refuses their port with "
		"EADDRINUSE. A server sets SO_REUSEADDR before bind().",
};

const struct diagnosis crash_takes_all = {
	.id = "crash-takes-all",
	.title = "One child's crash takes the others with it",
	.text = "Processes are separate so that one may fail alone. A parent "
		"that ends, or ends its other children, when waitpid() "
		"reports an abnormal end gives that away.",
};
