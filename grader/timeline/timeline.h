/* SPDX-License-Identifier: MIT */
/* timeline.h - what happened on both sides of a trial, in the order of time */
#ifndef GRADER_TIMELINE_H
#define GRADER_TIMELINE_H

#include "trial.h"

/* What the grader's end of a connection came to see. */
enum sight_kind { WAS_LET_IN, GOT_BYTES, GOT_END, GOT_ERROR, GOT_DATAGRAM };

/* Note it, with the time, of client `who`, or of that sender (GOT_DATAGRAM).
 * `n` counts bytes, of which `data` is the head, or is an errno (GOT_ERROR). */
void sight(struct trial *t, int who, enum sight_kind kind, const void *data,
	   size_t n);

/*
 * Everything up to now, as an object:
 *
 *	lanes     array of {name, kind}: kind is client, process or thread
 *	rows      array, in the order of time, of
 *		  ms     since the trial began
 *		  lane   index of its lane; -1: the grader's own doing
 *		  kind   step   the grader does something
 *			 saw    a client gets something
 *			 call   the program makes a call, and has its result
 *			 wait   … and has none before something else happens; the
 *				lane waits until its next row
 *			 state  where the process is in the end
 *		  what   in words
 *		  from   lane of the client from whom something came
 *		  to     … to whom something went
 *		  times  how often, one after the other (absent: once)
 *		  fault  true: an injected one (absent: false)
 *		  ends   true: its lane ends here (absent: false)
 *	left_out  how many rows are missing after the first `head` ones
 *	head
 */
json_t *timeline(struct trial *t);

#endif
