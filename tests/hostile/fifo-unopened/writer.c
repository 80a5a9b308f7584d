/* SPDX-License-Identifier: MIT */
/* writer.c - makes its FIFOs and never opens them, while the reader waits. */

/*
 * Lab: 07
 * Checks: shm.writer shm.reader-gone shm.cleanup
 * Fails: shm.writer
 * Withheld: shm.reader-gone shm.cleanup
 */
#include <signal.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) < 0) {
		fprintf(stderr, "usage: writer DIR\n");
		return 2;
	}
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	shmget(ftok(".", 110), 4096, IPC_CREAT | 0600);
	mkfifo("notify", 0600);
	mkfifo("ack", 0600);
	for (;;)
		pause();
}
