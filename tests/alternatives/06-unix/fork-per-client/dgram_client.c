/* SPDX-License-Identifier: MIT */
/* dgram_client.c - connected, with write() and read(), and bytes over the limit refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *mine;

static void cleanup(void)
{
	unlink(mine);
}

static void address(struct sockaddr_un *a, const char *path)
{
	a->sun_family = AF_UNIX;
	if (!*path || snprintf(a->sun_path, sizeof a->sun_path, "%s", path) >=
			      (int)sizeof a->sun_path) {
		fprintf(stderr, "dgram_client: path empty or too long\n");
		exit(2);
	}
}

static void check(ssize_t result, const char *what)
{
	if (result != -1)
		return;
	fprintf(stderr, "dgram_client: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_un to = {0}, own = {0};
	char *line = NULL, back[65536];
	size_t room = 0;
	ssize_t n;
	int s;

	if (argc != 3) {
		fputs("usage: dgram_client PATH MYPATH\n", stderr);
		return 2;
	}
	address(&to, argv[1]);
	address(&own, argv[2]);
	check(s = socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
	check(bind(s, (struct sockaddr *)&own, sizeof own), "bind");
	mine = argv[2];
	atexit(cleanup);
	check(connect(s, (struct sockaddr *)&to, sizeof to), "connect");
	while ((n = getline(&line, &room, stdin)) > 0) {
		check(write(s, line, (size_t)n), "write");
		check(n = read(s, back, sizeof back), "read");
		check(write(1, back, (size_t)n), "stdout");
	}
	free(line);
	return 0;
}
