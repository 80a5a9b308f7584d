/* SPDX-License-Identifier: MIT */
/* pattern.h - what is sent: bytes that say whose they are, and which. */
#ifndef LOAD_PATTERN_H
#define LOAD_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/*
 * All streams are one sequence of random bytes, repeated without end; each
 * begins at another place of it.  Bytes that went to another connection, came
 * twice, or lack some before them, are then from another place, and eight of
 * them are enough to say which.  Checking is one memcmp(3), and sending needs
 * no copy: both are cheap beside the system call.
 *
 * Simplification: bytes that are off by a multiple of the sequence's length
 * pass for right.  But something is then missing in the end, or too much.
 */
enum {
	PATTERN_LENGTH = 65521, /* a prime */
	PATTERN_CHUNK = 65536
};

/* Once, before the others. */
void pattern_make(void);

/* What stream `number` has from byte `offset` on.  PATTERN_CHUNK bytes. */
const unsigned char *pattern_at(uint32_t number, uint64_t offset);

/* The place in the sequence that these n >= 8 bytes are from, or -1. */
long pattern_find(const unsigned char *bytes, size_t n);

/* The least offset, below PATTERN_LENGTH, at which stream `number` is at this
 * place of the sequence. */
uint64_t pattern_offset(uint32_t number, long place);

#endif
