/* SPDX-License-Identifier: MIT */
/* target.h - what libFuzzer calls again and again, and what must hold each time. */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

/*
 * A target reads an input as a part of the grader reads what a submission, or
 * whoever handed it in, has made.  Whatever the input: it comes back, soon, and
 * has done nothing that the sanitizers know to be wrong.  Some promise more, and
 * say so by must().
 *
 * A target that is to reach what a file of the grader keeps to itself includes
 * that file: then the linker takes nothing from the archive in its place.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define must(holds)              \
	do {                     \
		if (!(holds))    \
			abort(); \
	} while (0)

#endif
