/* SPDX-License-Identifier: MIT */
/* reader.c - copies byte by byte through a volatile pointer; prints before it acks. */
#include "wrap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	char path[2][4096];
	int notify, ack;

	if (argc != 2) {
		fprintf(stderr, "usage: reader DIR\n");
		return 2;
	}
	key_t key = Ftok(argv[1], 110);
	snprintf(path[0], sizeof(path[0]), "%s/notify", argv[1]);
	snprintf(path[1], sizeof(path[1]), "%s/ack", argv[1]);
	while ((notify = open(path[0], O_RDONLY)) < 0 && errno == ENOENT)
		poll(NULL, 0, 20);
	if (notify < 0) {
		perror("open");
		return 1;
	}
	ack = Open(path[1], O_RDWR);
	const volatile char *shared =
		Shmat(Shmget(key, 4096, 0400), NULL, SHM_RDONLY);
	for (;;) {
		char line[4097], c;
		size_t n = 0;

		if (Read(notify, &c, 1) == 0) {
			fprintf(stderr, "reader: end of file, and no x\n");
			return 1;
		}
		if (c == 'x')
			return 0;
		while (n < 4096 && (line[n] = shared[n]) != 0)
			n++;
		line[n++] = '\n';
		for (size_t put = 0; put < n;)
			put += (size_t)Write(1, line + put, n - put);
		Write(ack, "k", 1);
	}
}
