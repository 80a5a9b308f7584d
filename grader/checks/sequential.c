/* SPDX-License-Identifier: MIT */
/* sequential.c - bodies of checks of servers that have one client at a time */
#include "sequential.h"

#include "../diagnoses.h"
#include "../language.h"
#include "../words/connection.h"

#include <stdlib.h>

void visit(struct trial *t, int n)
{
	clients(t, n);
	exchange(t, n, "hello\n");
	hang_up(t, n);
	settle(t);
}

void visits(struct trial *t, int from, int to)
{
	for (int n = from; n <= to; n++)
		visit(t, n);
}

void answers_half_closed(struct trial *t)
{
	static char letters[50000];
	void *back;

	random_letters(t, letters, sizeof(letters));
	back = answer_to(t, letters, sizeof(letters));
	serve(t);
	clients(t, 1);
	settle(t);
	/* All of it, and the end, are there when the server looks. */
	freeze(t);
	say_bytes(t, 1, letters, sizeof(letters));
	end_sending(t, 1);
	thaw(t);
	expect_bytes(t, 1, back, sizeof(letters));
	expect_end(t, 1);
	free(back);
}

void expect_descriptors(struct trial *t, int most, const char *as)
{
	step(t, "count the server's open descriptors");
	if (count_descriptors(t) > most)
		fail_as(t, &connection_leak, WRONG_FACT,
			sentence("%d open descriptors, as %s", most, as),
			text("%d", count_descriptors(t)));
}
