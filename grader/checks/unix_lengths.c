/* SPDX-License-Identifier: MIT */
/* unix_lengths.c - paths that are too long for sun_path, or empty */
#include "unix.h"

#include "../diagnoses.h"
#include "../language.h"
#include "../words/peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
			sentence("no file with a part of that name"),
			sentence("there is one of %zu bytes", strlen(cut)));
}

void refuses_length(struct trial *t, struct program *p, const char *program,
		    const char *name)
{
	exits(t, p);
	if (p->ended && WIFSIGNALED(p->status))
		fail_as(t, &path_overflow, CRASHED,
			sentence(
				"it says that the path is too long, and exits"),
			state_of(t, IS_GONE));
	expect_no_shorter(t, program, name);
	expect_complaint(t, p, &path_truncated, OF_ANY_KIND, NULL, NULL);
	clear_away(t);
}

void takes_or_refuses(struct trial *t, const char *server, bool stream)
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

void refuses_long_paths(struct trial *t, const char *server)
{
	static const size_t too_long[] = {NAME_ROOM + 1, 200};

	for (size_t i = 0; i < 2; i++) {
		char *name = name_of_length(too_long[i]);

		refuses_length(t, run(t, server, name, NULL), server, name);
	}
}

void calls_no_shorter(struct trial *t, size_t cut)
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
			sentence("the client says that the path is too long"),
			sentence("it connects to the first %zu bytes of it",
				 cut));
	exits(t, p);
	expect_complaint(t, p, &path_truncated, OF_ANY_KIND, NULL, NULL);
	unlinkat(t->box, t->path, 0);
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

void refuses_empty_path(struct trial *t)
{
	struct program *p = run(t, "server", "", NULL);

	settle(t);
	if (!p->ended && bound_to_any_abstract(t))
		fail_as(t, &abstract_by_accident, WRONG_FACT,
			sentence("an empty path is refused"),
			sentence("a socket has an abstract name"));
	expect_complaint(t, p, &no_usage_check, OF_ANY_KIND, NULL, NULL);
}

void takes_at_sign_as_asked(struct trial *t)
{
	struct program *p = run(t, "server", "@upper", NULL);

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
			sentence("a file of that name, or the abstract name "
				 "\"upper\" of just these 5 bytes"),
			sentence("neither"));
}
