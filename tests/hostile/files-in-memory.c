/* SPDX-License-Identifier: MIT */
/* files-in-memory.c - hides memory in files without a name, pipes and sockets. */

/*
 * None of it counts against the limits of a process's address space.
 *
 * Lab: 01
 * Checks: bare.echo
 * At most: 100 points
 */
#include "hostile.h"

#define BLOCK (16 << 20)
#define STOP (1 << 30)

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	int spare = dup(listener);
	long long used = 0;

	for (int fd; used < STOP && (fd = memfd_create("hostile", 0)) >= 0;) {
		if (fallocate(fd, 0, 0, BLOCK) < 0)
			break;
		used += BLOCK;
		printf("%lld MiB\n", used >> 20);
		fflush(stdout);
	}
	for (int end[2]; used < STOP && pipe2(end, O_NONBLOCK) == 0;) {
		static char block[65536];
		ssize_t n;

		fcntl(end[1], F_SETPIPE_SZ, 1 << 20);
		while ((n = write(end[1], block, sizeof(block))) > 0)
			used += n;
	}
	if (used >= STOP)
		fprintf(stderr, "it could hide %lld MiB\n", used >> 20);
	close(spare);
	return serve_one(listener);
}
