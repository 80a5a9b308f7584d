/* SPDX-License-Identifier: MIT */
/* flood-client.c - answers five bytes with gigabytes. */

/*
 * (Simplified: with two of them.)
 *
 * Lab: 01
 * Checks: bare.echo bare.exact
 * Fails: bare.exact
 */
#include "hostile.h"

#define STOP (2ll << 30)

int main(int argc, char **argv)
{
	static char block[1 << 20];
	int listener = listen_as_told(argc, argv);
	int client = accept(listener, NULL, NULL);
	long long sent = 0;
	ssize_t n;

	signal(SIGPIPE, SIG_IGN);
	echo(client, 1);
	while (sent < STOP && (n = write(client, block, sizeof(block))) > 0)
		sent += n;
	if (sent >= STOP)
		fprintf(stderr, "BROKEN OUT: the grader took 2 GiB\n");
	for (;;)
		pause();
}
