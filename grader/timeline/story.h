/* SPDX-License-Identifier: MIT */
/* story.h - what the parts of the timeline share */

/*
 * Theory of operation
 *
 * Three sources tell of one trial, by one clock: the transcript has what the
 * grader did, the sights what its clients saw, the witness's record what the
 * program called.  They are put into one list of rows.
 *
 * A call is one row, when it has returned; unless something else happened while
 * it lasted: then it waited, and has two.  So no clock decides what is drawn as
 * waiting, but for calls that are too short to be worth it.
 *
 * Descriptors say nothing to a reader, clients do: a table follows who holds
 * which client's connection by what number, through accept, dup, fork and
 * close.  Where it does not know, only the number is shown.
 */
#ifndef GRADER_TIMELINE_STORY_H
#define GRADER_TIMELINE_STORY_H

#include "timeline.h"
#include "../witness.h"

#define BYTES_SHOWN 24

struct lane {
	int client;	   /* or 0; of a program that called us, our end */
	int sender;	   /* of datagrams, or 0 */
	int pid, tid;	   /* as the program sees them, or 0 */
	char *name, *says; /* in English, and in the reader's language */
	int told; /* its number among those that are told; -1: it is not */
};

enum row_kind { STEP, SAW, CALL, WAIT, STATE };

struct row {
	uint64_t at;
	size_t order; /* of those at the same time */
	int lane;
	enum row_kind kind;
	char *what;
	char *says; /* the same in the reader's language, or NULL */
	unsigned times;
	bool fault;
	bool ends; /* its lane */
	int with;  /* lane that the call has taken from, or given to; -1 */
	bool gives;
};

/* Process `pid` holds the connection of a client by this descriptor. */
struct holding {
	int pid, fd, client;
};

struct story {
	struct trial *t;
	uint64_t now;
	struct lane *lane;
	size_t lanes;
	struct row *row;
	size_t rows;
	struct holding *held;
	size_t holdings;
	struct witness_event *event;
	size_t events;
	uint64_t *moment; /* when anything happened, in order */
	size_t moments;
	int accepted; /* clients, by those who do not say whom */
};

/* ---- timeline.c: lists */

/* Room for one more of what grows by doubling; n is how many there are. */
void *room_for_one(void *list, size_t n, size_t size);
void sort(void *list, size_t n, size_t size,
	  int (*compare)(const void *, const void *));

/* ---- lanes.c: whose lane it is, and who holds whose connection */

int lane_of_client(struct story *s, int n);
int lane_of_sender(struct story *s, int n);
int lane_of_thread(struct story *s, int pid, int tid);
/* `what` becomes the row's own. */
void add_row(struct story *s, uint64_t at, int lane, enum row_kind kind,
	     char *what, bool fault);
/* Process `pid` calls this client's connection by this descriptor; 0: none. */
int client_of(const struct story *s, int pid, int64_t fd);
/* What a call that has returned has changed. */
void follow(struct story *s, const struct witness_event *e);

/* ---- words.c: calls in words; the caller frees what is given */

/* NULL if the number is none that the witness gives. */
const char *call_name(uint32_t call);
const char *error_name(int64_t n);
/* The first of n bytes, of which `kept` are at hand. */
char *head_of(const unsigned char *data, size_t kept, size_t n);
/* The fault that was injected into it, or NULL. */
const char *fault_of(const struct witness_event *e);
/* Whose connection is it about?  0: nobody's that is known. */
int client_in(const struct story *s, const struct witness_event *e);
char *call_in_words(struct story *s, const struct witness_event *e,
		    bool returned);

/* ---- sources.c: what the three sources tell, as rows */

/* When the step of the transcript was made. */
uint64_t moment_of(const struct story *s, const json_t *step);
/* When each sight was seen; false: there is no such sight. */
bool sight_at(size_t i, uint64_t *at);
void tell_all(struct story *s);

#endif
