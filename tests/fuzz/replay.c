/* SPDX-License-Identifier: MIT */
/* replay.c - hands a fuzz target the inputs that are kept, one after the other. */

/*
 *	build/fuzz/notes tests/fuzz/corpus/notes/...
 *
 * What libFuzzer's own main() does without looking for more.  An input that takes
 * long is a finding like one that crashes.
 */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { INPUT_MAX = 1 << 20, SECONDS_MAX = 20 };

int main(int argc, char **argv)
{
	static uint8_t data[INPUT_MAX];

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "re");
		uint8_t *exact;
		size_t n;

		if (!f) {
			perror(argv[i]);
			return 2;
		}
		n = fread(data, 1, sizeof(data), f);
		fclose(f);
		/* A block of just that size, for valgrind and sanitizers. */
		exact = malloc(n ? n : 1);
		if (!exact)
			return 2;
		for (size_t at = 0; at < n; at++)
			exact[at] = data[at];
		fprintf(stderr, "%s\n", argv[i]);
		alarm(SECONDS_MAX);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	return 0;
}
