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
	if (comes_to_rest(t) && is_restful(t) && main_process(t))
		signal_server(t, SIGTERM, "SIGTERM");
	settle(t);
	clear_away(t);
	return exact;
}

/* They say a word and leave in one of two ways: each before the next comes, or
 * all are there at once. */
static bool receive_visitors(struct trial *t, bool at_once)
{
	int first = (int)t->connections + 1, n;
	bool exact = true;

	for (int i = 0; exact && i < VISITORS; i++) {
		exact &= connects(t, &n) && answers(t, n, "one of many\n");
		if (!at_once && n % 2)
			reset(t, n);
		else if (!at_once)
			hang_up(t, n);
	}
	for (n = first; exact && n < first + VISITORS; n++)
		hang_up(t, n);
	settle(t);
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
		exact &= receive_visitors(t, tool == SANITIZERS);
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
