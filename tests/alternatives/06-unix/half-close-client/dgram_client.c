/* SPDX-License-Identifier: MIT */
/* dgram_client.c - not connected: sendto(), and a look at who has answered. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
static socklen_t fill(struct sockaddr_un *a, const char *p, const char *prog)
{
	size_t n = strlen(p);
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!n || n > 107) {
		fprintf(stderr, "%s: path \"%s\" too long or empty\n", prog, p);
		exit(2);
	}
	strcpy(a->sun_path, p);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
}
static const char *own;
static void gone(void)
{
	if (own)
		unlink(own);
}
int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: dgram_client PATH MYPATH\n");
		return 2;
	}
	struct sockaddr_un a, m, from;
	socklen_t na = fill(&a, argv[1], "dgram_client"),
		  nm = fill(&m, argv[2], "dgram_client");
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(fd, (void *)&m, nm)) {
		perror("bind");
		return 1;
	}
	own = argv[2];
	atexit(gone);
	static char line[8192 + 2], back[8192];
	while (fgets(line, sizeof line, stdin)) {
		size_t n = strlen(line);
		if (sendto(fd, line, n, 0, (void *)&a, na) < 0) {
			perror("sendto");
			exit(1);
		}
		ssize_t k;
		do {
			socklen_t nf = sizeof from;
			from = (struct sockaddr_un){0};
			k = recvfrom(fd, back, sizeof back, 0, (void *)&from,
				     &nf);
		} while (k >= 0 && strcmp(from.sun_path, a.sun_path) != 0);
		if (k < 0) {
			perror("recvfrom");
			exit(1);
		}
		fwrite(back, 1, (size_t)k, stdout);
		fflush(stdout);
	}
	exit(0);
}
