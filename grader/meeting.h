/* SPDX-License-Identifier: MIT */
/* meeting.h - the place where a writer and a reader meet, as the grader holds it */
#ifndef GRADER_MEETING_H
#define GRADER_MEETING_H

#include "trial.h"

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

#endif
