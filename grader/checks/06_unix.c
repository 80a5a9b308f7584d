/* SPDX-License-Identifier: MIT */
/* 06_unix.c - lab 06: UNIX domain sockets, streams and datagrams */
#include "common.h"
#include "labs.h"

#include "../connection.h"
#include "../diagnoses.h"
#include "../record.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_ROOM 108 /* of sun_path */

static void to_upper(void *data, size_t n)
{
	unsigned char *p = data;

	for (size_t i = 0; i < n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (unsigned char)(p[i] - 'a' + 'A');
}

static char *upper(const char *s)
{
	char *copy = must_strdup(s);

	to_upper(copy, strlen(copy));
	return copy;
}

BUILD_CHECK(unix_builds, "unix.builds", 3,
	    "all four programs compile, with nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(unix_usage, "unix.usage", 3,
      "all four programs refuse a wrong number of arguments",
      .hint = "How many paths does each of them need?", .all_programs = true)
{
	static const char *const servers[] = {"server", "dgram_server"};
	static const char *const clients[] = {"client", "dgram_client"};

	for (size_t i = 0; i < 2; i++) {
		expect_complaint(t, run(t, servers[i], NULL), &no_usage_check,
				 ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, servers[i], "a", "b", NULL),
				 &no_usage_check, ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, clients[i], NULL), &no_usage_check,
				 ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, clients[i], "a", NULL),
				 &no_usage_check, ABOUT_USAGE, NULL, NULL);
		expect_complaint(t, run(t, clients[i], "a", "b", "c", NULL),
				 &no_usage_check, ABOUT_USAGE, NULL, NULL);
	}
}

/* ---- the stream server ---- */

CHECK(unix_upper, "unix.upper", 7,
      "small letters come back as capitals, all else as it was",
      .hint = "For which numbers is toupper() defined?", .gate = true,
      SUSPECTS(&signed_char_toupper))
{
	unsigned char every[256];

	for (size_t i = 0; i < sizeof(every); i++)
		every[i] = (unsigned char)i;
	serve_to_stay(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	exchange(t, 1, "Hello, World: 3 of 4 {done}, no newline");
	exchange_bytes(t, 1, "ab\0cd\n", 6);
	exchange_bytes(t, 1, every, sizeof(every));
	expect_nothing_more(t, 1);
	clear_away(t);
	inject(t,
	       &(struct witness_rule){.call = CALL_TOUPPER,
				      .action = ACT_FAIL,
				      .first = 1,
				      .every = 1},
	       "toupper() of a negative number is '?': the C standard promises "
	       "nothing");
	serve(t);
	clients(t, 2);
	exchange_bytes(t, 2, every + 128, 128);
}

/* Client n comes, says a word, and leaves. */
static void visit(struct trial *t, int n)
{
	clients(t, n);
	exchange(t, n, "hello\n");
	hang_up(t, n);
	settle(t);
}

CHECK(unix_next_client, "unix.next-client", 5,
      "when a client has left the next is served: 50 in turn",
      .hint = "Where does the program go after close()?")
{
	serve_at(t, absolute(t, "server.socket"));
	visit(t, 1);
	expect_rest(t);
	for (int n = 2; n <= 50; n++)
		visit(t, n);
}

CHECK(unix_half_close, "unix.half-close", 4,
      "a client that ends its sending gets every byte, then the end",
      .hint = "recv() has returned 0: is everything sent that came before?",
      SUSPECTS(&exits_after_first_client, &one_message_only, &loses_tail))
{
	static char letters[50000];

	random_letters(t, letters, sizeof(letters));
	serve(t);
	clients(t, 1);
	settle(t);
	/* All of it, and the end, are there when the server looks. */
	freeze(t);
	say_bytes(t, 1, letters, sizeof(letters));
	end_sending(t, 1);
	thaw(t);
	to_upper(letters, sizeof(letters));
	expect_bytes(t, 1, letters, sizeof(letters));
	expect_end(t, 1);
}

CHECK(unix_descriptors, "unix.descriptors", 4,
      "after 50 clients no more descriptors are open than after one",
      .hint = "How many descriptors does each accept() add, and each close() "
	      "remove?")
{
	int after_one;

	serve(t);
	visit(t, 1);
	after_one = count_descriptors(t);
	for (int n = 2; n <= 51; n++)
		visit(t, n);
	step(t, "count the server's open descriptors");
	if (count_descriptors(t) > after_one)
		fail_as(t, &connection_leak, WRONG_FACT,
			text("%d open descriptors, as after the first client",
			     after_one),
			text("%d", count_descriptors(t)));
}

CHECK(unix_reset, "unix.reset", 6,
      "a client that breaks its connection ends its own turn only",
      .hint = "Writing to a connection that is gone raises a signal: which?",
      SUSPECTS(&sigpipe_kills_server, &reset_kills_server))
{
	static char letters[8192];
	int before;

	random_letters(t, letters, sizeof(letters));
	serve(t);
	visit(t, 1);
	before = count_descriptors(t);
	/* To close with an answer unread is a reset: recv() fails. */
	clients(t, 2);
	stop_reading(t, 2);
	say(t, 2, "hello\n");
	settle(t);
	hang_up(t, 2);
	settle(t);
	visit(t, 3);
	/* The client is gone before it is answered: send() fails. */
	clients(t, 4);
	exchange(t, 4, "hello\n");
	freeze(t);
	say_bytes(t, 4, letters, sizeof(letters));
	hang_up(t, 4);
	thaw(t);
	settle(t);
	visit(t, 5);
	step(t, "count the server's open descriptors");
	if (count_descriptors(t) > before)
		fail_as(t, &connection_leak, WRONG_FACT,
			text("%d open descriptors, as before", before),
			text("%d", count_descriptors(t)));
}

/* ---- names ---- */

/* What the server has printed since it was last asked. */
static char *printed_since(struct trial *t)
{
	const struct program *p = t->server;
	size_t n = p->printed.n - p->expected;
	char *new = must_calloc(1, n + 1);

	if (n)
		memcpy(new, p->printed.data + p->expected, n);
	for (size_t i = 0; i < n; i++)
		new[i] = (char)(new[i] ? new[i] : 1); /* NUL is as wrong */
	return new;
}

/* The rest of a line that begins with "client ", or NULL; *text goes on. */
static char *next_name(char **text)
{
	char *line;

	while ((line = strsep(text, "\n")))
		if (strncmp(line, "client ", 7) == 0)
			return line + 7;
	return NULL;
}

static bool has_name(struct trial *t, void *arg)
{
	char *all = printed_since(t), *rest = all, *name;
	bool found = false;

	while (!found && (name = next_name(&rest)))
		found = strcmp(name, arg) == 0;
	free(all);
	return found;
}

/* Does it show what is left of an address, or nothing in place of a name; run on
 * behind the name, miss its last byte, or take one of no length for none? */
static bool is_stray(const char *line, const char *name, const char *earlier)
{
	size_t n = strlen(line);

	for (const char *p = line; *p; p++)
		if (*p < ' ' || *p > '~')
			return true;
	if (!n || (*earlier && strncmp(line, earlier, n) == 0))
		return true;
	if (strcmp(name, "unnamed") == 0)
		return false;
	return strcmp(line, "unnamed") == 0 ||
	       strncmp(line, name, NAME_ROOM - 1) == 0 ||
	       strncmp(line, name, strlen(name)) == 0;
}

static bool has_stray_bytes(struct trial *t, const char *name,
			    const char *earlier)
{
	char *all = printed_since(t), *rest = all, *line;
	bool stray = false;

	while (!stray && (line = next_name(&rest)))
		stray = is_stray(line, name, earlier);
	free(all);
	return stray;
}

/* Once the buffer is full it has to be written. */
static bool comes_with_more(struct trial *t, char *name)
{
	char longer[101];
	int n;

	for (n = 1; n <= (int)t->connections; n++)
		hang_up(t, n);
	for (int i = 0; i < 45; i++) {
		snprintf(longer, sizeof(longer), "%0100d", i);
		client_called(t, longer);
		n = (int)t->connections;
		if (!answers(t, n, "more\n"))
			return false;
		hang_up(t, n);
	}
	settle(t);
	return has_name(t, name);
}

static void expect_name(struct trial *t, char *name, const char *earlier)
{
	const struct diagnosis *d = &name_not_printed;
	char *seen;

	step(t, "expect the line `client %s` on its standard output", name);
	if (wait_until(t, has_name, name) == DONE)
		return;
	seen = printed_since(t);
	if (has_stray_bytes(t, name, earlier))
		d = &peer_length_ignored;
	else if (!*seen && comes_with_more(t, name))
		d = &stdout_not_flushed;
	fail_as(t, d, WRONG_OUTPUT,
		text("a line `client %s`, and nothing more in it", name),
		*seen ? readable(seen, strlen(seen), 300)
		      : must_strdup("nothing is printed"));
}

/* Client n has connected: it is named, and served. */
static void is_announced(struct trial *t, char *name, const char *earlier)
{
	int n = (int)t->connections;

	exchange(t, n, "hello\n");
	expect_name(t, name, earlier);
	hang_up(t, n);
	settle(t);
	t->server->expected = t->server->printed.n;
}

/* Its beginnings are no other file's names. */
static char *name_of_length(size_t n)
{
	char *name = must_calloc(1, n + 1);

	name[0] = 'L';
	for (size_t i = 1; i < n; i++)
		name[i] = (char)('a' + (i / 10 + i) % 26);
	return name;
}

static void no_strange_name(struct trial *t, const char *earlier)
{
	char *all = printed_since(t), *rest = all, *line;

	while ((line = next_name(&rest)))
		for (const char *p = line; *p; p++)
			if (*p < ' ' || *p > '~' || strstr(line, earlier))
				fail_as(t, &peer_length_ignored, WRONG_OUTPUT,
					text("no byte of a name that is not "
					     "this client's"),
					readable(line, strlen(line), 200));
	free(all);
}

CHECK(unix_client_name, "unix.client-name", 6,
      "the path that each client is bound to is printed, exactly",
      .hint = "How does accept() say how much of the address it has set?")
{
	char *longest = name_of_length(NAME_ROOM), first[] = "first-client",
	     none[] = "unnamed", me[] = "me";

	serve(t);
	settle(t);
	t->server->expected = t->server->printed.n;
	client_called(t, first);
	is_announced(t, first, "");
	clients(t, 2);
	is_announced(t, none, first);
	client_called(t, me);
	is_announced(t, me, first);
	client_called(t, longest);
	is_announced(t, longest, me);
	clients(t, 5);
	is_announced(t, none, longest);
	client_abstract(t, "no-file");
	settle(t);
	hang_up(t, 6);
	settle(t);
	no_strange_name(t, longest + 20);
	client_called(t, "one-more");
	exchange(t, 7, "hello\n");
}

/* ---- paths ---- */

/* It ends with a word why; `otherwise` says what it is if it does not, unless
 * bind() had said so, and nobody listened. */
static void expect_refusal(struct trial *t, struct program *p,
			   const struct diagnosis *otherwise)
{
	exits(t, p);
	expect_complaint(t, p,
			 witness_saw_lately(t, CALL_BIND, EADDRINUSE)
				 ? &bind_unchecked
				 : otherwise,
			 OF_ANY_KIND, NULL, NULL);
}

/* It was left by a server that is dead; the next starts there. */
static void starts_where_one_died(struct trial *t, const char *path,
				  bool datagrams)
{
	kill_server(t);
	if (!is_socket_file(t, path))
		skip(t, "a killed server leaves no socket at its path");
	if (datagrams ? serves_datagrams_again(t) : serves_again(t))
		return;
	fail_as(t, no_unlink.holds(t) ? &no_unlink : NULL, NOTHING,
		text("the server listens at %s again", place(t)),
		state_of(t, IS_GONE));
}

CHECK(unix_stale_path, "unix.stale-path", 5,
      "a socket left by a dead server does not keep the next out",
      .hint = "What is left of a bound socket when its program is killed?")
{
	const char *paths[] = {"left-over", absolute(t, "left-behind")};
	int n = 1;

	for (size_t i = 0; i < 2; i++) {
		serve_at(t, paths[i]);
		clients(t, n++);
		starts_where_one_died(t, paths[i], false);
		clients(t, n);
		exchange(t, n++, "hello\n");
	}
}

CHECK(unix_live_server, "unix.live-server", 4,
      "a path where a server lives is left to it",
      .hint = "How do you find out whether anybody still listens there?")
{
	struct program *second;
	pid_t first;

	serve(t);
	first = main_process(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	second = run(t, "server", t->path, NULL);
	expect_refusal(t, second, &takes_over_path);
	exchange(t, 1, "still here\n");
	hang_up(t, 1);
	settle(t);
	step(t, "expect that the first server still listens at %s", place(t));
	if (!main_process(t))
		fail(t, symptom_of(t, IS_GONE), text("the server goes on"),
		     state_of(t, IS_GONE));
	if (!holds_listener(t, first))
		fail_as(t, &takes_over_path, WRONG_FACT,
			text("the first server's socket is at %s", place(t)),
			is_there(t, t->path) ? text("another is in its place")
					     : text("the file is gone"));
	clients(t, 2);
	exchange(t, 2, "hello\n");
}

static void expect_kept(struct trial *t, const char *name, const char *content)
{
	step(t, "expect that `%s` is as it was", name);
	if (!says(t, name, content))
		fail_as(t, &unlinks_anything, WRONG_FACT,
			text("`%s` still says \"%s\"", name, content),
			is_there(t, name) ? text("it is no longer that file")
					  : text("it is gone"));
}

static void leaves_file_alone(struct trial *t, const char *server)
{
	put_text_file(t, "notes.txt", "keep me");
	expect_refusal(t, run(t, server, "notes.txt", NULL), &unlinks_anything);
	expect_kept(t, "notes.txt", "keep me");
}

CHECK(unix_keeps_files, "unix.keeps-files", 4,
      "what is no socket stays, and the program says so and ends",
      .hint = "What does unlink() do to a file that is no socket?",
      .all_programs = true)
{
	struct program *p;

	serve(t); /* or this would be passed by a program that does nothing */
	clear_away(t);
	leaves_file_alone(t, "server");
	t->path = fresh_path();
	occupy_port(t);
	put_text_file(t, "diary.txt", "keep me too");
	p = run(t, "client", t->path, "diary.txt", NULL);
	exits(t, p);
	expect_refusal(t, p,
		       witness_saw_success(t, CALL_BIND) ? &unlinks_anything
							 : &client_not_bound);
	expect_kept(t, "diary.txt", "keep me too");
}

/* Any file whose name is the beginning of this one. */
static char *shorter_one(struct trial *t, const char *name)
{
	for (size_t n = strlen(name) - 1; n > 0; n--) {
		char *cut = text("%.*s", (int)n, name);

		if (is_there(t, cut))
			return cut;
		free(cut);
	}
	return NULL;
}

/* Where a cut name is found it may have been cut by luck: what lies behind
 * sun_path was overwritten. */
static const struct diagnosis *overflow_or_cut(struct trial *t,
					       const char *program)
{
	char *name = name_of_length(NAME_ROOM + 200);

	t->experimenting = true;
	step(t, "experiment: do the sanitizers see an overflow?");
	clear_away(t);
	t->tool = SANITIZERS;
	exits(t, run(t, program, name, strstr(program, "client") ? name : NULL,
		     NULL));
	t->tool = PLAIN;
	return tools_have_found(t) ? &path_overflow : &path_truncated;
}

static void expect_no_shorter(struct trial *t, const char *program,
			      const char *name)
{
	char *cut;

	step(t, "expect that no shorter name was taken instead");
	cut = shorter_one(t, name);
	if (cut)
		fail_as(t, overflow_or_cut(t, program), WRONG_FACT,
			text("no file with a part of that name"),
			text("there is one of %zu bytes", strlen(cut)));
}

/* p was given a name that is too long. */
static void refuses_length(struct trial *t, struct program *p,
			   const char *program, const char *name)
{
	exits(t, p);
	if (p->ended && WIFSIGNALED(p->status))
		fail_as(t, &path_overflow, CRASHED,
			text("it says that the path is too long, and exits"),
			state_of(t, IS_GONE));
	expect_no_shorter(t, program, name);
	expect_complaint(t, p, &path_truncated, OF_ANY_KIND, NULL, NULL);
	clear_away(t);
}

/* 108 bytes fit if no NUL follows: what does not do that has to say so. */
static void takes_or_refuses(struct trial *t, const char *server, bool stream)
{
	char *name = name_of_length(NAME_ROOM);
	struct program *p;

	t->path = name;
	p = run(t, server, name, NULL);
	settle(t);
	if (stream ? !listens(t) : !receives_at_path(t))
		refuses_length(t, p, server, name);
	clear_away(t);
	unlinkat(t->box, name, 0);
}

static void refuses_long_paths(struct trial *t, const char *server)
{
	static const size_t too_long[] = {NAME_ROOM + 1, 200};

	for (size_t i = 0; i < 2; i++) {
		char *name = name_of_length(too_long[i]);

		refuses_length(t, run(t, server, name, NULL), server, name);
	}
}

/* A server is where the cut name would lead. */
static void calls_no_shorter(struct trial *t, size_t cut)
{
	char *name = name_of_length(NAME_ROOM + 1);
	struct program *p;

	if (t->listener >= 0)
		close(t->listener);
	t->path = name_of_length(cut);
	occupy_port(t);
	p = run(t, "client", name, "me", NULL);
	settle(t);
	if (is_called(t))
		fail_as(t, overflow_or_cut(t, "client"), WRONG_FACT,
			text("the client says that the path is too long"),
			text("it connects to the first %zu bytes of it", cut));
	exits(t, p);
	expect_complaint(t, p, &path_truncated, OF_ANY_KIND, NULL, NULL);
	unlinkat(t->box, t->path, 0);
}

static void converse(struct trial *t, struct program *p, int n, const char *s)
{
	char *back = upper(s);

	type(t, p, s);
	expect_from(t, n, s);
	expect_nothing_more(t, n);
	answer(t, n, back);
	expect_printed(t, p, back);
	free(back);
}

static void expect_called(struct trial *t, int n, const char *own)
{
	char *name = caller_name(t, n);

	step(t, "expect that its socket is bound to `%s`", own);
	if (!name || strcmp(name, own) != 0)
		fail_as(t, &client_not_bound, WRONG_FACT,
			text("it is bound to `%s`", own),
			name ? text("it is bound to `%s`", name)
			     : text("it has no name"));
	free(name);
}

CHECK(unix_long_path, "unix.long-path", 5,
      "107 bytes of path work; what is too long is refused, not cut",
      .hint = "How many bytes has sun_path, and who counts them?",
      .slow = true, /* its experiment needs the sanitizers */
      .all_programs = true)
{
	char *fits = name_of_length(NAME_ROOM - 1), *own, *too_long;
	struct program *p;
	int n;

	serve_at(t, fits);
	clients(t, 1);
	exchange(t, 1, "hello\n");
	clear_away(t);
	unlinkat(t->box, fits, 0);
	takes_or_refuses(t, "server", true);
	refuses_long_paths(t, "server");
	calls_no_shorter(t, NAME_ROOM - 1);
	calls_no_shorter(t, NAME_ROOM);
	t->path = fits;
	close(t->listener);
	occupy_port(t);
	own = name_of_length(NAME_ROOM - 1);
	own[0] = 'M';
	p = run(t, "client", fits, own, NULL);
	n = expect_caller(t);
	expect_called(t, n, own);
	converse(t, p, n, "hello\n");
	clear_away(t);
	too_long = name_of_length(NAME_ROOM + 1);
	too_long[0] = 'T';
	refuses_length(t, run(t, "client", fits, too_long, NULL), "client",
		       too_long);
}

static bool bound_to_abstract(struct trial *t, const char *name, size_t n)
{
	const char *is;
	size_t length;

	return has_bound(t, &is, &length) && length == n &&
	       memcmp(is, name, n) == 0;
}

static bool bound_to_any_abstract(struct trial *t)
{
	const char *is;
	size_t length;

	return has_bound(t, &is, &length) && !*is;
}

CHECK(unix_abstract, "unix.abstract", 2,
      "no abstract name comes about that was not asked for",
      .hint = "What does bind() make of a sun_path that begins with a NUL?")
{
	struct program *p;

	serve(t);
	clear_away(t);
	p = run(t, "server", "", NULL);
	settle(t);
	if (!p->ended && bound_to_any_abstract(t))
		fail_as(t, &abstract_by_accident, WRONG_FACT,
			text("an empty path is refused"),
			text("a socket has an abstract name"));
	expect_complaint(t, p, &no_usage_check, OF_ANY_KIND, NULL, NULL);
	p = run(t, "server", "@upper", NULL);
	settle(t);
	if (p->ended) {
		expect_complaint(t, p, &no_usage_check, OF_ANY_KIND, NULL,
				 NULL);
		return;
	}
	step(t, "expect a file `@upper`, or the abstract name \"upper\"");
	if (!is_socket_file(t, "@upper") && !bound_to_abstract(t, "\0upper", 6))
		fail_as(t,
			bound_to_any_abstract(t) ? &abstract_by_accident
						 : &never_listens,
			WRONG_FACT,
			text("a file of that name, or the abstract name "
			     "\"upper\" of just these 5 bytes"),
			text("neither"));
}

/* ---- the end ---- */

static bool server_ends(struct trial *t, struct program *p)
{
	signal_server(t, SIGTERM, "SIGTERM");
	if (exits(t, p))
		return true;
	if (!main_process(t))
		return false;
	/* It may have come just before a call that sleeps: some loops miss
	 * that, and nobody has told them better. */
	signal_server(t, SIGTERM, "SIGTERM once more");
	return exits(t, p);
}

static void expect_removed(struct trial *t, const char *path)
{
	step(t, "expect that `%s` is gone", path);
	if (is_there(t, path))
		fail_as(t, &socket_file_left, WRONG_FACT,
			text("the socket's file is removed"),
			text("`%s` is still there", path));
}

static void stops_cleanly(struct trial *t, struct program *p)
{
	if (!main_process(t))
		fail(t, symptom_of(t, IS_GONE),
		     text("the server goes on until SIGTERM comes"),
		     state_of(t, IS_GONE));
	if (!server_ends(t, p))
		fail(t, NOT_EXITED, text("the server ends"),
		     text("it goes on: %s", state_of(t, IS_QUIET)));
	expect_removed(t, t->path);
	if (p->status != 0)
		fail_as(t, &wrong_exit_status, WRONG_STATUS,
			text("SIGTERM ends it with exit status 0"),
			state_of(t, IS_GONE));
}

CHECK(unix_cleanup, "unix.cleanup", 5,
      "neither server nor client leaves a socket file behind",
      .hint = "Who removes the file that bind() has made, and when?",
      .all_programs = true, SUSPECTS(&eintr_swallows_signal))
{
	struct program *p;
	int n;

	serve(t);
	visit(t, 1);
	stops_cleanly(t, t->server);
	serve_at(t, absolute(t, "with-a-client"));
	clients(t, 2);
	exchange(t, 2, "hello\n");
	settle(t);
	stops_cleanly(t, t->server);
	hang_up(t, 2);
	clear_away(t);
	t->server = NULL;
	t->parent = 0;
	t->path = fresh_path();
	occupy_port(t);
	p = run(t, "client", t->path, "me", NULL);
	n = expect_caller(t);
	converse(t, p, n, "hello\n");
	end_of_input(t, p);
	expect_exit(t, p, 0);
	expect_removed(t, "me");
	p = run(t, "client", "nobody", "me-too", NULL);
	if (exits(t, p))
		expect_removed(t, "me-too");
}

/* ---- the stream client ---- */

CHECK(unix_client_lines, "unix.client-lines", 4,
      "the client has its name, sends each line, prints what comes",
      .hint = "Does the client wait for as many bytes as it has sent?",
      .program = "client")
{
	struct program *p;
	int n;

	occupy_port(t);
	p = run(t, "client", t->path, "me", NULL);
	n = expect_caller(t);
	expect_called(t, n, "me");
	converse(t, p, n, "hello\n");
	converse(t, p, n, "\n");
	converse(t, p, n, text("a second line%s one\n", long_winded));
	converse(t, p, n, "100 %x\n");
	type(t, p, "no newline at the end");
	end_of_input(t, p);
	expect_from(t, n, "no newline at the end");
	answer(t, n, "NO NEWLINE AT THE END");
	expect_printed(t, p, "NO NEWLINE AT THE END");
	expect_exit(t, p, 0);
	expect_end(t, n);
}

CHECK(unix_client_pieces, "unix.client-pieces", 3,
      "answers in pieces, or two in one, are put together right",
      .hint = "Is one recv() one answer?", .program = "client",
      SUSPECTS(&assumes_one_recv_per_send))
{
	static const char line[] = "BYTE BY BYTE\n";
	struct program *p;
	int n;

	occupy_port(t);
	p = run(t, "client", absolute(t, t->path), absolute(t, "me"), NULL);
	n = expect_caller(t);
	type(t, p, "byte by byte\n");
	expect_from(t, n, "byte by byte\n");
	expect_nothing_more(t, n);
	for (const char *c = line; *c; c++) {
		answer(t, n, (const char[]){*c, 0});
		settle(t);
	}
	expect_printed(t, p, line);
	type(t, p, "one\n");
	expect_from(t, n, "one\n");
	answer(t, n, "ONE\nTWO\n");
	expect_printed(t, p, "ONE\n");
	type(t, p, "two\n");
	expect_from(t, n, "two\n");
	expect_printed(t, p, "TWO\n");
	converse(t, p, n, "three\n");
}

CHECK(unix_client_refused, "unix.client-refused", 3,
      "where nobody listens the client says so, and fails",
      .hint = "What does connect() return, and who looks?", .program = "client")
{
	expect_complaint(t, run(t, "client", "nobody", "me", NULL),
			 &connect_unchecked, ABOUT_ERROR, "connect",
			 "No such file or directory");
	occupy_port(t);
	step(t, "that server dies; its socket's file stays");
	close(t->listener);
	t->listener = -1;
	expect_complaint(t, run(t, "client", t->path, "me-again", NULL),
			 &connect_unchecked, ABOUT_ERROR, "connect",
			 "Connection refused");
}

/* ---- datagrams ---- */

static const size_t datagram_sizes[] = {1,    2,    64,	  512,	1024, 2048,
					4095, 4096, 4097, 8191, 8192};

CHECK(unix_dgram, "unix.dgram", 6,
      "each datagram is answered by one, to its sender, in order",
      .hint = "Whose datagram was that, and how do you know?",
      .program = "dgram_server",
      SUSPECTS(&treats_data_as_string, &boundary_lost, &datagram_cut))
{
	unsigned char data[8192];
	int a, b;

	serve_datagrams_at(t, t->path);
	a = sender_called(t, "a");
	b = sender_called(t, "b");
	exchange_datagram_text(t, a, "hello\n");
	exchange_datagram_text(t, b, "no newline");
	exchange_datagram_text(t, a, "two lines\nin one\n");
	for (size_t i = 0; i < sizeof(datagram_sizes) / sizeof(*datagram_sizes);
	     i++) {
		random_bytes(t, data, datagram_sizes[i]);
		exchange_datagram(t, i % 2 ? b : a, data, datagram_sizes[i]);
	}
	settle(t);
	freeze(t);
	send_datagram(t, a, "datagram 1\n", 11);
	send_datagram(t, b, "datagram 2\n", 11);
	send_datagram(t, a, "datagram 3\n", 11);
	thaw(t);
	expect_datagram(t, a, "DATAGRAM 1\n", 11);
	expect_datagram(t, b, "DATAGRAM 2\n", 11);
	expect_datagram(t, a, "DATAGRAM 3\n", 11);
	expect_no_datagram(t, a);
	expect_no_datagram(t, b);
	expect_rest(t);
}

CHECK(unix_dgram_empty, "unix.dgram-empty", 3,
      "an empty datagram is answered by an empty one",
      .hint = "What does 0 from recvfrom() mean where nothing is connected?",
      .program = "dgram_server", SUSPECTS(&empty_datagram_is_eof))
{
	int a;

	need_datagrams(t);
	a = sender_called(t, "a");
	exchange_datagram_text(t, a, "hello\n");
	exchange_datagram(t, a, "", 0);
	exchange_datagram_text(t, a, "still here\n");
	exchange_datagram(t, a, "", 0);
}

CHECK(unix_dgram_unnamed, "unix.dgram-unnamed", 3,
      "a sender without a name is skipped, the next is served",
      .hint = "What does recvfrom() tell of a sender that never called bind()?",
      .program = "dgram_server", SUSPECTS(&unnamed_sender_kills_server))
{
	int a, nobody, abstract, b;

	need_datagrams(t);
	a = sender_called(t, "a");
	exchange_datagram_text(t, a, "hello\n");
	nobody = sender_unnamed(t);
	send_datagram(t, nobody, "who am I?\n", 10);
	settle(t);
	expect_no_datagram(t, a);
	exchange_datagram_text(t, a, "still here\n");
	abstract = sender_abstract(t, "no-file");
	send_datagram(t, abstract, "and I?\n", 7);
	settle(t);
	expect_no_datagram(t, a);
	exchange_datagram_text(t, a, "still here\n");
	clear_away(t);
	need_datagrams(t); /* and this time the very first is unnamed */
	send_datagram(t, nobody, "who am I?\n", 10);
	settle(t);
	b = sender_called(t, "b");
	exchange_datagram_text(t, b, "hello\n");
}

CHECK(unix_dgram_gone, "unix.dgram-gone", 4,
      "a sender that has gone, or never reads, does not stop it",
      .hint = "Whose trouble is it when sendto() fails, or has to wait?",
      .program = "dgram_server", SUSPECTS(&dead_client_stops_server))
{
	int a, b, c, d;

	need_datagrams(t);
	a = sender_called(t, "a");
	b = sender_called(t, "b");
	exchange_datagram_text(t, a, "hello\n");
	exchange_datagram_text(t, b, "hello\n");
	freeze(t);
	send_datagram(t, a, "goodbye\n", 8);
	sender_leaves(t, a);
	thaw(t);
	exchange_datagram_text(t, b, "still here\n");
	c = sender_called(t, "c");
	freeze(t);
	send_datagram(t, c, "goodbye\n", 8);
	sender_leaves(t, c);
	step(t, "and removes its name");
	unlinkat(t->box, "c", 0);
	thaw(t);
	exchange_datagram_text(t, b, "still here\n");
	d = sender_called(t, "d");
	/* Its queue holds 11 (max_dgram_qlen, unix(7), and one). */
	for (int i = 0; i < 16; i++)
		send_datagram(t, d, "I never read\n", 13);
	settle(t);
	exchange_datagram_text(t, b, "still here\n");
}

CHECK(unix_dgram_path, "unix.dgram-path", 3,
      "dgram_server treats its path as server does",
      .hint = "What of server.c does dgram_server.c need as well?",
      .slow = true, /* as unix.long-path */
      .program = "dgram_server")
{
	struct program *p;

	need_datagrams(t);
	starts_where_one_died(t, t->path, true);
	p = run(t, "dgram_server", t->path, NULL);
	expect_refusal(t, p, &takes_over_path);
	exchange_datagram_text(t, sender_called(t, "a"), "still here\n");
	clear_away(t);
	leaves_file_alone(t, "dgram_server");
	clear_away(t);
	serve_datagrams_at(t, name_of_length(NAME_ROOM - 1));
	clear_away(t);
	unlinkat(t->box, t->path, 0);
	takes_or_refuses(t, "dgram_server", false);
	refuses_long_paths(t, "dgram_server");
	serve_datagrams_at(t, fresh_path());
	settle(t);
	stops_cleanly(t, t->program[t->programs - 1]);
}

static void converse_in_datagrams(struct trial *t, struct program *p,
				  const char *s, const char *name)
{
	char *back = upper(s);

	type(t, p, s);
	expect_datagram_from(t, s, name);
	answer_datagram(t, back);
	expect_printed(t, p, back);
	free(back);
}

CHECK(unix_dgram_client, "unix.dgram-client", 4,
      "dgram_client sends each line as one, prints each answer",
      .hint = "How does the answer to a datagram find its way back?",
      .program = "dgram_client", SUSPECTS(&boundary_lost))
{
	char *name = name_of_length(NAME_ROOM - 1), *longest;
	struct program *p;

	longest = name_of_length(8192);
	longest[8191] = '\n';
	receive_datagrams(t);
	p = run(t, "dgram_client", t->path, name, NULL);
	converse_in_datagrams(t, p, "hello\n", name);
	converse_in_datagrams(t, p, "\n", name);
	converse_in_datagrams(t, p, longest, name);
	type(t, p, "datagram 1\ndatagram 2, 100 %x\n");
	expect_datagram_from(t, "datagram 1\n", name);
	answer_datagram(t, "DATAGRAM 1\n");
	expect_printed(t, p, "DATAGRAM 1\n");
	expect_datagram_from(t, "datagram 2, 100 %x\n", name);
	answer_datagram(t, "DATAGRAM 2, 100 %X\n");
	expect_printed(t, p, "DATAGRAM 2, 100 %X\n");
	end_of_input(t, p);
	expect_exit(t, p, 0);
	expect_removed(t, name);
	stop_receiving(t);
	p = run(t, "dgram_client", t->path, "me", NULL);
	type(t, p, "is anybody there?\n");
	expect_complaint(t, p, &connect_unchecked, OF_ANY_KIND, NULL, NULL);
	expect_removed(t, "me");
}

/* ---- memory ---- */

/* Names of all kinds, and longer ones than there is room for. */
static void naming_session(struct trial *t)
{
	char *longest = name_of_length(NAME_ROOM),
	     *too_long = name_of_length(300);
	int n;

	serve_under(t, SANITIZERS);
	client_called(t, longest);
	answers(t, (int)t->connections, "hello\n");
	hang_up(t, (int)t->connections);
	connects(t, &n);
	answers(t, n, "hello\n");
	settle(t);
	clear_away(t);
	t->tool = SANITIZERS;
	for (const char *const *p = t->lab->programs; *p; p++) {
		exits(t, run(t, *p, too_long,
			     strstr(*p, "client") ? too_long : NULL, NULL));
		clear_away(t);
	}
	t->tool = PLAIN;
	unlinkat(t->box, longest, 0);
}

/* The stream client in a conversation of lines of all telling lengths. */
static bool client_session(struct trial *t, enum tool tool)
{
	char line[4096 + 1], *back;
	struct program *p;
	bool exact;
	int n;

	t->tool = tool;
	p = run(t, "client", t->path, text("client-%d", (int)tool), NULL);
	t->tool = PLAIN;
	exact = is_called(t);
	n = (int)t->connections;
	for (const size_t *size = telling_sizes; exact && *size; size++) {
		random_letters(t, line, *size);
		line[*size - 1] = '\n';
		line[*size] = 0;
		type(t, p, line);
		exact = comes(t, n, line);
		back = upper(line);
		answer(t, n, back);
		free(back);
	}
	end_of_input(t, p);
	settle(t);
	clear_away(t);
	return exact;
}

static bool datagram_session(struct trial *t, enum tool tool)
{
	unsigned char data[4096];
	bool exact = serves_datagrams(t, tool);
	int a = sender_called(t, text("sender-%d", (int)tool));

	for (const size_t *size = telling_sizes;
	     exact && *size && is_restful(t); size++) {
		endless_bytes(t, data, *size);
		exact = sends(t, a, data, *size);
		to_upper(data, *size);
		exact &= gets_datagram(t, a, data, *size);
	}
	if (exact) {
		sends(t, sender_unnamed(t), "hello\n", 6);
		sends(t, a, "", 0);
		settle(t);
	}
	clear_away(t);
	return exact;
}

static bool datagram_client_session(struct trial *t, enum tool tool)
{
	char line[4096 + 1], *back;
	struct program *p;
	bool exact = true;

	t->tool = tool;
	p = run(t, "dgram_client", t->path, text("dgram-%d", (int)tool), NULL);
	t->tool = PLAIN;
	for (const size_t *size = telling_sizes; exact && *size; size++) {
		random_letters(t, line, *size);
		line[*size - 1] = '\n';
		line[*size] = 0;
		type(t, p, line);
		exact = datagram_comes(t, line);
		back = upper(line);
		if (exact)
			answer_datagram(t, back);
		free(back);
	}
	end_of_input(t, p);
	settle(t);
	clear_away(t);
	return exact;
}

CHECK(unix_memory, "unix.memory", 4,
      "no memory error under valgrind and the sanitizers",
      .hint = "What happens when a name, or a message, exactly fills its room?",
      .slow = true, .all_programs = true)
{
	bool exact = telling_session(t, MEMCHECK);

	exact &= telling_session(t, SANITIZERS);
	naming_session(t);
	exact &= datagram_session(t, MEMCHECK);
	exact &= datagram_session(t, SANITIZERS);
	t->path = fresh_path();
	receive_datagrams(t);
	exact &= datagram_client_session(t, MEMCHECK);
	exact &= datagram_client_session(t, SANITIZERS);
	t->path = fresh_path();
	occupy_port(t);
	exact &= client_session(t, MEMCHECK);
	exact &= client_session(t, SANITIZERS);
	expect_clean_memory(t, exact);
}

const struct lab lab_06_unix = {
	.name = "06-unix",
	.title = "UNIX domain sockets: streams and datagrams at a path",
	.programs = (const char *const[]){"server", "client", "dgram_server",
					  "dgram_client", NULL},
	.local = true,
	.answer = to_upper,
	SUSPECTS(&exits_after_first_client, &eof_ignored, &one_message_only,
		 &stdout_not_flushed, ECHO_SUSPECTS, &not_upper_case,
		 &changes_other_bytes, &reply_to_nobody),
	.checks =
		(const struct check *const[]){
			&unix_builds,
			&unix_usage,
			&unix_upper,
			&unix_next_client,
			&unix_half_close,
			&unix_descriptors,
			&unix_reset,
			&unix_client_name,
			&unix_stale_path,
			&unix_live_server,
			&unix_keeps_files,
			&unix_long_path,
			&unix_abstract,
			&unix_cleanup,
			&unix_client_lines,
			&unix_client_pieces,
			&unix_client_refused,
			&unix_dgram,
			&unix_dgram_empty,
			&unix_dgram_unnamed,
			&unix_dgram_gone,
			&unix_dgram_path,
			&unix_dgram_client,
			&unix_memory,
			NULL,
		},
	.teaches =
		(const struct diagnosis *const[]){&does_not_compile,
						  &compiler_warnings,
						  &memory_error,
						  &never_listens,
						  &busy_loop,
						  &crash,
						  &exits_early,
						  &no_usage_check,
						  &bind_unchecked,
						  &error_unexplained,
						  &connect_unchecked,
						  &stdout_not_flushed,
						  &no_reply,
						  &wrong_bytes,
						  &treats_data_as_string,
						  &loses_tail,
						  &never_closes,
						  &never_exits,
						  &wrong_exit_status,
						  &eof_ignored,
						  &one_message_only,
						  &exits_after_first_client,
						  &connection_leak,
						  &sigpipe_kills_server,
						  &reset_kills_server,
						  &assumes_one_recv_per_send,
						  &eintr_swallows_signal,
						  &signed_char_toupper,
						  &not_upper_case,
						  &changes_other_bytes,
						  &no_unlink,
						  &unlinks_anything,
						  &takes_over_path,
						  &path_overflow,
						  &path_truncated,
						  &abstract_by_accident,
						  &peer_length_ignored,
						  &name_not_printed,
						  &client_not_bound,
						  &socket_file_left,
						  &reply_to_nobody,
						  &boundary_lost,
						  &datagram_cut,
						  &empty_datagram_is_eof,
						  &unnamed_sender_kills_server,
						  &dead_client_stops_server,
						  NULL},
};
