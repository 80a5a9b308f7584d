/* SPDX-License-Identifier: MIT */
/* pattern.c - what is sent: bytes that say whose they are, and which. */
#include "pattern.h"

#include <string.h>

static unsigned char sequence[PATTERN_LENGTH + PATTERN_CHUNK];

/* Marsaglia's xorshift with 64 bits: the same bytes in every run. */
void pattern_make(void)
{
	uint64_t x = 88172645463325252;

	for (size_t i = 0; i < PATTERN_LENGTH; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		sequence[i] = (unsigned char)(x >> 32);
	}
	for (size_t i = 0; i < PATTERN_CHUNK; i++)
		sequence[PATTERN_LENGTH + i] = sequence[i % PATTERN_LENGTH];
}

/* Neighbours are far from one another: what is a little off is nobody's. */
static uint64_t start_of(uint32_t number)
{
	return (uint64_t)number * 25033 % PATTERN_LENGTH;
}

const unsigned char *pattern_at(uint32_t number, uint64_t offset)
{
	return sequence + (start_of(number) + offset) % PATTERN_LENGTH;
}

long pattern_find(const unsigned char *bytes, size_t n)
{
	const unsigned char *at =
		n < 8 ? NULL : memmem(sequence, sizeof sequence, bytes, 8);

	return at ? (at - sequence) % PATTERN_LENGTH : -1;
}

uint64_t pattern_offset(uint32_t number, long place)
{
	return ((uint64_t)place + PATTERN_LENGTH - start_of(number)) %
	       PATTERN_LENGTH;
}
