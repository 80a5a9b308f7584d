/* SPDX-License-Identifier: MIT */
/* reader.c - stdio on the FIFOs; a switch over what getc() returns. */
#include "wrap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	char path[2][4096], copy[4097];
	FILE *notify, *ack;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	key_t key = Ftok(argv[1], 110);
	snprintf(path[0], 4096, "%s/notify", argv[1]);
	snprintf(path[1], 4096, "%s/ack", argv[1]);
	while (!(notify = fopen(path[0], "r"))) {
		if (errno != ENOENT) {
			perror(path[0]);
			return 1;
		}
		sleep(1);
	}
	ack = fopen(path[1], "r+");
	if (!ack) {
		perror(path[1]);
		return 1;
	}
	setvbuf(ack, NULL, _IONBF, 0);
	setvbuf(notify, NULL, _IONBF, 0);
	const char *memory = Shmat(Shmget(key, 4096, 0), NULL, 0);

	for (;;) {
		switch (getc(notify)) {
		case 'a':
			snprintf(copy, 4097, "%.4096s", memory);
			putc('k', ack);
			puts(copy);
			break;
		case 'x':
			return 0;
		case EOF:
			fprintf(stderr, "reader: the writer is gone\n");
			return 1;
		default:
			fprintf(stderr, "reader: no such turn\n");
			return 1;
		}
	}
}
