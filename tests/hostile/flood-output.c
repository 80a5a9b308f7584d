/* SPDX-License-Identifier: MIT */
/* flood-output.c - prints gigabytes, to both, while it should be serving. */

/*
 * Lab: 01
 * Checks: bare.waits bare.echo
 * Fails: bare.waits
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	static char block[1 << 16];

	listen_as_told(argc, argv);
	memset(block, 'y', sizeof(block));
	fork();
	for (;;) {
		if (write(1, block, sizeof(block)) < 0)
			return 1;
		if (write(2, block, sizeof(block)) < 0)
			return 1;
	}
}
