/* SPDX-License-Identifier: MIT */
/* common.c - bodies of checks that several labs have */
#include "common.h"

#include "../diagnoses.h"
#include "../language.h"
#include "../words/peer.h"

#include <netinet/tcp.h>
#include <stdio.h>

void serve_to_stay(struct trial *t)
{
	serve(t);
	settle(t);
	expect_not_gone(t);
}

void refuses_bad_usage(struct trial *t)
{
	static const char *const bad[] = {"abc", "0", "65536", "80x"};

	expect_complaint(t, run(t, "server", NULL), &no_usage_check,
			 ABOUT_USAGE, NULL, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_complaint(t, run(t, "server", bad[i], NULL),
				 &no_usage_check, ABOUT_USAGE, bad[i], NULL);
	expect_complaint(t, run(t, "server", "7007", "7008", NULL),
			 &no_usage_check, ABOUT_USAGE, "7008", NULL);
}

void reports_busy_port(struct trial *t)
{
	char port[8];

	if (t->skip_serve) /* it never binds that port, taken or free */
		skip(t, t->skip_serve);
	occupy_port(t);
	snprintf(port, sizeof(port), "%u", t->port);
	expect_complaint(t, run(t, "server", port, NULL), &bind_unchecked,
			 ABOUT_ERROR, "bind", "Address already in use");
}

void halve_sends(struct trial *t)
{
	inject(t,
	       &(struct witness_rule){.call = CALL_WRITE,
				      .action = ACT_HALF,
				      .on = ON_SOCKET,
				      .first = 1,
				      .every = 2},
	       N_("every second send() takes only half of what it is given"));
}

void expect_no_more(struct trial *t, int n)
{
	settle(t);
	if (conn(t, n)->in.n)
		expect_nothing_more(t, n);
}

void expect_all_closed(struct trial *t, int after_one, int spare)
{
	step(t, "count the server's open descriptors");
	if (count_descriptors(t) > after_one + spare ||
	    count_sockets(t, TCP_CLOSE_WAIT) > 0)
		fail_as(t, &connection_leak, WRONG_FACT,
			sentence(
				"%d open descriptors, as after the first client, "
				"and no connection in CLOSE_WAIT",
				after_one),
			sentence("%d open descriptors, %zu connections in "
				 "CLOSE_WAIT",
				 count_descriptors(t),
				 count_sockets(t, TCP_CLOSE_WAIT)));
}
