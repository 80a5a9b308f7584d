/* SPDX-License-Identifier: MIT */
/* writer.c - puts links in the places of its FIFOs, for the grader to follow. */

/*
 * The one would have it read its own memory or wait for a terminal, the other
 * write to where only the grader may.
 *
 * Lab: 07
 * Checks: shm.writer shm.waits-for-ack shm.reader-gone
 * Fails: shm.writer
 * Withheld: shm.waits-for-ack shm.reader-gone
 */
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *message;

	if (argc != 2 || chdir(argv[1]) < 0) {
		fprintf(stderr, "usage: writer DIR\n");
		return 2;
	}
	message =
		shmat(shmget(ftok(".", 110), 4096, IPC_CREAT | 0600), NULL, 0);
	strcpy(message, "a long line comes first");
	if (symlink("/proc/self/mem", "ack") < 0 ||
	    symlink("/dev/zero", "notify") < 0)
		return 1;
	for (;;)
		pause();
}
