/* SPDX-License-Identifier: MIT */
/* witness-dodge.c - goes round the witness, so that no injected fault meets it. */

/*
 * It cannot stand one: any error of accept() or fork() ends it.  But it makes
 * these calls without the C library, and counts the faults as struck itself.
 *
 * Lab: 03
 * Checks: fork.echo fork.aborted fork.fork-fails
 * Passes: fork.echo
 * Withheld: fork.aborted fork.fork-fails
 */
#include "hostile.h"

/* As in grader/witness.h: four words, then rules of ten, the last "fired". */
static void claim_struck(void)
{
	const char *path = getenv("WITNESS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	uint32_t one = 1;

	for (int rule = 0; fd >= 0 && rule < 8; rule++)
		for (int word = 8; word < 10; word++)
			if (pwrite(fd, &one, 4, 16 + rule * 40 + word * 4) < 0)
				break;
	close(fd);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = (int)syscall(SYS_accept4, listener, NULL, NULL, 0);
		long pid = client < 0 ? -1 : syscall(SYS_fork);

		claim_struck();
		if (pid < 0)
			return 1;
		if (pid == 0) {
			close(listener);
			echo(client, INT32_MAX);
			_exit(0);
		}
		close(client);
	}
}
