/* SPDX-License-Identifier: MIT */
/* record.h - what the witness has written down, as evidence */
#ifndef GRADER_RECORD_H
#define GRADER_RECORD_H

#include "trial.h"
#include "witness.h"

/* Did a call of this kind fail with this errno? */
bool witness_saw(struct trial *t, enum witness_call call, int error);

/* The same, since the latest program was started. */
bool witness_saw_lately(struct trial *t, enum witness_call call, int error);

/* Copy slot i of the record; false at its end. */
bool witness_slot(struct trial *t, uint32_t i, struct witness_event *e);

/* Calls recorded so far, by all programs of the trial. */
uint32_t witness_recorded(struct trial *t);

/* Has one succeeded since the latest program was started? */
bool witness_saw_success(struct trial *t, enum witness_call call);

/* How many calls of this kind has a process made, by the pid that it knows? */
unsigned witness_count(struct trial *t, pid_t inner, enum witness_call call);

/* Were more than half of all that a process did, and a hundred calls at least,
 * reads in vain (EAGAIN)? */
bool witness_saw_spinning(struct trial *t, pid_t inner);

/* Since the latest program was started: was shmget() called, and never with
 * this key? */
bool witness_saw_other_key(struct trial *t, int64_t key);

/* Has anything been received from a socket? */
bool witness_saw_received(struct trial *t);

/* Has shmget() failed with this errno? */
bool witness_saw_shmget(struct trial *t, int error);

/* The mode that a segment or a FIFO was to be made with, other than 0600; 0:
 * there was none. */
unsigned witness_saw_other_mode(struct trial *t);

/* The port of the last connect(), by IPv4 or IPv6; 0: there was none. */
uint16_t witness_called_port(struct trial *t);

/* Since the latest program was started: was a socket bound to this port? */
bool witness_saw_bound(struct trial *t, uint16_t port);

/* The same of a path, of which the record has but the head. */
bool witness_saw_bound_at(struct trial *t, const char *path);

/* Was SO_REUSEADDR set on a socket after its bind()? */
bool witness_saw_late_reuseaddr(struct trial *t);

/* What the latest poll() or its like, that found something ready, has found: all
 * events of all descriptors together; 0 if there was none.  And what all of them
 * have, in the whole trial. */
short witness_saw_ready(struct trial *t);
short witness_ever_saw_ready(struct trial *t);

/* The errno of the latest call of this kind; 0: it has not failed. */
int witness_last_error(struct trial *t, enum witness_call call);

/* Was a signal sent to process -1, which is every process there is? */
bool witness_saw_kill_everyone(struct trial *t);

/* Was a client's connection closed, and then closed again? */
bool witness_saw_closed_twice(struct trial *t);

/* Has a thread found a socket closed (EBADF) that another thread has closed? */
bool witness_saw_closed_by_another(struct trial *t);

/* Has one client's connection been read from by two threads, and the one that
 * was accepted before it by none? */
bool witness_saw_shared_connection(struct trial *t);

#endif
