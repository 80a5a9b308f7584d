/* SPDX-License-Identifier: MIT */
/* mechanism.h - a way for two processes to hand messages to one another. */
#ifndef LADDER_MECHANISM_H
#define LADDER_MECHANISM_H

#include <stdbool.h>
#include <stddef.h>

struct mechanism;
struct segment; /* by_memory.c */

/* What the two have in common.  All of it is made before they are forked. */
struct link {
	const struct mechanism *by;
	size_t bytes; /* of each message */
	int side;     /* 0 or 1: which of the two this process is */

	/* Where a message is made and looked at: memory of the process' own,
	 * or, with a mechanism that copies nothing, what both share. */
	unsigned char *message;

	int in[2], out[2]; /* descriptors by side; -1 where there is none */
	struct segment *segment;
};

struct mechanism {
	const char *name;
	bool spins; /* waiting takes a core, so that two processes need two */
	bool in_place;

	/* 0, or -1 with errno: it cannot be had here, or not so large.  What
	 * has been made by then is link_close()'s. */
	int (*set_up)(struct link *l);

	/* The message goes out whole, or comes in whole.  0, or -1 with errno. */
	int (*send)(struct link *l);
	int (*receive)(struct link *l);

	/* Where there is room for one message only: say that it has been looked
	 * at, and wait until it has.  NULL where the kernel sees to that. */
	int (*give_turn)(struct link *l);
	int (*await_turn)(struct link *l);
};

extern const struct mechanism by_pipe, by_fifo, by_unix_stream, by_unix_dgram,
	by_unix_seqpacket, by_tcp, by_shm_fifo, by_shm_fifo_in_place,
	by_shm_futex, by_shm_spin;

/* From the lowest rung to the highest; NULL at the end. */
extern const struct mechanism *const mechanisms[];

/* NULL if none has this name. */
const struct mechanism *find_mechanism(const char *name);

/* 0, or -1 with errno and nothing left open. */
int link_open(struct link *l, const struct mechanism *by, size_t bytes);
void link_close(struct link *l);

/* Two FIFOs, one for each direction, into l->in and l->out.  0, or -1 with errno. */
int link_fifos(struct link *l);

/* Shared memory goes with the process that made it. */
void segment_close(struct segment *segment);

#endif
