/* SPDX-License-Identifier: MIT */
/* sessions.c - what servers go through under a tool, for the memory checks */
#include "sessions.h"

#include <signal.h>

void endless_bytes(struct trial *t, void *to, size_t n)
{
	unsigned char *p = to;

	random_bytes(t, to, n);
	for (size_t i = 0; i < n; i++)
		p[i] |= p[i] == 0;
}

/* Client n's messages of all telling sizes. */
static bool answers_all_sizes(struct trial *t, int n)
{
	unsigned char message[4096];
	bool exact = true;

	for (const size_t *size = telling_sizes; *size && is_restful(t);
	     size++) {
		endless_bytes(t, message, *size);
		exact &= answers_bytes(t, n, message, *size);
	}
	return exact;
}

bool telling_session(struct trial *t, enum tool tool)
{
	bool exact;
	int n;

	serve_under(t, tool);
	exact = connects(t, &n);
	exact &= answers_all_sizes(t, n);
	end_sending(t, n);
	if (comes_to_rest(t) && is_restful(t)) {
		exact &= conn(t, n)->in.n == 0;
		hang_up(t, n);
		exact &= connects(t, &n) && answers(t, n, "one more\n");
		reset(t, n);
		settle(t);
		if (main_process(t))
			signal_server(t, SIGTERM, "SIGTERM");
		settle(t);
	}
	clear_away(t);
	return exact;
}

/* The later half goes first, and each when the one before is gone.  So whoever
 * leaves a list has neighbours in it, and one that was told wrongly or not at all
 * who stands beside it now leaves, too. */
static void leave_crosswise(struct trial *t, int first, int n)
{
	for (int i = 0; i < n && is_restful(t); i++) {
		hang_up(t, first + (i + n / 2) % n);
		settle(t);
	}
}

/* They say a word each and leave, when all are there. */
static bool receive_together(struct trial *t, int visitors)
{
	int first = (int)t->connections + 1, n;
	bool exact = true;

	for (int i = 0; exact && i < visitors; i++)
		exact &= connects(t, &n) && answers(t, n, "one of many\n");
	if (exact)
		leave_crosswise(t, first, visitors);
	return exact;
}

/* Each leaves before the next comes, in one of two ways. */
static bool receive_in_turn(struct trial *t, int visitors)
{
	bool exact = true;
	int n;

	for (int i = 0; exact && i < visitors; i++) {
		exact &= connects(t, &n) && answers(t, n, "one of many\n");
		if (n % 2)
			reset(t, n);
		else
			hang_up(t, n);
	}
	settle(t);
	return exact;
}

bool crowded_session(struct trial *t, enum tool tool)
{
	int n, more = tool == SANITIZERS ? TABLEFUL : DOZEN;
	bool exact;

	serve_under(t, tool);
	exact = connects(t, &n);
	exact &= answers_all_sizes(t, n);
	end_sending(t, n);
	for (int i = 0; i < more && comes_to_rest(t) && is_restful(t); i++) {
		exact &= connects(t, &n) && answers(t, n, "one more\n");
		if (i % 4 == 3)
			reset(t, n);
		else
			hang_up(t, n);
	}
	if (exact && comes_to_rest(t) && is_restful(t))
		exact &= receive_together(t, FEW);
	if (comes_to_rest(t) && is_restful(t) && main_process(t))
		signal_server(t, SIGTERM, "SIGTERM");
	settle(t);
	clear_away(t);
	return exact;
}

bool visited_session(struct trial *t, enum tool tool)
{
	unsigned char message[4096];
	bool exact = true;
	int one, two;

	serve_under(t, tool);
	exact &= connects(t, &one) && connects(t, &two);
	for (const size_t *size = telling_sizes;
	     exact && *size && is_restful(t); size++) {
		endless_bytes(t, message, *size);
		exact &= answers_bytes(t, one, message, *size) &&
			 answers_bytes(t, two, message, *size);
	}
	if (exact && is_restful(t))
		exact &= tool == SANITIZERS ? receive_together(t, VISITORS)
					    : receive_in_turn(t, VISITORS);
	if (exact && is_restful(t)) {
		end_sending(t, one);
		reset(t, two);
		settle(t);
		hang_up(t, one);
	}
	if (main_process(t))
		signal_server(t, SIGTERM, "SIGTERM");
	settle(t);
	clear_away(t);
	return exact;
}
