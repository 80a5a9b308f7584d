/* SPDX-License-Identifier: MIT */
/* hostile.h - an honest server, for hostile programs to hide behind. */

/*
 * A submission is one file, so the suite puts this text in the place of the
 * line that includes it.  By hand:
 *
 *	sed '/^#include "hostile.h"$/{r hostile.h
 *	d}' spy.c >server.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAYBE __attribute__((unused)) static

static char news[2048];

/* An attack has got through.  From now on that is the answer to every client,
 * so that it comes to stand in the report; the suite looks for these words. */
__attribute__((format(printf, 1, 2))) MAYBE void broken_out(const char *fmt,
							    ...)
{
	size_t n = strlen(news);
	va_list args;

	n += (size_t)snprintf(news + n, sizeof(news) - n, "BROKEN OUT: ");
	va_start(args, fmt);
	if (n < sizeof(news))
		vsnprintf(news + n, sizeof(news) - n, fmt, args);
	va_end(args);
	fprintf(stderr, "%s\n", news);
}

/* A socket that listens on the port that the arguments name. */
MAYBE int listen_as_told(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	char *end = argc == 2 ? argv[1] : NULL;
	long port = end ? strtol(argv[1], &end, 10) : 0;
	int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 2 || *end || port < 1 || port > 65535) {
		fprintf(stderr, "usage: server PORT\n");
		exit(2);
	}
	at.sin_port = htons((uint16_t)port);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0) {
		perror("bind");
		exit(1);
	}
	listen(listener, 128);
	return listener;
}

/* Echo until the client ends; how many messages that were. */
MAYBE int echo(int client, int most)
{
	char message[4096];
	int count = 0;
	ssize_t n;

	while (count < most &&
	       (n = read(client, message, sizeof(message))) > 0) {
		const char *reply = *news ? news : message;
		size_t size = *news ? strlen(news) : (size_t)n;

		if (write(client, reply, size) < 0)
			break;
		count++;
	}
	return count;
}

/* Lab 01: one client, one message. */
MAYBE int serve_one(int listener)
{
	int client = accept(listener, NULL, NULL);

	echo(client, 1);
	close(client);
	return 0;
}

/* Lab 02: one client after another, for ever. */
MAYBE _Noreturn void serve_each(int listener)
{
	for (;;) {
		int client = accept(listener, NULL, NULL);

		echo(client, INT32_MAX);
		close(client);
	}
}

/* Fork; true in the child, which is on its own from here on. */
MAYBE bool detached(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return false;
	setsid();
	if (fork() != 0)
		_exit(0);
	setsid();
	return true;
}
