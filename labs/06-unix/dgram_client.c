/* SPDX-License-Identifier: MIT */
/* dgram_client.c - send each line of stdin as a datagram, print each answer. */

/*
 * Yours to write.  client.c has the loop over the lines.
 */

#include "sys_err.h"
#include "wrap.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { DATAGRAM_MAX = 8192 };

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: dgram_client PATH MYPATH\n", stderr);
		return 2;
	}
	(void)argv; /* delete this line once you use it */

	/* TODO: a datagram socket with a name of its own.  Why can it not do
	 * without, as the stream client could? */

	/* TODO: each line one datagram, newline and all; one answer for each. */
	return 0;
}
