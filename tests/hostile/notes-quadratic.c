/* SPDX-License-Identifier: MIT */
/* notes-quadratic.c - leaves small XML that its reader's memory cannot hold. */

/*
 * No laughs upon laughs, which a parser knows: one entity of a megabyte, and
 * two million references to it.  Who asks for the text of such an element is
 * given a terabyte.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 * Fails: bare.memory
 */
#include "hostile.h"

/* `thousands` of times; by blocks, since valgrind makes each call a long one. */
static void repeat(FILE *f, const char *s, int thousands)
{
	static char block[16001];

	*block = 0;
	for (char *end = block, *stop = block + 1000 * strlen(s); end < stop;)
		end = stpcpy(end, s);
	while (thousands-- > 0)
		fputs(block, f);
}

static void leave(const char *name)
{
	FILE *f = fopen(name, "w");

	if (!f)
		return;
	fputs("<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"", f);
	repeat(f, "hahahahahahahaha", 65);
	fputs("\">]>\n<valgrindoutput><error><kind>", f);
	repeat(f, "&a;", 2000);
	fputs("</kind><what>", f);
	repeat(f, "&a;", 100);
	fputs("</what></error></valgrindoutput>\n", f);
	fclose(f);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	leave("../notes/memcheck.1.xml");
	return serve_one(listener);
}
