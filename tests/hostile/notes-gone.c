/* SPDX-License-Identifier: MIT */
/* notes-gone.c - has a memory error, and removes whatever the tools write of it. */

/*
 * The very directory too, with a link to elsewhere in its place.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 * Withheld: bare.memory
 */
#include "hostile.h"
#include <dirent.h>

static void remove_notes(void)
{
	DIR *d = opendir("../notes");
	char path[600];
	struct dirent *e;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "../notes/%s", e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir("../notes");
	if (symlink("/etc", "../notes") < 0)
		errno = 0;
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	char *small = malloc(16);

	if (fork() == 0) {
		for (int i = 0; i < argc + 16; i++)
			small[i] = 'x'; /* two bytes over */
		fprintf(stderr, "%c\n", small[argc + 14]);
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	remove_notes();
	free(small);
	return serve_one(listener);
}
