/* SPDX-License-Identifier: MIT */
/* ramp.h - opening the connections, and seeing that each is served. */
#ifndef LOAD_RAMP_H
#define LOAD_RAMP_H

#include "crowd.h"

struct ramp {
	size_t connections; /* opened: none of those that a churn opens itself */
	uint64_t ns;
	size_t slow; /* took over 0.9 s: the kernel had to ask again (SYN) */
};

/*
 * Opens them, o->in_flight at once.  That the kernel has done so does not say
 * that the server has accepted any.  Ends the program if one cannot be opened,
 * with what is to be raised; a connection that the server does not take counts
 * as lost.
 */
struct ramp ramp_up(struct crowd *crowd);

/* One small round trip through each that is open, o->in_flight at once: after
 * it the server has accepted all.  Those that it does not serve are lost. */
void roll_call(struct crowd *crowd);

#endif
