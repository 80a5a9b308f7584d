/* SPDX-License-Identifier: MIT */
/* server.c - has a FIFO where its socket should be, and a directory after that. */

/*
 * Lab: 06
 * Checks: unix.upper unix.next-client
 * Fails: unix.upper
 * Withheld: unix.next-client
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc != 2)
		return 2;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", argv[1]);
	bind(s, (struct sockaddr *)&at, sizeof(at));
	listen(s, 5);
	for (;;) {
		unlink(argv[1]);
		mkfifo(argv[1], 0600);
		unlink(argv[1]);
		mkdir(argv[1], 0700);
		rmdir(argv[1]);
	}
}
