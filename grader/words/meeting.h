/* SPDX-License-Identifier: MIT */
/* meeting.h - words about the place where a writer and a reader meet */
#ifndef GRADER_WORDS_MEETING_H
#define GRADER_WORDS_MEETING_H

#include "../trial.h"

#include <sys/ipc.h>

/* What a message may be, with its NUL; and the number that makes the key. */
#define MESSAGE_BYTES 4096
#define KEY_NUMBER 110

/*
 * The grader sits in the IPC namespace of the programs and sees their
 * directory, so it can take either part.  What it finds there is theirs, and
 * not to be trusted: FIFOs are opened without ever waiting, relative to a
 * descriptor of the directory and never through a link; of the segment no more
 * is read than the kernel says there is, and that once, into a copy.
 */
struct meeting {
	char *name; /* of the directory, for the programs */
	int dir;    /* the directory itself */
	key_t key;
	unsigned char *memory; /* the segment, attached; NULL: not yet */
	size_t size;	       /* that may be read or written of it */
	int notify, ack;       /* our ends; -1: none */
	bool hosting;	       /* we are the writer */
	struct bytes last;     /* what the segment held when last looked at */
};

/* The segment with the meeting's key. */
struct segment {
	int id; /* -1: there is none */
	size_t size;
	unsigned mode;
	unsigned long attached;
};
struct segment find_segment(struct trial *t);

/* The one segment that there is, but with another key; 0: no such thing. */
key_t stray_key(struct trial *t);

/* Make one, or attach the one that is there. */
void attach_segment(struct trial *t, int flags);

/* In the end; without a namespace of the trial's own nobody else removes it. */
void forget_meeting(struct trial *t);

/* An empty directory for the programs started after this; the last one, and
 * all that the grader holds there, is let go. */
void meet(struct trial *t);
struct program *start_writer(struct trial *t);
struct program *start_reader(struct trial *t);
/* The writer makes segment and FIFOs, each as it is to be. */
void expect_meeting(struct trial *t, struct program *writer);
bool is_made(struct trial *t);
/* No segment is there, and nothing in the directory. */
void expect_nothing_left(struct trial *t);
bool is_anything_left(struct trial *t);
size_t count_segments(struct trial *t);
bool is_in_place(struct trial *t, const char *name);
/* Is the segment with the directory's key there?  How many have attached it? */
bool has_segment(struct trial *t);
unsigned long count_attached(struct trial *t);

#endif
