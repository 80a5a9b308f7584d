/* SPDX-License-Identifier: MIT */
/* reader.c - looks every 50 milliseconds whether the FIFO is there; blocking opens. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char notify_path[1024], ack_path[1024], copy[4097];
	int notify, ack, shm;
	const char *shared;
	struct stat st;
	key_t key;
	char c;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s DIR\n", argv[0]);
		return 2;
	}
	if (stat(argv[1], &st) < 0 || !S_ISDIR(st.st_mode) ||
	    (key = ftok(argv[1], 110)) == -1) {
		fprintf(stderr, "reader: %s is no directory\n", argv[1]);
		return 1;
	}
	snprintf(notify_path, sizeof(notify_path), "%s/notify", argv[1]);
	snprintf(ack_path, sizeof(ack_path), "%s/ack", argv[1]);
	while ((notify = open(notify_path, O_RDONLY)) < 0) {
		if (errno != ENOENT) {
			perror("open notify");
			return 1;
		}
		usleep(50000);
	}
	ack = open(ack_path, O_WRONLY);
	shm = shmget(key, 4096, 0);
	if (ack < 0 || shm < 0 ||
	    (shared = shmat(shm, NULL, 0)) == (void *)-1) {
		perror("reader: the writer's things");
		return 1;
	}
	for (;;) {
		ssize_t n = read(notify, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 1 && c == 'x')
			return 0;
		if (n != 1) {
			fprintf(stderr, "reader: the writer is gone\n");
			return 1;
		}
		strncpy(copy, shared, 4096);
		copy[4096] = 0;
		printf("%s\n", copy);
		fflush(stdout);
		if (write(ack, "k", 1) != 1)
			perror("write ack");
	}
}
