/* SPDX-License-Identifier: MIT */
/* fork-bomb.c - forks as often as it may, all of them forking on. */

/*
 * Lab: 01
 * Checks: bare.waits bare.echo
 * Fails: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	listen_as_told(argc, argv);
	for (;;)
		fork();
}
