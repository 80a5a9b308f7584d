/* SPDX-License-Identifier: MIT */
/* inodes.c - makes files, of no size, until there is no more room for them. */

/*
 * They cost the kernel a kilobyte each.  (Simplified: it stops at 20,000 in
 * each place.)
 *
 * Lab: 01
 * Checks: bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"

#define STOP 20000

static void make_in(const char *dir)
{
	char path[256];
	int n = 0;

	do
		snprintf(path, sizeof(path), "%s/%d", dir, n);
	while (mknod(path, S_IFIFO | 0600, 0) == 0 && n++ < STOP);
	if (n >= STOP)
		broken_out("%s takes %d files ", dir, n);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	make_in(".");
	make_in("../notes");
	make_in("/tmp");
	make_in("/dev/shm");
	return serve_one(listener);
}
