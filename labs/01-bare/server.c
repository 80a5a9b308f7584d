/* SPDX-License-Identifier: MIT */
/* server.c - a bare echo server: one client, one message, then the end. */

/*
 * Yours to write.  The steps have the numbers of the handout.  Check what each
 * call returns: when it is -1, sys_err("name of the call") prints the reason
 * and ends the program with status 1.
 */

#include "sys_err.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	/* TODO arguments: exactly one, a port from 1 to 65535, else one line
	 * on stderr and status 2.  Look at strtol(3), not at atoi(3). */
	(void)argc; /* delete these two lines once you use argc and argv */
	(void)argv;

	/* TODO 1: socket */

	/* TODO 2: bind it to PORT.  Which byte order does the address need? */

	/* TODO 3: listen */

	/* TODO 4: accept one client */

	/* TODO 5: receive one message of up to 4096 bytes.  What does a client
	 * that leaves without a word look like here? */

	/* TODO 6: send those bytes back, neither more nor fewer */

	/* TODO 7: close what you opened */

	return 0;
}
