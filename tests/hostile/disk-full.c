/* SPDX-License-Identifier: MIT */
/* disk-full.c - fills every file system that it may write to. */

/*
 * Lab: 01
 * Checks: bare.echo bare.usage
 * Passes: bare.echo bare.usage
 */
#include "hostile.h"

#define STOP (512ll << 20)

static void fill(const char *dir)
{
	long long filled = 0;
	char path[256];

	for (int i = 0; filled < STOP; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/fill.%d", dir, i);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0 || fallocate(fd, 0, 0, 8 << 20) < 0)
			break;
		close(fd);
		filled += 8 << 20;
	}
	if (filled >= STOP)
		broken_out("%s takes %lld MiB", dir, filled >> 20);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	signal(SIGXFSZ, SIG_IGN);
	fill(".");
	fill("../notes");
	fill("/tmp");
	fill("/var/tmp");
	fill("/dev/shm");
	return serve_one(listener);
}
