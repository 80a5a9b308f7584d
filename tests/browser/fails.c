/* SPDX-License-Identifier: MIT */
/* fails.c - a server for lab 03 that does nothing right but listen. */

/*
 * Its warnings are wanted, too.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int unused;
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(atoi(argv[1]))};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (fork() == 0)
		for (;;)
			pause();
	bind(listener, (struct sockaddr *)&at, sizeof(at));
	listen(listener, 5);
	for (;;) {
		int client = accept(listener, NULL, NULL);
		char *message = malloc(10);

		read(client, message, 20);
		write(client, "sorry", 5);
	}
}
