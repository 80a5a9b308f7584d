/* SPDX-License-Identifier: MIT */
/* dgram_server.c - a non-blocking socket under poll(); everything that waits is taken. */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void fatal(const char *what)
{
	fprintf(stderr, "dgram_server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_receiver(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (!*path || strlen(path) >= sizeof a.sun_path) {
		fprintf(stderr, "dgram_server: %s: not a usable path\n", path);
		exit(2);
	}
	strcpy(a.sun_path, path);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    connect(s, (struct sockaddr *)&a, sizeof a) == -1 &&
	    errno == ECONNREFUSED)
		unlink(path);
	if (bind(s, (struct sockaddr *)&a, sizeof a) == -1)
		fatal("bind");
	return s;
}

static void take_all(int s)
{
	static unsigned char buf[9000];

	for (;;) {
		struct sockaddr_un a;
		socklen_t len = sizeof a;
		ssize_t n = recvfrom(s, buf, sizeof buf, 0,
				     (struct sockaddr *)&a, &len);

		if (n < 0)
			return;
		if (len == 0 || len == sizeof(sa_family_t))
			continue;
		for (ssize_t i = 0; i < n; i++)
			buf[i] = (unsigned char)toupper(buf[i]);
		if (len > sizeof a)
			len = sizeof a;
		if (sendto(s, buf, (size_t)n, 0, (struct sockaddr *)&a, len) <
		    0)
			perror("dgram_server: sendto");
	}
}

int main(int argc, char **argv)
{
	struct pollfd set[2];
	sigset_t term;

	if (argc != 2) {
		fputs("usage: dgram_server PATH\n", stderr);
		return 2;
	}
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	set[0] = (struct pollfd){signalfd(-1, &term, 0), POLLIN, 0};
	set[1] = (struct pollfd){open_receiver(argv[1]), POLLIN, 0};
	while (poll(set, 2, -1) != -1 && !set[0].revents)
		if (set[1].revents)
			take_all(set[1].fd);
	unlink(argv[1]);
	return 0;
}
