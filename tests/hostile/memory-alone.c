/* SPDX-License-Identifier: MIT */
/* memory-alone.c - allocates and uses all the memory that one process gets. */

/*
 * Under valgrind and the sanitizers there is no limit on addresses, since they
 * reserve terabytes themselves.  (Simplified: it stops at 6 GiB, and does it only
 * for a long message, so that not all of a dozen clients have to wait for it.)
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
	char *p, message[4096];
	size_t used = 0;

	if (recv(client, message, sizeof(message), MSG_PEEK) < 2048)
		return echo(client, 1) != 1;
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
