/* SPDX-License-Identifier: MIT */
/* memory.c - allocates and uses all the memory that it gets. */

/*
 * Alone, then in a crowd of children.  It tells of every step, so that it
 * cannot be taken for one that spins.  (Simplified: it stops at 8 GiB, where
 * it has proved its point.)
 *
 * Lab: 01
 * Checks: bare.waits bare.usage
 * Passes: bare.usage
 */
#include "hostile.h"

#define CHILDREN 64
#define BLOCK ((size_t)64 << 20)
#define STOP (8ull << 30)

static unsigned long long *used;

static void take_all(void)
{
	unsigned char *p;

	while (*used < STOP && (p = malloc(BLOCK))) {
		for (size_t i = 0; i < BLOCK; i += 4096) {
			p[i] = 1;
			if (i % (1 << 20) == 0 && write(1, ".", 1) < 0)
				_exit(1);
		}
		__atomic_add_fetch(used, BLOCK, __ATOMIC_RELAXED);
	}
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	used = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			take_all();
			for (;;)
				pause();
		}
	take_all();
	while (*used < STOP && wait(NULL) > 0)
		;
	if (*used >= STOP)
		broken_out("it could use %llu GiB", *used >> 30);
	return serve_one(listener);
}
