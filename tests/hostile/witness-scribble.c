/* SPDX-License-Identifier: MIT */
/* witness-scribble.c - fills the record of its calls, and the faults, with nonsense. */

/*
 * Lab: 01
 * Checks: bare.echo bare.closes
 * Passes: bare.echo bare.closes
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	const char *path = getenv("WITNESS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	static char block[1 << 16];
	struct stat about;

	memset(block, 0xff, sizeof(block));
	if (fd >= 0 && fstat(fd, &about) == 0)
		for (off_t at = 4; at + 65536 < about.st_size; at += 65536)
			if (pwrite(fd, block, sizeof(block), at) < 0)
				break;
	return serve_one(listener);
}
