/* SPDX-License-Identifier: MIT */
/* typist.c - types lines into terminals as a reader would, and tells what they show. */

/*
 * usage: typist SECONDS <script >transcript
 *
 * A line of the script is one of
 *   run N TEXT    type TEXT in terminal N, 1 to 9; wait until its shell asks for
 *                 the next command, and everything is at rest
 *   type N TEXT   type TEXT there; wait until everything is at rest.  ^C is the
 *                 key, not two
 * A terminal is a pseudo-terminal (pty(7)) with an interactive bash, made when
 * something is first typed in it.  Of each line, L its number, the transcript has
 *   L done        or, after SECONDS and the last there is:
 *                 L hangs, the shell does not ask; L restless, something moves
 *   |N ...        what terminal N showed meanwhile, first of all what was typed
 *
 * Theory of operation
 *
 * A reader looks before typing on: is the server up, has everything been said?
 * So does this program, by the same means as the grader (grader/wait.c), and no
 * clock.  Everything is at rest when
 *
 *  - two looks in a row see every thread of every process blocked or stopped,
 *    and none has run in between.  Who sleeps for a while is at rest: a reader
 *    who has a prompt does not wait for that either;
 *  - nothing is on its way inside TCP;
 *  - nothing is on its way inside a terminal.  What a program writes comes to us
 *    through a worker of the kernel, in order.  So between the two looks we write
 *    a mark to each terminal, on the programs' side, and read until it comes.
 *
 * All of this concerns the processes below us.  As the first process of a pid
 * namespace, which has to be arranged by whoever starts us, we see all that were
 * ever started, and when we end so do they.
 */
#include "base.h"
#include "probe.h"
#include "sockets.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What no program of a handout prints: the shells' prompt, and our mark. */
#define PROMPT '\036'
#define MARK '\037'

#define PAUSE_MIN (NS_PER_MS / 2)
#define PAUSE_MAX (4 * NS_PER_MS)
/* Longer than any segment that gets there at all is on its way. */
#define STALL_MAX (8 * (uint64_t)NS_PER_S)

enum { TERMINALS = 9 };

static struct terminal {
	int fd, inner;		 /* our side of it, and the programs' */
	unsigned prompts, marks; /* seen so far */
	struct bytes shown;	 /* since it was last told */
} terminal[TERMINALS];

static uint64_t patience; /* for one line of the script */

/* ---- terminals ----------------------------------------------------------- */

static void start_shell(struct terminal *t)
{
	struct winsize size = {.ws_row = 50, .ws_col = 100};
	pid_t pid = forkpty(&t->fd, NULL, NULL, &size);

	if (pid < 0)
		die_errno("forkpty");
	if (pid == 0) {
		signal(SIGCHLD, SIG_DFL);
		execlp("bash", "bash", NULL);
		_exit(127);
	}
	fcntl(t->fd, F_SETFD, FD_CLOEXEC);
	t->inner = open(ptsname(t->fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->inner < 0)
		die_errno("%s", ptsname(t->fd));
}

static void keep(struct terminal *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == PROMPT)
			t->prompts++;
		else if (s[i] == MARK)
			t->marks++;
		else if (s[i] != '\r')
			bytes_add(&t->shown, &s[i], 1);
}

/* Take what is there, after waiting for it up to so many ns; whether there was
 * anything but marks. */
static bool take(uint64_t wait)
{
	struct timespec time = {.tv_nsec = (long)wait};
	struct pollfd event[TERMINALS];
	bool news = false;
	char s[65536];

	for (size_t i = 0; i < TERMINALS; i++)
		event[i] = (struct pollfd){
			.fd = terminal[i].inner ? terminal[i].fd : -1,
			.events = POLLIN};
	if (ppoll(event, TERMINALS, &time, NULL) < 0)
		die_errno("ppoll");
	for (size_t i = 0; i < TERMINALS; i++) {
		struct terminal *t = &terminal[i];
		unsigned marks = t->marks;
		ssize_t n = event[i].revents ? read(t->fd, s, sizeof(s)) : 0;

		if (n < 0)
			die_errno("terminal %zu", i + 1);
		keep(t, s, (size_t)n);
		news |= (size_t)n > t->marks - marks;
	}
	return news;
}

/* ---- rest ---------------------------------------------------------------- */

static bool marks_due(const unsigned *sent)
{
	for (size_t i = 0; i < TERMINALS; i++)
		if (terminal[i].inner && terminal[i].marks != sent[i])
			return true;
	return false;
}

/* Read all that has been written to the terminals; whether that was nothing. */
static bool is_silent(uint64_t until)
{
	unsigned sent[TERMINALS];
	bool news = false;

	for (size_t i = 0; i < TERMINALS; i++) {
		sent[i] = terminal[i].marks + 1;
		if (terminal[i].inner &&
		    write(terminal[i].inner, &(char){MARK}, 1) != 1)
			die_errno("terminal %zu", i + 1);
	}
	while (marks_due(sent) && now_ns() < until)
		news |= take(PAUSE_MAX);
	return !news && !marks_due(sent);
}

/* Is an acknowledgement on its way?  Nobody waits for it, but the states and
 * queues that a reader looks at do change: until it comes a timer runs for what
 * was sent, the first one of proc(5), /proc/net/tcp. */
static bool acknowledgement_due(void)
{
	FILE *f = fopen("/proc/net/tcp", "re");
	char line[256];
	bool due = false;

	while (f && !due && fgets(line, sizeof(line), f)) {
		unsigned state, timer;

		due = sscanf(line, "%*s %*s %*s %x %*x:%*x %x", &state,
			     &timer) == 2 &&
		      state != TCP_SYN_SENT && state != TCP_SYN_RECV &&
		      timer == 1;
	}
	if (f)
		fclose(f);
	return due;
}

static bool in_flight(uint64_t began)
{
	static struct tcp_sockets all;

	if (now_ns() > began + STALL_MAX)
		return false;
	tcp_sockets_read(&all, 0);
	return tcp_in_flight(&all) || acknowledgement_due();
}

/* In state D it is the kernel that is not done, though it be asleep. */
static bool is_blocked(const struct look *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->p[i].state == 'D')
			return false;
	return l->activity != RUNNING;
}

static bool at_rest(uint64_t began, uint64_t until)
{
	static struct look before, now;

	probe_look(&before, getpid(), false);
	if (!is_blocked(&before) || !is_silent(until) || in_flight(began))
		return false;
	probe_look(&now, getpid(), false);
	return is_blocked(&now) && now.fingerprint == before.fingerprint;
}

/* Until terminal t has shown so much, its shell has asked so often, and all is
 * at rest. */
static const char *wait_for(const struct terminal *t, size_t shown,
			    unsigned prompts)
{
	uint64_t began = now_ns(), until = began + patience;
	uint64_t pause = PAUSE_MIN;

	for (;;) {
		bool asked = t->prompts >= prompts;

		if (asked && t->shown.n >= shown && at_rest(began, until))
			return "done";
		if (now_ns() >= until)
			return asked ? "restless" : "hangs";
		if (!take(pause) && pause < PAUSE_MAX)
			pause += pause / 2;
	}
}

/* ---- the script ---------------------------------------------------------- */

static const char *type(struct terminal *t, const char *s, bool run)
{
	bool key = strcmp(s, "^C") == 0;
	char *keys = key ? text("\003") : text("%s\n", s);
	size_t n = strlen(keys);
	const char *end;

	if (!t->inner) {
		start_shell(t);
		end = wait_for(t, 0, 1);
		if (strcmp(end, "done") != 0)
			return end;
	}
	if (write(t->fd, keys, n) != (ssize_t)n)
		die_errno("cannot type");
	free(keys);
	/* All of it appears on the screen, the key as two characters. */
	return wait_for(t, n + key, t->prompts + run);
}

static void tell(size_t number)
{
	struct bytes *b = &terminal[number - 1].shown;
	const char *s = (const char *)b->data;

	for (size_t left = b->n; left > 0;) {
		const char *end = memchr(s, '\n', left);
		size_t n = end ? (size_t)(end - s) : left;

		printf("|%zu %.*s\n", number, (int)n, s);
		n += end != NULL;
		s += n;
		left -= n;
	}
	bytes_drop_front(b, b->n);
}

static _Noreturn void usage(const char *why, const char *what)
{
	fprintf(stderr, "usage: typist SECONDS <script >transcript (%s) %s\n",
		why, what);
	exit(EXIT_USAGE);
}

static void do_line(const char *line, unsigned number)
{
	char verb[5], *rest;
	const char *end;
	int which, at = 0;

	if (sscanf(line, "%4s %1d%n", verb, &which, &at) != 2 || which < 1 ||
	    line[at] != ' ')
		usage("no line of a script", line);
	rest = must_strdup(line + at + 1);
	rest[strcspn(rest, "\n")] = 0;
	end = type(&terminal[which - 1], rest, strcmp(verb, "run") == 0);
	free(rest);
	printf("%u %s\n", number, end);
	for (size_t i = 1; i <= TERMINALS; i++)
		tell(i);
	if (strcmp(end, "done") != 0)
		exit(0);
}

int main(int argc, char *argv[])
{
	char *line = NULL;
	size_t room = 0;
	unsigned number = 0;

	if (argc != 2 || !(patience = strtoul(argv[1], NULL, 10) * NS_PER_S))
		usage("how long?", "");
	close_range(3, ~0u, 0);	  /* whatever our starter had open */
	signal(SIGCHLD, SIG_IGN); /* orphans are nobody's zombies */
	while (getline(&line, &room, stdin) > 0)
		do_line(line, ++number);
	free(line);
	return 0;
}
