/* SPDX-License-Identifier: MIT */
/* hide.c - makes itself hard to see: not dumpable, no output, another name. */

/*
 * Whoever may not trace a process may not read its descriptors and system
 * calls in /proc either.  It may lose by that, but not hold anybody up.
 *
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo bare.closes
 * At most: 100 points
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	prctl(PR_SET_NAME, "x) R 1 (\n");
	memset(argv[0], ' ', strlen(argv[0]));
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	prctl(PR_SET_DUMPABLE, 0);
	return serve_one(listener);
}
