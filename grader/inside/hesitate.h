/* SPDX-License-Identifier: MIT */
/* hesitate.h - a program that is held up at any place, for the grader's own tests
 *
 * On a quiet machine what a program does next it does at once, and a check that
 * is wrong only if that comes late is wrong once in hundreds.  A witness that is
 * compiled with WITNESS_HESITATES holds every thread up at random before and
 * behind its calls.  It burns the time, so that the thread is seen to be at work,
 * and burns little of it, since a program must not be taken for one that spins.
 */
#ifndef GRADER_INSIDE_HESITATE_H
#define GRADER_INSIDE_HESITATE_H

#ifdef WITNESS_HESITATES

#include "passage.h"

#include <stdint.h>
#include <unistd.h>

/* Every fourth time for 1 microsecond to 8 ms, and for 60 ms in all. */
enum { HESITATE_ONCE_IN = 4, HESITATE_POWERS = 14, HESITATE_IN_ALL = 60000 };

static void hesitate(void)
{
	static __thread uint64_t random;
	static uint64_t spent; /* by all threads */
	uint64_t us, until;

	if (random == 0)
		random = witness_now() + (uint64_t)gettid();
	random ^= random
		  << 13; /* xorshift64: G. Marsaglia, Xorshift RNGs, 2003 */
	random ^= random >> 7;
	random ^= random << 17;
	us = UINT64_C(1) << (random >> 30) % HESITATE_POWERS;
	if ((random >> 20) % HESITATE_ONCE_IN != 0 ||
	    __atomic_fetch_add(&spent, us, __ATOMIC_RELAXED) > HESITATE_IN_ALL)
		return;
	until = witness_now() + us * 1000;
	while (witness_now() < until)
		;
}

#else
#define hesitate() ((void)0)
#endif

#endif
