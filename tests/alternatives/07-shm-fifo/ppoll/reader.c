/* SPDX-License-Identifier: MIT */
/* reader.c - looks ten times a second for the FIFO, and attaches at the first message. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: reader DIR\n");
		return 2;
	}
	struct stat st;
	if (stat(argv[1], &st) || !S_ISDIR(st.st_mode)) {
		fprintf(stderr, "reader: %s is no directory\n", argv[1]);
		return 1;
	}
	if (chdir(argv[1])) {
		perror("reader: chdir");
		return 1;
	}
	int notify, ack;
	for (;;) {
		struct timespec t = {0, 100000000};
		notify = open("notify", O_RDONLY | O_NONBLOCK);
		if (notify >= 0) {
			struct pollfd p = {.fd = notify, .events = POLLIN};
			/* a writer has it open as soon as there is something or it hangs up */
			ack = open("ack", O_RDWR);
			(void)p;
			break;
		}
		if (errno != ENOENT) {
			perror("reader: open");
			return 1;
		}
		nanosleep(&t, NULL);
	}
	while (ack < 0) {
		poll(NULL, 0, 50);
		ack = open("ack", O_RDWR);
	}
	const char *shared = NULL;
	for (;;) {
		struct pollfd p = {.fd = notify, .events = POLLIN};
		char turn, copy[4096];
		poll(&p, 1, -1);
		if (!(p.revents & POLLIN)) {
			fprintf(stderr, "reader: the writer has gone\n");
			return 1;
		}
		if (read(notify, &turn, 1) != 1)
			continue;
		if (turn == 'x')
			return 0;
		if (!shared) {
			int id = shmget(ftok(".", 110), 0, 0);
			shared = id < 0 ? (void *)-1
					: shmat(id, NULL, SHM_RDONLY);
			if (shared == (void *)-1) {
				perror("reader: shmget");
				return 1;
			}
		}
		size_t n = strnlen(shared, 4096);
		memcpy(copy, shared, n);
		printf("%.*s\n", (int)n, copy);
		fflush(stdout);
		if (write(ack, "k", 1) != 1) {
			perror("reader: write");
			return 1;
		}
	}
}
