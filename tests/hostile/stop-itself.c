/* SPDX-License-Identifier: MIT */
/* stop-itself.c - stops itself, and whoever lets it go on finds it stopped again. */

/*
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo
 * Passes: bare.listens
 * Fails: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	listen_as_told(argc, argv);
	for (;;)
		raise(SIGSTOP);
}
