/* SPDX-License-Identifier: MIT */
/* look-forgotten.c - uses the descriptors that somebody forgot to close. */

/*
 * Whoever starts the grader may have files open; the suite has one, for
 * reading and writing.
 *
 * Lab: 01
 * Checks: bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener;

	signal(SIGPIPE, SIG_IGN);
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) != -1) {
			if (write(fd, "BROKEN OUT\n", 11) < 0)
				errno = 0;
			broken_out("descriptor %d is open", fd);
		}
	listener = listen_as_told(argc, argv);
	return serve_one(listener);
}
