/* SPDX-License-Identifier: MIT */
/* writer.c - has files of a terabyte where its FIFOs should be, and swaps them. */

/*
 * Lab: 07
 * Checks: shm.writer shm.exact shm.reader-gone
 * Fails: shm.writer
 * Withheld: shm.exact shm.reader-gone
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	/* as far as it goes */
	for (off_t size = (off_t)1 << 40; ftruncate(fd, size) < 0 && size;)
		size /= 2;
	if (write(fd, "a", 1) < 0)
		perror(name);
	close(fd);
}

int main(int argc, char **argv)
{
	char *message;

	if (argc != 2 || chdir(argv[1]) < 0) {
		fprintf(stderr, "usage: writer DIR\n");
		return 2;
	}
	signal(SIGXFSZ, SIG_IGN);
	message =
		shmat(shmget(ftok(".", 110), 4096, IPC_CREAT | 0600), NULL, 0);
	memset(message, 'x', 4096); /* and no end of it */
	put("notify");
	put("ack");
	for (int i = 0; i < 1000; i++) {
		unlink("ack");
		mkfifo("ack", 0600);
		unlink("ack");
		put("ack");
	}
	for (;;)
		pause();
}
