/* SPDX-License-Identifier: MIT */
/* words_program.c - words that start, feed, watch and end programs */
#include "check.h"
#include "diagnoses.h"
#include "sockets.h"

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

static void prefix_memcheck(struct trial *t, struct command_line *c)
{
	static const char *const options[] = {
		"valgrind",	   "--tool=memcheck", "--quiet",
		"--leak-check=no", "--vgdb=no",	      "--error-limit=no",
		"--num-callers=8", "--xml=yes",
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		add_arg(c, options[i]);
	add_arg(c, text("--xml-file=%s/%s/notes/memcheck.%%p.xml", t->root,
			t->dir));
}

static const char *const *environment(struct trial *t, enum tool tool)
{
	static const char *env[8];
	size_t n = 0;

	env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	if (tool == PLAIN && t->witness >= 0) {
		env[n++] = text("LD_PRELOAD=%s/run/witness.so", t->root);
		env[n++] = text("WITNESS=%s/%s/notes/witness", t->root, t->dir);
	} else if (tool == SANITIZERS) {
		env[n++] = text("ASAN_OPTIONS=detect_leaks=0:log_path=%s/%s/"
				"notes/sanitizer:handle_segv=1",
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
			    tool == SANITIZERS ? ".sanitized" : "");
	char *dir = text("%s/%s/box", t->root, t->dir);
	struct program *p;

	if (tool == MEMCHECK)
		prefix_memcheck(t, &c);
	add_arg(&c, tool == MEMCHECK ? binary : name);
	for (; *args; args++) {
		char *longer =
			text(**args ? "%s %s" : "%s \"%s\"", c.line, *args);

		free(c.line);
		c.line = longer;
		add_arg(&c, *args);
	}
	step(t, "start `%s`%s", c.line,
	     tool == MEMCHECK	  ? " under valgrind's memcheck"
	     : tool == SANITIZERS ? ", built with AddressSanitizer and UBSan"
				  : "");
	p = launch(t, &(struct command){
			      .dir = dir,
			      .path = tool == MEMCHECK ? "/usr/bin/valgrind"
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

/* Whose socket listens on the port: one of the submission's processes? */
static bool listens_on(struct trial *t, uint16_t port)
{
	static struct tcp_sockets all;
	static struct look l;
	pid_t pids[PROCESSES_MAX];
	bool read_processes = false;

	tcp_sockets_read(&all, port);
	for (size_t i = 0; i < all.n; i++) {
		if (all.s[i].state != TCP_LISTEN || all.s[i].local != port)
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
	return listens_on(t, t->port);
}

bool listens(struct trial *t)
{
	return listens_on(t, t->port);
}

/* Where does it listen instead?  0: nowhere. */
static uint16_t listening_port(struct trial *t)
{
	static struct tcp_sockets all;

	tcp_sockets_read(&all, 0);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].state == TCP_LISTEN &&
		    listens_on(t, all.s[i].local))
			return all.s[i].local;
	return 0;
}

static _Noreturn void never_listening(struct trial *t, enum outcome o)
{
	uint16_t port = listening_port(t);
	const struct diagnosis *d = &never_listens;
	uint16_t swapped = (uint16_t)(t->port << 8 | t->port >> 8);
	char *seen;

	if (port && port == swapped)
		d = &port_not_network_order;
	else if (port)
		d = &ignores_port_argument;
	if (port)
		seen = text("it listens on port %u%s", port,
			    port == swapped ? ", the same two bytes in the "
					      "other order"
					    : "");
	else
		seen = text("no listening socket; %s", state_of(t, o));
	if (!port && symptom_of(t, o) == CRASHED)
		d = &crash;
	fail_as(t, d, NEVER_LISTENS,
		text("a socket of the server in state LISTEN on port %u",
		     t->port),
		seen);
}

void serve_on(struct trial *t, uint16_t port)
{
	char number[8];
	enum outcome o;

	if (t->skip_serve)
		skip(t, t->skip_serve);
	t->port = port;
	snprintf(number, sizeof(number), "%u", port);
	t->server = run(t, "server", number, NULL);
	o = wait_until(t, is_listening, NULL);
	if (o != DONE)
		never_listening(t, o);
}

void serve(struct trial *t)
{
	/* What an earlier server has closed may hold its port for a while. */
	serve_on(t, t->server ? fresh_port(t) : t->port);
}

bool serves_again(struct trial *t)
{
	char number[8];

	snprintf(number, sizeof(number), "%u", t->port);
	t->server = run(t, "server", number, NULL);
	return wait_until(t, is_listening, NULL) == DONE;
}

void serve_under(struct trial *t, enum tool tool)
{
	t->tool = tool;
	serve(t);
	t->tool = PLAIN;
}

static bool nobody_left(struct trial *t, void *arg)
{
	static struct look l;

	(void)arg;
	probe_processes(&l, t->agent);
	return l.n == 0;
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
	     count_processes(t) > 1 ? ", with all its processes" : "");
	clear_away(t);
}

void freeze(struct trial *t)
{
	step(t, "stop the server for a moment (SIGSTOP)");
	signal_all(t, SIGSTOP);
}

void thaw(struct trial *t)
{
	step(t, "let the server go on (SIGCONT)");
	signal_all(t, SIGCONT);
}

void signal_server(struct trial *t, int signal, const char *name)
{
	step(t, "send the server %s", name);
	kill(main_process(t), signal);
}

void inject(struct trial *t, const struct witness_rule *rule, const char *what)
{
	const off_t at = offsetof(struct witness, rule);
	struct witness_rule armed = *rule;

	if (t->witness < 0)
		skip(t, "this check needs the witness, which is switched off");
	step(t, "from now on: %s", what);
	json_array_append_new(t->faults, json_string(what));
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

void type(struct trial *t, struct program *p, const char *s)
{
	char *shown = readable(s, strlen(s), SHOWN);

	step(t, "type %s", shown);
	free(shown);
	bytes_add(&p->typed, s, strlen(s));
	pump(t, 0);
}

void end_of_input(struct trial *t, struct program *p)
{
	step(t, "end its standard input (Ctrl-D)");
	p->input_ends = true;
	pump(t, 0);
}

struct wanted {
	struct program *p;
	const char *s;
};

static unsigned char *find_printed(const struct wanted *w)
{
	const struct bytes *b = &w->p->printed;
	size_t from = w->p->expected;

	if (from >= b->n)
		return NULL;
	return memmem(b->data + from, b->n - from, w->s, strlen(w->s));
}

static bool has_printed(struct trial *t, void *arg)
{
	(void)t;
	return find_printed(arg) != NULL;
}

void expect_printed(struct trial *t, struct program *p, const char *s)
{
	struct wanted w = {p, s};
	char *shown = readable(s, strlen(s), SHOWN);
	enum outcome o;

	step(t, "expect %s on its standard output", shown);
	o = wait_until(t, has_printed, &w);
	if (o != DONE) {
		size_t from = p->expected;
		char *got = readable(p->printed.data + from,
				     p->printed.n - from, SHOWN);

		t->seen.program = p;
		bytes_add(&t->seen.want, s, strlen(s));
		bytes_add(&t->seen.got, p->printed.data + from,
			  p->printed.n - from);
		fail(t,
		     symptom_of(t, o) == SILENCE ? WRONG_OUTPUT
						 : symptom_of(t, o),
		     text("%s on standard output", shown),
		     p->printed.n > from ? text("%s; %s", got, state_of(t, o))
					 : text("nothing; %s", state_of(t, o)));
	}
	p->expected = (size_t)(find_printed(&w) - p->printed.data) + strlen(s);
	free(shown);
}

static bool has_ended(struct trial *t, void *arg)
{
	struct program *p = arg;

	(void)t;
	return p->ended || p->spawn_error;
}

bool exits(struct trial *t, struct program *p)
{
	return wait_until(t, has_ended, p) == DONE;
}

static char *ending(const struct program *p)
{
	if (p->spawn_error)
		return text("`%s` could not be started: %s", p->line,
			    strerror(p->spawn_error));
	if (WIFSIGNALED(p->status))
		return text("`%s` was killed by signal %d (SIG%s)", p->line,
			    WTERMSIG(p->status),
			    sigabbrev_np(WTERMSIG(p->status)));
	return text("`%s` has exited with status %d", p->line,
		    WEXITSTATUS(p->status));
}

/* Fails unless it ends by exiting. */
static void await_exit(struct trial *t, struct program *p, char *expected)
{
	enum outcome o = wait_until(t, has_ended, p);

	t->seen.program = p;
	if (o != DONE)
		fail(t, o == IS_BUSY ? BUSY : NOT_EXITED, expected,
		     text("it goes on: %s", state_of(t, o)));
	if (p->spawn_error || WIFSIGNALED(p->status))
		fail(t, CRASHED, expected, ending(p));
}

void expect_exit(struct trial *t, struct program *p, int status)
{
	char *expected = status < 0
				 ? text("it exits, with a status other than 0")
				 : text("it exits with status %d", status);

	step(t, "expect that %s", expected);
	await_exit(t, p, expected);
	if (status < 0 ? WEXITSTATUS(p->status) == 0
		       : WEXITSTATUS(p->status) != status)
		fail(t, WRONG_STATUS, expected, ending(p));
	free(expected);
}

/* Is there a line on stderr that will do? */
static bool complained(const struct program *p, enum complaint about,
		       const char *word, const char *error)
{
	char *said = must_calloc(1, p->complained.n + 1), *state;
	bool good = false;

	if (p->complained.n)
		memcpy(said, p->complained.data, p->complained.n);
	for (char *line = strtok_r(said, "\n", &state); line && !good;
	     line = strtok_r(NULL, "\n", &state)) {
		if (about == ABOUT_USAGE)
			good = strncasecmp(line, "usage:", 6) == 0 ||
			       (word && strstr(line, word));
		else if (about == ABOUT_ERROR)
			good = strcasestr(line, word) && strstr(line, error);
		else
			good = true;
	}
	free(said);
	return good;
}

static char *complaint_wanted(enum complaint about, const char *word,
			      const char *error)
{
	static const char start[] =
		"it exits, with a status other than 0 and a line on stderr";

	if (about == ABOUT_ERROR)
		return text("%s that names the call and the error (%s: %s)",
			    start, word, error);
	if (about == OF_ANY_KIND)
		return text("%s that says why", start);
	return text("%s: `usage: ...`%s%s", start,
		    word ? ", or one that names " : "", word ? word : "");
}

void expect_complaint(struct trial *t, struct program *p,
		      const struct diagnosis *otherwise, enum complaint about,
		      const char *word, const char *error)
{
	char *expected = complaint_wanted(about, word, error);
	enum outcome o;

	step(t, "expect that %s", expected);
	t->seen.program = p;
	o = wait_until(t, has_ended, p);
	if (o != DONE)
		fail_as(t, otherwise, NOT_EXITED, expected,
			text("it goes on: %s", state_of(t, o)));
	if (p->spawn_error || WIFSIGNALED(p->status))
		fail(t, CRASHED, expected, ending(p));
	settle(t);
	if (WEXITSTATUS(p->status) == 0)
		fail_as(t, otherwise, WRONG_STATUS, expected, ending(p));
	if (!complained(p, about, word, error)) {
		char *said =
			readable(p->complained.data, p->complained.n, SHOWN);

		/* Another call's error means that the bad argument got
		 * through; silence is another matter. */
		fail_as(t,
			about == ABOUT_USAGE && p->complained.n
				? otherwise
				: &error_unexplained,
			WRONG_OUTPUT, expected,
			p->complained.n ? text("on stderr: %s", said)
					: text("%s, with nothing on stderr",
					       ending(p)));
	}
	free(expected);
}

bool comes_to_rest(struct trial *t)
{
	enum outcome o = wait_for_rest(t);

	return o == IS_QUIET || o == IS_DOZING || o == IS_GONE;
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
		     text("the server waits without using CPU time"),
		     state_of(t, o));
}
