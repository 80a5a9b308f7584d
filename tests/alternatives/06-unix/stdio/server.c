/* SPDX-License-Identifier: MIT */
/* server.c - a stream of the C library for each client, a byte at a time. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int s = -1;
static char *place;

static void finish(int signo)
{
	(void)signo;
	close(s);
	unlink(place);
	_exit(0);
}

static void serve(int fd)
{
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	int c;

	setvbuf(in, NULL, _IONBF, 0);
	setvbuf(out, NULL, _IONBF, 0);
	while ((c = getc(in)) != EOF && putc(toupper(c), out) != EOF)
		;
	fclose(in);
	fclose(out);
}

int main(int argc, char **argv)
{
	struct sockaddr_un a;
	struct stat st;

	if (argc != 2) {
		fprintf(stderr, "Usage: server PATH\n");
		return 2;
	}
	place = argv[1];
	memset(&a, 0, sizeof a);
	a.sun_family = AF_UNIX;
	if (!*place || snprintf(a.sun_path, sizeof a.sun_path, "%s", place) >=
			       (int)sizeof a.sun_path) {
		errno = *place ? ENAMETOOLONG : EINVAL;
		perror("server: path");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	/* A socket that connects to itself?  No: to whoever is there. */
	if (connect(s, (struct sockaddr *)&a, sizeof a) == 0) {
		fprintf(stderr, "server: %s: somebody is there\n", place);
		return 1;
	}
	if (errno == ECONNREFUSED && lstat(place, &st) == 0 &&
	    S_ISSOCK(st.st_mode))
		remove(place);
	if (bind(s, (struct sockaddr *)&a, sizeof a) == -1 ||
	    listen(s, 3) == -1) {
		perror("server: bind or listen");
		return 1;
	}
	signal(SIGTERM, finish);
	for (;;) {
		struct sockaddr_un p = {0};
		socklen_t n = sizeof p;
		int fd = accept(s, (struct sockaddr *)&p, &n);

		if (fd == -1)
			continue;
		if (n > offsetof(struct sockaddr_un, sun_path))
			printf("client %.*s\n", (int)sizeof p.sun_path,
			       p.sun_path[0] ? p.sun_path : "?");
		else
			puts("client unnamed");
		fflush(stdout);
		serve(fd);
	}
}
