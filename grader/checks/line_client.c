/* SPDX-License-Identifier: MIT */
/* line_client.c - a client that sends each line typed, and prints what comes */
#include "line_client.h"

#include "../words/connection.h"
#include "../words/peer.h"

#include <stdlib.h>

/* The answer to s is printed, once it has come. */
static void expect_answer_printed(struct trial *t, struct program *p,
				  const char *s)
{
	char *back = answer_to_text(t, s);

	expect_printed(t, p, back);
	free(back);
}

static void give_answer(struct trial *t, int n, const char *s)
{
	char *back = answer_to_text(t, s);

	answer(t, n, back);
	free(back);
}

/* What has been typed comes; it is answered, and the answer is printed. */
static void serve_line(struct trial *t, struct program *p, int n, const char *s)
{
	expect_from(t, n, s);
	expect_nothing_more(t, n);
	give_answer(t, n, s);
	expect_answer_printed(t, p, s);
}

void converse(struct trial *t, struct program *p, int n, const char *s)
{
	type(t, p, s);
	serve_line(t, p, n, s);
}

void converse_last(struct trial *t, struct program *p, int n, const char *s)
{
	type(t, p, s);
	end_of_input(t, p);
	serve_line(t, p, n, s);
	expect_exit(t, p, 0);
	expect_end(t, n);
}

void takes_any_pieces(struct trial *t, struct program *p, int n)
{
	static const char line[] = "byte by byte\n";
	char *back = answer_to_text(t, line);

	type(t, p, line);
	expect_from(t, n, line);
	expect_nothing_more(t, n);
	for (const char *c = back; *c; c++) {
		answer(t, n, (const char[]){*c, 0});
		settle(t);
	}
	free(back);
	expect_answer_printed(t, p, line);
	type(t, p, "one\n");
	expect_from(t, n, "one\n");
	give_answer(t, n, "one\ntwo\n");
	expect_answer_printed(t, p, "one\n");
	type(t, p, "two\n");
	expect_from(t, n, "two\n");
	expect_answer_printed(t, p, "two\n");
	converse(t, p, n, "three\n");
}

void random_line(struct trial *t, char *to, size_t n)
{
	random_letters(t, to, n);
	to[n - 1] = '\n';
	to[n] = 0;
}

bool line_session(struct trial *t, struct program *p)
{
	char line[4096 + 1];
	bool exact;
	int n;

	t->patience = TOOL_START_PATIENCE; /* until the first line has come */
	exact = is_called(t);
	n = (int)t->connections;
	for (const size_t *size = telling_sizes; exact && *size; size++) {
		random_line(t, line, *size);
		type(t, p, line);
		exact = comes(t, n, line);
		t->patience = 1;
		give_answer(t, n, line);
	}
	t->patience = 1;
	end_of_input(t, p);
	settle(t);
	clear_away(t);
	return exact;
}
