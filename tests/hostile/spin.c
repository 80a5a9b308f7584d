/* SPDX-License-Identifier: MIT */
/* spin.c - keeps every processor busy, in several processes. */

/*
 * Lab: 01
 * Checks: bare.waits bare.echo
 * Fails: bare.waits busy-loop
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	listen_as_told(argc, argv);
	fork();
	fork();
	for (;;)
		;
}
