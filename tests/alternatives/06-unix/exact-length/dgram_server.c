/* SPDX-License-Identifier: MIT */
/* dgram_server.c - recvmsg and sendmsg. */
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

static volatile sig_atomic_t stopping;

static void on_term(int signo)
{
	stopping = signo;
}

static socklen_t fill(struct sockaddr_un *a, const char *path)
{
	size_t n = strlen(path);

	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	if (n == 0 || n > sizeof a->sun_path) {
		fprintf(stderr, "dgram_server: path of %zu bytes\n", n);
		exit(2);
	}
	memcpy(a->sun_path, path, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static int is_dead(const char *path, const struct sockaddr_un *a, socklen_t len)
{
	struct stat st;
	int fd, dead;

	if (lstat(path, &st) == -1 || !S_ISSOCK(st.st_mode))
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	dead = connect(fd, (const struct sockaddr *)a, len) == -1 &&
	       errno == ECONNREFUSED;
	close(fd);
	return dead;
}

int main(int argc, char **argv)
{
	static unsigned char buf[65536];
	struct sigaction sa = {.sa_handler = on_term};
	struct sockaddr_un a, from;
	socklen_t len;
	int s;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PATH\n", argv[0]);
		return 2;
	}
	len = fill(&a, argv[1]);
	sigaction(SIGTERM, &sa, NULL);
	if (is_dead(argv[1], &a, len))
		unlink(argv[1]);
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(s, (struct sockaddr *)&a, len) == -1) {
		perror("dgram_server: bind");
		return 1;
	}
	while (!stopping) {
		struct iovec v = {buf, sizeof buf};
		struct msghdr m = {.msg_name = &from,
				   .msg_namelen = sizeof from,
				   .msg_iov = &v,
				   .msg_iovlen = 1};
		ssize_t n = recvmsg(s, &m, 0);

		if (n == -1)
			continue;
		for (ssize_t i = 0; i < n; i++)
			buf[i] = (unsigned char)toupper(buf[i]);
		if (m.msg_namelen <= offsetof(struct sockaddr_un, sun_path))
			continue;
		if (m.msg_namelen > sizeof from)
			m.msg_namelen = sizeof from;
		v.iov_len = (size_t)n;
		m.msg_flags = 0;
		sendmsg(s, &m, MSG_DONTWAIT);
	}
	unlink(argv[1]);
	return 0;
}
