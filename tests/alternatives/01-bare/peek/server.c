/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with a look at what is there before memory of just that size is asked for. */

#include "sys_err.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* Digits only, so that strtol's tolerance of signs and spaces never matters. */
static long port_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 5 || text[digits] != '\0')
		return 0;
	return strtol(text, NULL, 10);
}

static void answer(int client)
{
	char first;
	int waiting = 0;

	/* Sleeps until there is something, and leaves it where it is. */
	ssize_t n = recv(client, &first, 1, MSG_PEEK);
	if (n < 0)
		die("recv");
	if (n == 0)
		return;

	if (ioctl(client, FIONREAD, &waiting) < 0)
		die("ioctl");
	size_t size = (size_t)waiting;
	char *message = malloc(size);
	if (message == NULL)
		die("malloc");
	if (recv(client, message, size, MSG_WAITALL) != (ssize_t)size)
		die("recv");
	for (size_t done = 0; done < size;) {
		ssize_t sent =
			send(client, message + done, size - done, MSG_NOSIGNAL);
		if (sent < 0)
			die("send");
		done += (size_t)sent;
	}
	free(message);
}

int main(int argc, char *argv[])
{
	long port = argc == 2 ? port_number(argv[1]) : 0;
	if (port < 1 || port > 65535) {
		(void)fprintf(stderr,
			      "usage: server PORT, a number from 1 to 65535\n");
		return EXIT_FAILURE;
	}

	int s = socket(AF_INET, SOCK_STREAM, 0);
	if (s < 0)
		sys_err("socket");
	struct sockaddr_in sin;
	memset(&sin, 0, sizeof sin);
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = INADDR_ANY;
	sin.sin_port = htons((unsigned short)port);
	if (bind(s, (const struct sockaddr *)&sin, sizeof sin) != 0)
		die("bind");
	if (listen(s, 5) != 0)
		die("listen");

	struct sockaddr_in peer;
	socklen_t peer_size = sizeof peer;
	int client = accept(s, (struct sockaddr *)&peer, &peer_size);
	if (client < 0)
		die("accept");
	printf("a client from %s, port %d\n", inet_ntoa(peer.sin_addr),
	       ntohs(peer.sin_port));
	answer(client);
	close(client);
	close(s);
	return EXIT_SUCCESS;
}
