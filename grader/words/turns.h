/* SPDX-License-Identifier: MIT */
/* turns.h - words for the grader as one of two that take turns */
#ifndef GRADER_WORDS_TURNS_H
#define GRADER_WORDS_TURNS_H

#include "meeting.h"

/* Of the place where they meet.  Never waits, and never opens anything but a FIFO
 * of that name, whatever the program has put in its place since.  -1: not
 * possible now. */
int open_fifo(struct trial *t, const char *name, int flags);

/* The grader takes the reader's part… */
void join_as_reader(struct trial *t, struct program *writer);
void acknowledge(struct trial *t);
/* …or the writer's: makes everything, then waits for a reader. */
void host(struct trial *t);
void host_fifos_only(struct trial *t);
void join_as_writer(struct trial *t, struct program *reader);
bool joins_as_writer(struct trial *t);
void store(struct trial *t, const void *data, size_t n);
void give_turn(struct trial *t, char turn);

/* From the other side comes this byte, and no other. */
void expect_turn(struct trial *t, struct program *p, char turn);
/* The next byte from there; -1: there comes none. */
int next_turn(struct trial *t);
/* Something comes that nobody has asked for: a byte, or another message (0). */
enum outcome await_untimely(struct trial *t, unsigned char *turn);
/* This is what the segment holds, and the NUL. */
void expect_stored(struct trial *t, struct program *writer, const void *data,
		   size_t n);
bool is_stored(struct trial *t, const void *data, size_t n);
/* Close both FIFOs, detach the segment. */
void leave_meeting(struct trial *t);

#endif
