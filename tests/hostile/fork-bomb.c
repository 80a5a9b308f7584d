/* SPDX-License-Identifier: MIT */
/* fork-bomb.c - forks as often as it may, all of them forking on. */

/*
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo
 * At most: 100 points
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	listen_as_told(argc, argv);
	for (;;)
		fork();
}
