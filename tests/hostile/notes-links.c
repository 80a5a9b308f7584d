/* SPDX-License-Identifier: MIT */
/* notes-links.c - leaves one large report under two thousand names. */

/*
 * A name costs next to nothing, to read what it stands for takes a while.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 * Fails: bare.memory
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	FILE *f = chdir("../notes") == 0 ? fopen("memcheck.1.xml", "w") : NULL;
	static char block[4001];
	char name[64];

	if (!f)
		return serve_one(listener);
	for (char *end = block; end < block + 4000;)
		end = stpcpy(end, "<a/>");
	fputs("<valgrindoutput>\n", f);
	for (int i = 0; i < 1900; i++)
		fputs(block, f);
	fclose(f);
	for (int i = 10000; i < 12000; i++) {
		snprintf(name, sizeof(name), "memcheck.%d.xml", i);
		if (link("memcheck.1.xml", name) < 0)
			break;
	}
	return serve_one(listener);
}
