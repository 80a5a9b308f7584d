/* SPDX-License-Identifier: MIT */
/* squat.c - listens on every port but those that clients call from. */

/*
 * Lab: 01
 * Checks: bare.listens bare.echo
 * Passes: bare.listens bare.echo
 */
#include "hostile.h"

static void squat(int from, int to)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	for (int port = from; port < to; port++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		at.sin_port = htons((uint16_t)port);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		    listen(fd, 1) < 0)
			close(fd);
	}
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	for (int from = 1; from < 32000; from += 1000)
		if (detached()) {
			squat(from, from + 1000);
			for (;;)
				pause();
		}
	return serve_one(listener);
}
