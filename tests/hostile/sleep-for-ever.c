/* SPDX-License-Identifier: MIT */
/* sleep-for-ever.c - sleeps, a minute at a time, before it listens, and never does. */

/*
 * Lab: 01
 * Fails: bare.listens
 * At most: 5 points
 */
#include <unistd.h>

int main(void)
{
	for (;;)
		sleep(60);
}
