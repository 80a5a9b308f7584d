/* SPDX-License-Identifier: MIT */
/* dgram_server.c - a datagram server at a path: each comes back in upper case. */

/*
 * Yours to write.  There is no listen() and no accept(): one socket, of type
 * SOCK_DGRAM, receives from everybody.
 */

#include "sys_err.h"
#include "wrap.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { DATAGRAM_MAX = 8192 };

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: dgram_server PATH\n", stderr);
		return 2;
	}
	(void)argv; /* delete this line once you use it */

	/* TODO start: a socket at the path, with the care that server.c takes */

	/* TODO: for ever, receive one and answer it.  Who sent it?  How long was
	 * it, and may that be 0?  What if the sender has no name, has gone, or
	 * does not read? */
	return 0;
}
