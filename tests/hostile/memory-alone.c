/* SPDX-License-Identifier: MIT */
/* memory-alone.c - allocates and uses all the memory that one process gets. */

/*
 * Under valgrind and the sanitizers there is no limit on addresses, since they
 * reserve terabytes themselves.  (Simplified: it stops at 6 GiB.)
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 */
#include "hostile.h"

#define BLOCK ((size_t)16 << 20)
#define STOP ((size_t)6 << 30)

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	int client = accept(listener, NULL, NULL);
	size_t used = 0;
	char *p;

	echo(client, 1);
	for (; used < STOP && (p = malloc(BLOCK)); used += BLOCK) {
		memset(p, 1, BLOCK);
		printf("%zu MiB\n", used >> 20);
		fflush(stdout);
	}
	close(client);
	if (used < STOP)
		return 0;
	fprintf(stderr, "BROKEN OUT: it could use 6 GiB\n");
	return 1;
}
