/* SPDX-License-Identifier: MIT */
/* program.c - words that start, feed, watch and end programs */
#include "../check.h"

#include "connection.h"
#include "path.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../sockets.h"
#include "../language.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 16

/* Long enough for every message in a failure, short enough to be read. */
#define SHOWN 120

struct command_line {
	const char *argv[48];
	size_t n;
	char *line; /* as a student would type it */
};

static void add_arg(struct command_line *c, const char *arg)
{
	if (c->n + 1 == sizeof(c->argv) / sizeof(*c->argv))
		die("a command line is too long");
	c->argv[c->n++] = arg;
	c->argv[c->n] = NULL;
}

static bool is_valgrinds(enum tool tool)
{
	return tool == MEMCHECK || tool == HELGRIND;
}

static void prefix_valgrind(struct trial *t, enum tool tool,
			    struct command_line *c)
{
	static const char *const options[] = {
		"valgrind",	    "--quiet",	       "--vgdb=no",
		"--error-limit=no", "--num-callers=8", "--xml=yes",
	};
	const char *name = tool == HELGRIND ? "helgrind" : "memcheck";

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		add_arg(c, options[i]);
	add_arg(c, text("--tool=%s", name));
	if (tool == MEMCHECK)
		add_arg(c, teaches(t->lab, &leak_per_client)
				   ? "--leak-check=full"
				   : "--leak-check=no");
	add_arg(c, text("--xml-file=%s/%s/notes/%s.%%p.xml", t->root, t->dir,
			name));
}

/* Of a program's name, as it was built for this tool. */
static const char *ending_for(enum tool tool)
{
	return tool == SANITIZERS ? ".sanitized"
	       : tool == HELGRIND ? ".ordered"
				  : "";
}

static const char *const *environment(struct trial *t, enum tool tool)
{
	static const char *env[8];
	size_t n = 0;

	env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	if (tool == PLAIN && t->witness >= 0) {
		env[n++] = text("LD_PRELOAD=%s/run/witness.so", t->root);
		env[n++] = text("WITNESS=%s/%s/notes/witness", t->root, t->dir);
		/* An arena for each thread would reserve 64 MiB. */
		if (t->lab->threads)
			env[n++] = "MALLOC_ARENA_MAX=1";
	} else if (tool == SANITIZERS) {
		env[n++] = text("ASAN_OPTIONS=detect_leaks=0:log_path=%s/%s/"
				"notes/sanitizer",
				t->root, t->dir);
		env[n++] = text("UBSAN_OPTIONS=print_stacktrace=1:"
				"log_path=%s/%s/notes/sanitizer",
				t->root, t->dir);
	}
	env[n] = NULL;
	return env;
}

static struct program *start(struct trial *t, const char *name,
			     const char *const *args)
{
	enum tool tool = t->tool;
	struct command_line c = {.line = must_strdup(name)};
	char *binary = text("%s/out/%s/%s%s", t->root, t->lab->name, name,
			    ending_for(tool));
	char *dir = text("%s/%s/box", t->root, t->dir);
	struct program *p;

	if (is_valgrinds(tool))
		prefix_valgrind(t, tool, &c);
	add_arg(&c, is_valgrinds(tool) ? binary : name);
	for (; *args; args++) {
		char *longer =
			text(**args ? "%s %s" : "%s \"%s\"", c.line, *args);

		free(c.line);
		c.line = longer;
		add_arg(&c, *args);
	}
	step(t, "start `%s`%s", c.line,
	     tool == MEMCHECK	  ? _(" under valgrind's memcheck")
	     : tool == HELGRIND	  ? _(" under valgrind's helgrind")
	     : tool == SANITIZERS ? _(", built with AddressSanitizer and UBSan")
				  : "");
	t->recorded = witness_recorded(t);
	t->was_restless |= t->restless > 0;
	t->restless = t->naps = 0;
	p = launch(t, &(struct command){
			      .dir = dir,
			      .path = is_valgrinds(tool) ? "/usr/bin/valgrind"
							 : binary,
			      .argv = c.argv,
			      .env = environment(t, tool),
			      .tool = tool,
		      });
	p->line = c.line;
	free(binary);
	free(dir);
	return p;
}

struct program *run(struct trial *t, const char *name, ...)
{
	const char *args[ARGS_MAX + 1];
	size_t n = 0;
	va_list list;

	va_start(list, name);
	while (n < ARGS_MAX && (args[n] = va_arg(list, const char *)))
		n++;
	va_end(list);
	args[n] = NULL;
	return start(t, name, args);
}

/* Clients call 127.0.0.1. */
static bool is_reached(const struct tcp_socket *s)
{
	return s->local_addr == htonl(INADDR_ANY) ||
	       s->local_addr == htonl(INADDR_LOOPBACK);
}

/* Whose socket listens on the port, at an address that clients call or at
 * another: one of the submission's processes? */
static bool listens_on(struct trial *t, uint16_t port, bool reached)
{
	static struct tcp_sockets all;
	static struct look l;
	pid_t pids[PROCESSES_MAX];
	bool read_processes = false;

	tcp_sockets_read(&all, port);
	for (size_t i = 0; i < all.n; i++) {
		if (all.s[i].state != TCP_LISTEN || all.s[i].local != port ||
		    is_reached(&all.s[i]) != reached)
			continue;
		if (!read_processes) {
			probe_processes(&l, t->agent);
			for (size_t j = 0; j < l.n; j++)
				pids[j] = l.p[j].pid;
			read_processes = true;
		}
		if (holds_socket(pids, l.n, all.s[i].inode))
			return true;
	}
	return false;
}

static bool is_listening(struct trial *t, void *arg)
{
	(void)arg;
	return listens(t);
}

bool listens(struct trial *t)
{
	return t->lab->local ? listens_at_path(t)
			     : listens_on(t, t->port, true);
}

/* Where does it listen instead?  0: nowhere. */
static uint16_t listening_port(struct trial *t)
{
	static struct tcp_sockets all;

	tcp_sockets_read(&all, 0);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].state == TCP_LISTEN &&
		    listens_on(t, all.s[i].local, true))
			return all.s[i].local;
	return 0;
}

static uint16_t swapped(uint16_t port)
{
	return (uint16_t)(port << 8 | port >> 8);
}

/* listen() gives one to a socket that has none. */
static bool has_kernels_port(struct trial *t, uint16_t port)
{
	return witness_saw_success(t, CALL_LISTEN) &&
	       !witness_saw_bound(t, port);
}

static const struct diagnosis *why_not_listening(struct trial *t, uint16_t port,
						 enum outcome o)
{
	if (port && has_kernels_port(t, port) &&
	    witness_last_error(t, CALL_BIND))
		return &bind_unchecked;
	if (port)
		return port == swapped(t->port) ? &port_not_network_order
						: &ignores_port_argument;
	return symptom_of(t, o) == CRASHED ? &crash : &never_listens;
}

static char *how_the_kernel_came_to_choose(struct trial *t)
{
	int error = witness_last_error(t, CALL_BIND);

	if (error)
		return sentence("bind() has failed (%s), and it listens on a "
				"port that the kernel has chosen",
				strerror(error));
	return sentence("it listens on a port that the kernel has chosen: "
			"without bind() of this very socket, or with bind() to "
			"port 0");
}

static char *where_it_listens(struct trial *t, uint16_t port, bool unreached,
			      enum outcome o)
{
	if (unreached)
		return sentence("it listens on port %u, but not at 127.0.0.1, "
				"where its clients are",
				t->port);
	if (!port)
		return sentence("no listening socket; %s", state_of(t, o));
	if (has_kernels_port(t, port))
		return how_the_kernel_came_to_choose(t);
	return sentence("it listens on port %u%s", port,
			port == swapped(t->port)
				? _(", the same two bytes in the other order")
				: "");
}

static _Noreturn void never_listening(struct trial *t, enum outcome o)
{
	bool unreached = listens_on(t, t->port, false);
	uint16_t port = unreached ? 0 : listening_port(t);
	const struct diagnosis *d = why_not_listening(t, port, o);

	fail_as(t, d, NEVER_LISTENS,
		sentence("a socket of the server in state LISTEN on port %u",
			 t->port),
		where_it_listens(t, port, unreached, o));
}

/* Where it should, if only for a moment: then nobody may have seen it. */
static bool has_listened(struct trial *t)
{
	return witness_saw_success(t, CALL_LISTEN) &&
	       (t->lab->local ? witness_saw_bound_at(t, t->path)
			      : witness_saw_bound(t, t->port));
}

void expect_not_gone(struct trial *t)
{
	if (!main_process(t))
		fail_as(t,
			symptom_of(t, IS_GONE) == CRASHED
				? &crash
				: &exits_before_client,
			NEVER_LISTENS,
			sentence(
				t->server
					? N_("the server goes on listening on "
					     "%s")
					: N_("the program goes on receiving at "
					     "%s"),
				place(t)),
			state_of(t, IS_GONE));
}

static enum outcome start_server(struct trial *t)
{
	char number[8];
	enum outcome o;

	snprintf(number, sizeof(number), "%u", t->port);
	t->parent = 0;
	t->server = run(t, "server", t->lab->local ? t->path : number, NULL);
	o = wait_until(t, is_listening, NULL);
	if (o == DONE)
		t->parent = main_process(t);
	return o;
}

void serve_on(struct trial *t, uint16_t port)
{
	enum outcome o;

	if (t->skip_serve)
		skip(t, t->skip_serve);
	t->port = port;
	o = start_server(t);
	if (o == IS_GONE && has_listened(t))
		expect_not_gone(t);
	if (o != DONE)
		never_listening(t, o);
}

void serve_at(struct trial *t, const char *path)
{
	enum outcome o;

	if (t->skip_serve)
		skip(t, t->skip_serve);
	t->path = path;
	o = start_server(t);
	if (o == IS_GONE && has_listened(t))
		expect_not_gone(t);
	if (o != DONE)
		never_at_path(t, o);
}

void serve(struct trial *t)
{
	if (t->lab->local) {
		serve_at(t, t->server ? fresh_path() : t->path);
		return;
	}
	/* What an earlier server has closed may hold its port for a while. */
	serve_on(t, t->server ? fresh_port(t) : t->port);
}

bool serves_again(struct trial *t)
{
	return start_server(t) == DONE;
}

void serve_under(struct trial *t, enum tool tool)
{
	t->tool = tool;
	t->patience = TOOL_START_PATIENCE;
	serve(t);
	t->patience = 1;
	t->tool = PLAIN;
}

static bool nobody_left(struct trial *t, void *arg)
{
	static struct look l;

	(void)arg;
	probe_processes(&l, t->agent);
	return l.steady && l.n == 0;
}

static void signal_all(struct trial *t, int signal)
{
	static struct look l;

	probe_processes(&l, t->agent);
	for (size_t i = 0; i < l.n; i++)
		kill(l.p[i].pid, signal);
}

void clear_away(struct trial *t)
{
	/* A process may fork while its brother is being killed. */
	do
		signal_all(t, SIGKILL);
	while (wait_until(t, nobody_left, NULL) != DONE && !t->cell_gone);
}

void kill_server(struct trial *t)
{
	step(t, "kill the server%s",
	     count_processes(t) > 1 ? _(", with all its processes") : "");
	clear_away(t);
}

#define STOP_LOOKS 1000

void freeze(struct trial *t)
{
	static struct look l;

	step(t, "stop the server for a moment (SIGSTOP)");
	/* Its threads stop one after the other, each when it is woken for that.
	 * (A leader that has ended before its threads never does.) */
	for (int looks = 0; looks < STOP_LOOKS; looks++) {
		signal_all(t, SIGSTOP);
		probe_look(&l, t->agent, false);
		if (!l.unstopped)
			break;
	}
}

void thaw(struct trial *t)
{
	step(t, "let the server go on (SIGCONT)");
	signal_all(t, SIGCONT);
}

void send_signal(pid_t pid, int signal)
{
	if (pid > 0)
		kill(pid, signal);
}

void signal_server(struct trial *t, int signal, const char *name)
{
	step(t, "send the server %s", name);
	send_signal(main_process(t), signal);
}

void inject(struct trial *t, const struct witness_rule *rule, const char *what)
{
	if (t->witness < 0)
		skip(t, "this check needs the witness, which is switched off");
	step(t, "from now on: %s", _(what));
	json_array_append_new(t->faults, json_string(_(what)));
	arm(t, rule);
}

void aim_at_next(struct trial *t)
{
	const uint32_t nobody = 0;

	if (pwrite(t->witness, &nobody, sizeof(nobody),
		   offsetof(struct witness, first_pid)) != sizeof(nobody))
		give_up(t, text("the witness's file: %s", strerror(errno)));
}

static bool somebody_is_first(struct trial *t, void *unused)
{
	uint32_t first = 0;

	(void)unused;
	return pread(t->witness, &first, sizeof(first),
		     offsetof(struct witness, first_pid)) == sizeof(first) &&
	       first;
}

void await_aim(struct trial *t)
{
	wait_until(t, somebody_is_first, NULL);
}

void arm(struct trial *t, const struct witness_rule *rule)
{
	const off_t at = offsetof(struct witness, rule);
	struct witness_rule armed = *rule;

	/* The rule takes effect with its first field, so that comes last. */
	armed.call = CALL_NONE;
	if (pwrite(t->witness, &armed, sizeof(armed), at) != sizeof(armed) ||
	    pwrite(t->witness, &rule->call, sizeof(rule->call), at) !=
		    sizeof(rule->call))
		give_up(t, text("the witness's file: %s", strerror(errno)));
}

unsigned struck(struct trial *t)
{
	struct witness_rule r = {0};

	if (pread(t->witness, &r, sizeof(r), offsetof(struct witness, rule)) !=
	    sizeof(r))
		return 0;
	return r.fired;
}

void need_struck(struct trial *t, const char *call)
{
	if (!struck(t) && main_process(t))
		skip(t, sentence("the fault never met the program: it does not "
				 "call %s of the C library",
				 call));
}

#define LOOKS 40
#define HURRY 5000000 /* ns: who sleeps no longer asks 200 times a second */

/* Whenever it is seen asleep, it is not for long. */
static bool only_naps(struct trial *t)
{
	static struct look now;
	int naps = 0;

	for (int i = 0; i < LOOKS; i++) {
		probe_look(&now, t->agent, false);
		pump(t, HURRY);
		if (now.activity == RUNNING)
			continue;
		if (now.activity != DOZING || now.least_timeout > HURRY)
			return false;
		naps += now.least_timeout > 0;
	}
	return naps > LOOKS / 8; /* the others were on a busy machine */
}

void expect_long_rest(struct trial *t)
{
	step(t, "expect that it does not wake up again and again");
	settle(t);
	if (only_naps(t))
		fail_as(t, &busy_loop, BUSY,
			sentence("it sleeps until there is something to do, "
				 "or for a while"),
			sentence(
				"it looks hundreds of times a second, its time-out "
				"being less than 5 ms"));
}

bool comes_to_rest(struct trial *t)
{
	enum outcome o = wait_for_rest(t);

	return o == IS_QUIET || o == IS_DOZING || o == IS_GONE;
}

bool is_restful(struct trial *t)
{
	return !t->restless;
}

bool sleeps_soundly(struct trial *t)
{
	return is_restful(t) && !t->naps;
}

void settle(struct trial *t)
{
	wait_for_rest(t);
}

void expect_rest(struct trial *t)
{
	enum outcome o;

	step(t, "expect the server to wait, blocked in the kernel");
	o = wait_for_rest(t);
	if (o != IS_QUIET && o != IS_DOZING)
		fail(t, symptom_of(t, o),
		     sentence("the server waits without using CPU time"),
		     state_of(t, o));
}
