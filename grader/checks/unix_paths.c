/* SPDX-License-Identifier: MIT */
/* unix_paths.c - who may have a path, and what is left there */
#include "unix.h"

#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"
#include "../words/connection.h"

#include <errno.h>
#include <signal.h>

void expect_refusal(struct trial *t, struct program *p,
		    const struct diagnosis *otherwise)
{
	exits(t, p);
	expect_complaint(t, p,
			 witness_saw_lately(t, CALL_BIND, EADDRINUSE)
				 ? &bind_unchecked
				 : otherwise,
			 OF_ANY_KIND, NULL, NULL);
}

void starts_where_one_died(struct trial *t, const char *path, bool datagrams)
{
	kill_server(t);
	if (!is_socket_file(t, path))
		skip(t, "a killed server leaves no socket at its path");
	if (datagrams ? serves_datagrams_again(t) : serves_again(t))
		return;
	fail_as(t, no_unlink.holds(t) ? &no_unlink : NULL, NOTHING,
		sentence("the server listens at %s again", place(t)),
		state_of(t, IS_GONE));
}

void expect_not_taken_over(struct trial *t, pid_t first)
{
	step(t, "expect that the first server still listens at %s", place(t));
	if (!main_process(t))
		fail(t, symptom_of(t, IS_GONE), sentence("the server goes on"),
		     state_of(t, IS_GONE));
	if (!holds_listener(t, first))
		fail_as(t, &takes_over_path, WRONG_FACT,
			sentence("the first server's socket is at %s",
				 place(t)),
			is_there(t, t->path)
				? sentence("another is in its place")
				: sentence("the file is gone"));
}

void expect_kept(struct trial *t, const char *name, const char *content)
{
	step(t, "expect that `%s` is as it was", name);
	if (!says(t, name, content))
		fail_as(t, &unlinks_anything, WRONG_FACT,
			sentence("`%s` still says \"%s\"", name, content),
			is_there(t, name)
				? sentence("it is no longer that file")
				: sentence("it is gone"));
}

void leaves_file_alone(struct trial *t, const char *server)
{
	put_text_file(t, "notes.txt", "keep me");
	expect_refusal(t, run(t, server, "notes.txt", NULL), &unlinks_anything);
	expect_kept(t, "notes.txt", "keep me");
}

static bool server_ends(struct trial *t, struct program *p)
{
	signal_server(t, SIGTERM, "SIGTERM");
	if (exits(t, p))
		return true;
	if (!main_process(t))
		return false;
	/* It may have come just before a call that sleeps: some loops miss
	 * that, and nobody has told them better. */
	signal_server(t, SIGTERM, _("SIGTERM once more"));
	return exits(t, p);
}

void expect_removed(struct trial *t, const char *path)
{
	step(t, "expect that `%s` is gone", path);
	if (is_there(t, path))
		fail_as(t, &socket_file_left, WRONG_FACT,
			sentence("the socket's file is removed"),
			sentence("`%s` is still there", path));
}

void ends_cleanly(struct trial *t, struct program *p)
{
	if (!main_process(t))
		fail(t, symptom_of(t, IS_GONE),
		     sentence("the server goes on until SIGTERM comes"),
		     state_of(t, IS_GONE));
	if (!server_ends(t, p))
		fail(t, NOT_EXITED, sentence("the server ends"),
		     sentence("it goes on: %s", state_of(t, IS_QUIET)));
	expect_removed(t, t->path);
	if (p->status != 0)
		fail_as(t, &wrong_exit_status, WRONG_STATUS,
			sentence("SIGTERM ends it with exit status 0"),
			state_of(t, IS_GONE));
}
