/* SPDX-License-Identifier: MIT */
/* client.c - sends and reads at the same time, by poll(); reads stdin as it comes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *mine;

static void leave(int status)
{
	if (mine)
		unlink(mine);
	exit(status);
}

static void address(struct sockaddr_un *a, const char *path)
{
	a->sun_family = AF_UNIX;
	if (!*path || snprintf(a->sun_path, sizeof a->sun_path, "%s", path) >=
			      (int)sizeof a->sun_path) {
		fprintf(stderr, "client: path empty or too long\n");
		leave(2);
	}
}

static void check(int result, const char *what)
{
	if (result != -1)
		return;
	fprintf(stderr, "client: %s: %s\n", what, strerror(errno));
	leave(1);
}

int main(int argc, char **argv)
{
	struct sockaddr_un to = {0}, own = {0};
	char buf[4096];
	size_t owed = 0;
	int s, more = 1;

	if (argc != 3) {
		fputs("usage: client PATH MYPATH\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	address(&to, argv[1]);
	address(&own, argv[2]);
	check(s = socket(AF_UNIX, SOCK_STREAM, 0), "socket");
	check(bind(s, (struct sockaddr *)&own, sizeof own), "bind");
	mine = argv[2];
	check(connect(s, (struct sockaddr *)&to, sizeof to), "connect");
	while (more || owed) {
		/* A line is answered before the next is read. */
		struct pollfd set[2] = {{more && !owed ? 0 : -1, POLLIN, 0},
					{owed ? s : -1, POLLIN, 0}};
		ssize_t n;

		check(poll(set, 2, -1), "poll");
		if (set[1].revents) {
			n = read(s, buf, owed < sizeof buf ? owed : sizeof buf);
			if (n <= 0) {
				fputs("client: the server has gone\n", stderr);
				leave(1);
			}
			owed -= (size_t)n;
			check((int)write(1, buf, (size_t)n), "stdout");
		}
		if (set[0].revents) {
			char c = 0;

			while ((n = read(0, &c, 1)) == 1) {
				check((int)write(s, &c, 1), "write");
				owed++;
				if (c == '\n')
					break;
			}
			more = n == 1;
		}
	}
	close(s);
	leave(0);
}
