/* SPDX-License-Identifier: MIT */
/* server.c - a thread for each client, and one that waits for SIGTERM by sigwait(). */
#include "wrap.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>

static const char *place;
static sigset_t term;

static void *await_term(void *unused)
{
	int signo;

	sigwait(&term, &signo);
	unlink(place);
	exit(0);
	return unused;
}

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	unsigned char buf[10000];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof buf, 0)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			buf[i] = (unsigned char)toupper(buf[i]);
		for (ssize_t at = 0, k; at < n; at += k)
			if ((k = send(fd, buf + at, (size_t)(n - at),
				      MSG_NOSIGNAL)) <= 0)
				goto out;
	}
out:
	close(fd);
	return NULL;
}

static void announce(const struct sockaddr_un *a, socklen_t len)
{
	char name[sizeof a->sun_path + 1] = {0};

	if (len <= offsetof(struct sockaddr_un, sun_path)) {
		printf("client unnamed\n");
	} else {
		len -= offsetof(struct sockaddr_un, sun_path);
		memcpy(name, a->sun_path,
		       len < sizeof a->sun_path ? len : sizeof a->sun_path);
		printf("client %s\n", *name ? name : "(abstract)");
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	pthread_t t;
	int s;

	if (argc != 2 || !argv[1][0] || strlen(argv[1]) > 107) {
		fprintf(stderr, "usage: server PATH (up to 107 bytes)\n");
		return 2;
	}
	place = strcpy(a.sun_path, argv[1]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, NULL);
	s = Socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&a, sizeof a) == -1) {
		int error = errno, probe;

		/* Only now look who is there. */
		probe = Socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (error != EADDRINUSE || lstat(place, &st) == -1 ||
		    !S_ISSOCK(st.st_mode) ||
		    connect(probe, (struct sockaddr *)&a, sizeof a) == 0 ||
		    errno != ECONNREFUSED) {
			fprintf(stderr, "server: bind: %s\n", strerror(error));
			return 1;
		}
		close(probe);
		Unlink(place);
		Bind(s, (struct sockaddr *)&a, sizeof a);
	}
	pthread_create(&t, NULL, await_term, NULL);
	Listen(s, 10);
	for (;;) {
		struct sockaddr_un peer;
		socklen_t len = sizeof peer;
		int c = Accept(s, (struct sockaddr *)&peer, &len);

		announce(&peer, len);
		if (pthread_create(&t, NULL, serve, (void *)(intptr_t)c) != 0)
			close(c);
		else
			pthread_detach(t);
	}
}
