/* SPDX-License-Identifier: MIT */
/* traffic.h - round trips, as fast as they go or at a fixed rate, and how long each took. */
#ifndef LOAD_TRAFFIC_H
#define LOAD_TRAFFIC_H

#include "crowd.h"
#include "histogram.h"

struct traffic {
	struct crowd *crowd;
	uint64_t begin_ns, end_ns; /* the window; NO_END if a number ends it */
	uint64_t may_begin;	   /* so many round trips more */
	uint64_t done;		   /* round trips, or connections of a churn */
	uint64_t done_in_window;
	uint64_t late;	  /* were due in the window, and never began in it */
	uint64_t last_ns; /* when the last was done */
	uint64_t over_ns; /* when it was noticed that no more may begin */
	uint64_t cpu_ns;  /* load's own, from begin_ns to over_ns */
	struct histogram latency;      /* since each was due */
	struct histogram from_sending; /* since each was sent */
};

/*
 * What goes on for so many seconds, or, if they are 0, until `round_trips` have
 * been done; then until all that was begun has come back, or the patience ends.
 * What began in the window counts for the latency whenever it ends, or the slow
 * ones would be left out.
 *
 * Closed loop: each active connection begins again as soon as it is done.
 *
 * Open loop: with interval 1/rate a round trip is due, whatever became of those
 * before it.  It takes the connection that has been idle for longest; with none
 * it waits.  Its latency counts from when it was due: if the server stalls for
 * a second, not only the requests of that moment are late, but all that should
 * have been made meanwhile (Gil Tene calls it coordinated omission to leave
 * them out).  Those that have not even begun at the end count with what they
 * have waited so far.
 *
 * Churn: each active connection is opened, makes one round trip, is closed on
 * both sides, and begins anew; latency is of all that.
 */
void traffic_run(struct traffic *t, struct crowd *crowd, double seconds,
		 uint64_t round_trips);

/* How long it was, for a rate of what was done_in_window. */
double traffic_seconds(const struct traffic *t);

#endif
