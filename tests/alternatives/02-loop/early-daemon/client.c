/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with fgets() and a large buffer, and a stream for what comes back. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

/* The first of the host's addresses that answers. */
static int connect_to(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET,
				 .ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_NUMERICSERV},
			*list, *a;
	int fd = -1, error = getaddrinfo(host, port, &hints, &list);

	if (error != 0) {
		fprintf(stderr, "client: %s: %s\n", host, gai_strerror(error));
		exit(1);
	}
	for (a = list; a != NULL; a = a->ai_next) {
		fd = Socket(a->ai_family, a->ai_socktype, 0);
		if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		sys_warn("connect");
		Close(fd);
	}
	freeaddrinfo(list);
	if (a == NULL)
		exit(1);
	return fd;
}

int main(int argc, char *argv[])
{
	static char line[100000];

	if (argc != 3 || parse_port(argv[2]) < 0) {
		fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
		return 2;
	}
	int server = connect_to(argv[1], argv[2]);
	FILE *back = fdopen(server, "r");
	if (back == NULL)
		sys_err("fdopen");

	/* Lines are text here: what follows a NUL in one is not sent. */
	while (fgets(line, sizeof line, stdin) != NULL) {
		size_t n = strlen(line);
		if (sendn(server, line, n) < 0)
			sys_err("send");
		if (fread(line, 1, n, back) < n) {
			fputs("client: no answer any more\n", stderr);
			return 1;
		}
		fwrite(line, 1, n, stdout);
		fflush(stdout);
	}
	fclose(back);
	return 0;
}
