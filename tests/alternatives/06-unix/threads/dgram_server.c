/* SPDX-License-Identifier: MIT */
/* dgram_server.c - two threads take turns at one socket; a third waits for SIGTERM. */
#include "wrap.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

static const char *place;
static sigset_t term;
static int s;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void *await_term(void *unused)
{
	int signo;

	sigwait(&term, &signo);
	unlink(place);
	exit(0);
	return unused;
}

static void *work(void *unused)
{
	unsigned char buf[8192];

	for (;;) {
		struct sockaddr_un from;
		socklen_t len = sizeof from;
		ssize_t n;

		pthread_mutex_lock(&turn);
		n = recvfrom(s, buf, sizeof buf, 0, (struct sockaddr *)&from,
			     &len);
		if (n >= 0 && len > offsetof(struct sockaddr_un, sun_path)) {
			for (ssize_t i = 0; i < n; i++)
				buf[i] = (unsigned char)toupper(buf[i]);
			if (len > sizeof from)
				len = sizeof from;
			sendto(s, buf, (size_t)n, MSG_DONTWAIT,
			       (struct sockaddr *)&from, len);
		}
		pthread_mutex_unlock(&turn);
	}
	return unused;
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	pthread_t t;

	if (argc != 2 || !argv[1][0] || strlen(argv[1]) > 107) {
		fprintf(stderr, "usage: dgram_server PATH (up to 107 bytes)\n");
		return 2;
	}
	place = strcpy(a.sun_path, argv[1]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, NULL);
	s = Socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(s, (struct sockaddr *)&a, sizeof a) == -1) {
		int error = errno;

		if (error != EADDRINUSE || lstat(place, &st) == -1 ||
		    !S_ISSOCK(st.st_mode) ||
		    sendto(s, "", 0, 0, (struct sockaddr *)&a, sizeof a) == 0 ||
		    errno != ECONNREFUSED) {
			fprintf(stderr, "dgram_server: bind: %s\n",
				strerror(error));
			return 1;
		}
		Unlink(place);
		Bind(s, (struct sockaddr *)&a, sizeof a);
	}
	pthread_create(&t, NULL, await_term, NULL);
	pthread_create(&t, NULL, work, NULL);
	work(NULL);
	return 0;
}
