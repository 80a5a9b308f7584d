/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 with the wrappers, and a thread for the one client. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>

struct session {
	int client;
	size_t echoed;
};

static void *talk(void *arg)
{
	struct session *s = arg;
	unsigned char message[4096];

	ssize_t n = read_some(s->client, message, sizeof message);
	if (n < 0)
		sys_err("read");
	if (writen(s->client, message, (size_t)n) < 0)
		sys_err("write");
	s->echoed = (size_t)n;
	return NULL;
}

int main(int argc, char *argv[])
{
	int port;

	if (argc != 2 || (port = parse_port(argv[1])) == -1) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	struct sockaddr_in any = {.sin_family = AF_INET,
				  .sin_port = htons((in_port_t)port)};
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Bind(listener, (struct sockaddr *)&any, sizeof any);
	Listen(listener, 3);

	struct session s = {.client = Accept(listener, NULL, NULL)};
	pthread_t thread;
	Pthread_create(&thread, NULL, talk, &s);
	Pthread_join(thread, NULL);
	Shutdown(s.client, SHUT_WR);
	Close(s.client);
	Close(listener);
	printf("%zu bytes\n", s.echoed);
	return 0;
}
