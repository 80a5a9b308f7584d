/* SPDX-License-Identifier: MIT */
/* thread-bomb.c - starts threads that start threads. */

/*
 * Lab: 01
 * Checks: bare.waits bare.echo
 * Fails: bare.echo
 */
#include "hostile.h"
#include <pthread.h>

static void *more(void *unused)
{
	pthread_t t;

	for (;;)
		pthread_create(&t, NULL, more, NULL);
	return unused;
}

int main(int argc, char **argv)
{
	listen_as_told(argc, argv);
	more(NULL);
}
