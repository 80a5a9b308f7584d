/* SPDX-License-Identifier: MIT */
/* reader.c - swaps a FIFO that the grader has made for a link to another. */

/*
 * An honest reader, but where FIFOs are there before it is: the grader has made
 * them then, and will open one that it believes to be its own.
 *
 * Lab: 07
 * Checks: shm.not-created
 * Passes: shm.not-created
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static void swap(void)
{
	if (mkfifo("elsewhere", 0600) < 0 || unlink("notify") < 0 ||
	    symlink("elsewhere", "notify") < 0 ||
	    open("elsewhere", O_RDONLY) < 0)
		return;
	fprintf(stderr, "BROKEN OUT: a link was followed\n");
	shmget(ftok(".", 110), 4096, IPC_CREAT | 0600);
}

int main(int argc, char **argv)
{
	char turn, line[4097] = "", *message;
	int notify, ack;

	if (argc != 2 || chdir(argv[1]) < 0) {
		fprintf(stderr, "usage: reader DIR\n");
		return 2;
	}
	if (access("notify", F_OK) == 0)
		swap();
	while ((notify = open("notify", O_RDONLY)) < 0)
		usleep(20000);
	ack = open("ack", O_RDWR);
	message = shmat(shmget(ftok(".", 110), 4096, 0), NULL, SHM_RDONLY);
	if (message == (char *)-1)
		return 1;
	while (read(notify, &turn, 1) == 1 && turn == 'a') {
		memcpy(line, message, 4096);
		if (write(ack, "k", 1) < 0)
			return 1;
		puts(line);
		fflush(stdout);
	}
	return turn != 'x';
}
