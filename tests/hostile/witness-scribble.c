/* SPDX-License-Identifier: MIT */
/*
 * witness-scribble.c - fills the record of its calls with nonsense, and cuts it off.
 *
 * Lab: 01
 * Passes: bare.listens bare.usage
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	const char *path = getenv("WITNESS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	static char block[1 << 16];
	int listener;

	memset(block, 0xff, sizeof(block));
	if (fd >= 0)
		for (int i = 0; i < 8; i++)
			if (pwrite(fd, block, sizeof(block), i * 65536) < 0)
				break;
	listener = listen_as_told(argc, argv);
	if (fd >= 0 && fork() == 0) {
		/* The witness's own mapping ends here: SIGBUS for the child. */
		if (ftruncate(fd, 0) == 0)
			unlink(path);
		if (mkdir(path, 0700) == 0)
			_exit(0);
		_exit(1);
	}
	while (wait(NULL) > 0)
		;
	return serve_one(listener);
}
