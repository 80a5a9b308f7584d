/* SPDX-License-Identifier: MIT */
/* result.h - all that was measured, and how it is told. */
#ifndef LOAD_RESULT_H
#define LOAD_RESULT_H

#include "faults.h"
#include "options.h"
#include "output.h"
#include "ramp.h"
#include "traffic.h"

/* A number that is not known is NAN: null in JSON, and left out of the text. */
struct result {
	const struct options *o;
	struct ramp ramp;
	const struct traffic *traffic; /* empty if the roll call went wrong */
	const struct faults *faults;

	bool has_server; /* if not, what follows up to `load_` is not known */
	double setup_cpu_us; /* of the server, per connection */
	double server_cpu_seconds,
		server_cpu_us; /* the latter per round trip */
	size_t processes, threads;
	/* Bytes per connection: the processes' own; the kernel's in page
	 * tables and stacks; the kernel's for the socket. */
	double pss, tasks, socket;

	double load_cpu_seconds, load_cpu_us, load_busy;
	double others_cpu_seconds, others_share;
};

void put_result(struct output *out, const struct result *r);

#endif
