/* SPDX-License-Identifier: MIT */
/* crossing.h - two processes, a mechanism between them, and how long messages take. */
#ifndef LADDER_CROSSING_H
#define LADDER_CROSSING_H

#include "histogram.h"
#include "mechanism.h"

#include <stdbool.h>
#include <stdint.h>

/* For how long, or how many times: one of them is 0. */
struct extent {
	double seconds;
	uint64_t times;
};

struct crossing {
	/* A message forth and one back, each made, handed over and looked at:
	 * every byte of it. */
	struct histogram round_trip;
	uint64_t cpu_ns; /* of both processes, in all of these */

	/* Messages one way, as fast as they are taken. */
	uint64_t messages, one_way_ns;
};

/* The cores that the two are bound to: the same one, or two. */
struct cores {
	int of[2];
};

/* False if this process may not run on that many. */
bool choose_cores(struct cores *cores, bool two);

/* Measure both, each for so long, `l` being open.  The result stays until the
 * next call.  Dies (instrument.h) if one of the processes fails, or finds bytes
 * that were not sent. */
const struct crossing *cross_both_ways(struct link *l, struct cores cores,
				       struct extent extent);

#endif
