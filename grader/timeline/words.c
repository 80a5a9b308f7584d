/* SPDX-License-Identifier: MIT */
/* words.c - a call that the witness recorded, in words */
#include "story.h"

#include "../language.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[CALL_COUNT] = {
	[CALL_SOCKET] = "socket",     [CALL_BIND] = "bind",
	[CALL_LISTEN] = "listen",     [CALL_ACCEPT] = "accept",
	[CALL_CONNECT] = "connect",   [CALL_READ] = "read",
	[CALL_WRITE] = "write",	      [CALL_SHUTDOWN] = "shutdown",
	[CALL_CLOSE] = "close",	      [CALL_SETSOCKOPT] = "setsockopt",
	[CALL_POLL] = "poll",	      [CALL_FORK] = "fork",
	[CALL_WAIT] = "waitpid",      [CALL_KILL] = "kill",
	[CALL_SIGNAL] = "sigaction",  [CALL_PIPE] = "pipe",
	[CALL_DUP] = "dup",	      [CALL_EXEC] = "exec",
	[CALL_EXIT] = "exit",	      [CALL_SLEEP] = "sleep",
	[CALL_TIMER] = "timer",	      [CALL_THREAD] = "pthread_create",
	[CALL_JOIN] = "pthread_join", [CALL_OPEN] = "open",
	[CALL_UNLINK] = "unlink",     [CALL_MKFIFO] = "mkfifo",
	[CALL_SHM] = "shm",
};

const char *call_name(uint32_t call)
{
	return call < CALL_COUNT ? names[call] : NULL;
}

static const char *or_else(const char *s, const char *otherwise)
{
	return s ? s : otherwise;
}

static const char *signal_name(int64_t n)
{
	return or_else(sigabbrev_np((int)n), "?");
}

const char *error_name(int64_t n)
{
	return or_else(strerrorname_np((int)n), "?");
}

/* epoll has a descriptor of its own, the others a list of them. */
static char *arguments_of_poll(const struct witness_event *e)
{
	char *limit = e->arg[1] < 0 ? must_strdup("")
				    : text(", %d ms", (int)e->arg[1]);
	char *all = e->arg[2] >= 0
			    ? text("%d%s", (int)e->arg[2], limit)
			    : sentence(e->arg[0] == 1 ? N_("%d descriptor%s")
						      : N_("%d descriptors%s"),
				       (int)e->arg[0], limit);

	free(limit);
	return all;
}

/* What stands between the parentheses. */
static char *arguments(const struct witness_event *e)
{
	size_t shown = e->n_bytes;

	switch (e->call) {
	case CALL_POLL:
		return arguments_of_poll(e);
	case CALL_OPEN:
	case CALL_UNLINK:
	case CALL_MKFIFO:
	case CALL_EXEC:
		return readable(e->bytes, shown, BYTES_SHOWN);
	case CALL_KILL:
		return text("%d, SIG%s", (int)e->arg[0],
			    signal_name(e->arg[1]));
	case CALL_SIGNAL:
		return text("SIG%s", signal_name(e->arg[0]));
	case CALL_WAIT:
	case CALL_EXIT:
		return text("%d", (int)e->arg[0]);
	case CALL_SLEEP:
		return text("%.6g s", (double)e->arg[0] / 1e6);
	default:
		return has_descriptor(e->call) ? text("%d", (int)e->arg[0])
					       : must_strdup("");
	}
}

/* As it stands in the program, as far as the record tells variants apart. */
static const char *name_of_call(const struct witness_event *e)
{
	static char name[WITNESS_BYTES + 1];

	switch (e->call) {
	case CALL_SHM: /* shmget, shmat, … */
		snprintf(name, sizeof(name), "%.*s", e->n_bytes,
			 (const char *)e->bytes);
		make_printable(name);
		return name;
	case CALL_READ:
		return e->arg[2] == WITHOUT_FLAGS ? "read" : "recv";
	case CALL_WRITE:
		return e->arg[2] == WITHOUT_FLAGS ? "write" : "send";
	case CALL_POLL:
		return e->arg[2] >= 0 ? "epoll_wait" : "poll";
	case CALL_JOIN:
		return e->arg[1] ? "pthread_detach" : "pthread_join";
	default:
		return names[e->call];
	}
}

/* Whose connection is it about? */
int client_in(const struct story *s, const struct witness_event *e)
{
	return e->call == CALL_ACCEPT	 ? client_of(s, e->pid, e->result)
	       : has_descriptor(e->call) ? client_of(s, e->pid, e->arg[0])
					 : 0;
}

static const char *standard_stream(const struct witness_event *e)
{
	static const char *const streams[] = {", stdin", ", stdout",
					      ", stderr"};

	if ((e->call != CALL_READ && e->call != CALL_WRITE) || e->arg[0] < 0 ||
	    e->arg[0] > 2)
		return "";
	return streams[e->arg[0]];
}

/* ", client 2", for a call that waits " for client 2", or nothing. */
static char *whose(struct story *s, const struct witness_event *e,
		   bool returned)
{
	int client = client_in(s, e);

	if (!returned && e->call == CALL_ACCEPT)
		return sentence(" for a client");
	if (client > 0) {
		int lane = lane_of_client(s, client); /* moves s->lane */

		return sentence(returned ? N_(", %s") : N_(" for %s"),
				s->lane[lane].says);
	}
	return must_strdup(standard_stream(e));
}

/* The first of n bytes, of which `kept` are at hand. */
char *head_of(const unsigned char *data, size_t kept, size_t n)
{
	size_t shown = n < kept ? n : kept;
	char *head, *all;

	if (shown > BYTES_SHOWN)
		shown = BYTES_SHOWN;
	head = readable(data, shown, shown);
	all = text("%s%s", head, n > shown ? "..." : "");
	free(head);
	return all;
}

static char *result_of(const struct witness_event *e)
{
	char *data, *all;

	/* The old handler of a signal is nobody's business. */
	if (e->call == CALL_EXIT || e->state != EVENT_RETURNED ||
	    (e->call == CALL_SIGNAL && !e->error))
		return must_strdup("");
	if (e->result < 0 || (e->error && e->result <= 0))
		return text(" = -1 %s (%s)", error_name(e->error),
			    strerror(e->error));
	if ((e->call != CALL_READ && e->call != CALL_WRITE) || e->result == 0)
		return text(" = %lld%s%s", (long long)e->result,
			    e->call == CALL_READ ? _(", ") : "",
			    e->call == CALL_READ ? _("end of file") : "");
	if (!e->n_bytes)
		return text(" = %lld", (long long)e->result);
	data = head_of(e->bytes, e->n_bytes, (size_t)e->result);
	all = text(" = %lld %s", (long long)e->result, data);
	free(data);
	return all;
}

static const char *const fault_names[] = {
	[ACT_FAIL] = N_("made to fail"),
	[ACT_HALF] = N_("given half"),
	[ACT_ONE] = N_("given a byte"),
	[ACT_ABORT] = N_("its client gave up"),
	[ACT_DELAY] = N_("delayed"),
	[ACT_HOLD] = N_("held back"),
	[ACT_VANISH] = N_("a client gave up"),
	[ACT_STOP] = N_("stopped here"),
	[ACT_KILL] = N_("killed here"),
	[ACT_GUARD] = N_("guarded"),
};

const char *fault_of(const struct witness_event *e)
{
	return e->action < sizeof(fault_names) / sizeof(*fault_names)
		       ? fault_names[e->action]
		       : NULL;
}

char *call_in_words(struct story *s, const struct witness_event *e,
		    bool returned)
{
	char *in = arguments(e), *of = whose(s, e, returned);
	char *out = returned ? result_of(e) : must_strdup("");
	const char *fault = fault_of(e);
	char *call = text("%s(%s)%s", name_of_call(e), in, out);
	char *what = returned ? text("%s%s", call, of)
			      : sentence("waits in %s%s", call, of);
	char *all = text("%s%s%s%s", what, fault ? " [" : "",
			 fault ? _(fault) : "", fault ? "]" : "");

	free(in);
	free(of);
	free(out);
	free(call);
	free(what);
	return all;
}
