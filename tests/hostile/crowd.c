/* SPDX-License-Identifier: MIT */
/* crowd.c - is its own client, ten thousand times. */

/*
 * Lab: 01
 * Checks: bare.listens bare.waits bare.echo
 * Passes: bare.listens bare.echo
 */
#include "hostile.h"

static void connect_often(int times)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int door = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(to);

	bind(door,
	     (struct sockaddr *)&(struct sockaddr_in){.sin_family = AF_INET},
	     sizeof(to));
	listen(door, 4096);
	getsockname(door, (struct sockaddr *)&to, &size);
	while (times-- > 0) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 ||
		    connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
			break;
	}
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	for (int i = 0; i < 10; i++)
		if (fork() == 0)
			connect_often(1000);
	return serve_one(listener);
}
