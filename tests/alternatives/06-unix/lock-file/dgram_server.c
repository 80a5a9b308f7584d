/* SPDX-License-Identifier: MIT */
/* dgram_server.c - a lock tells a living server; sender and size are looked at by a peek. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char own_path[sizeof(((struct sockaddr_un *)0)->sun_path)];

static void on_term(int signo)
{
	(void)signo;
	unlink(own_path);
	_exit(EXIT_SUCCESS);
}

static void quit(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void lock(const char *path)
{
	char name[200];
	int fd;

	snprintf(name, sizeof name, "/tmp/dlock.%s", path);
	for (char *p = name + 11; *p; p++)
		if (*p == '/')
			*p = '_';
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1)
		quit("dgram_server: lock");
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		quit("dgram_server: another one is running");
}

int main(int argc, char *argv[])
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	int s;

	if (argc != 2) {
		fprintf(stderr, "usage: dgram_server PATH\n");
		return EXIT_FAILURE;
	}
	if (argv[1][0] == '\0' || strlen(argv[1]) >= sizeof own_path) {
		fprintf(stderr, "dgram_server: bad path '%s'\n", argv[1]);
		return EXIT_FAILURE;
	}
	strcpy(own_path, argv[1]);
	strcpy(a.sun_path, argv[1]);
	lock(argv[1]);
	if (lstat(argv[1], &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(argv[1]);
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(s, (struct sockaddr *)&a, SUN_LEN(&a)) == -1)
		quit("dgram_server: bind");
	signal(SIGTERM, on_term);
	for (;;) {
		struct sockaddr_un from;
		socklen_t len = sizeof from;
		ssize_t n = recv(s, NULL, 0, MSG_PEEK | MSG_TRUNC);
		unsigned char *b = malloc(n > 0 ? (size_t)n : 1);

		n = recvfrom(s, b, n > 0 ? (size_t)n : 0, 0,
			     (struct sockaddr *)&from, &len);
		for (ssize_t i = 0; i < n; i++)
			b[i] = (unsigned char)toupper(b[i]);
		if (n >= 0 && len > offsetof(struct sockaddr_un, sun_path))
			sendto(s, b, (size_t)n, MSG_DONTWAIT,
			       (struct sockaddr *)&from,
			       len < sizeof from ? len : sizeof from);
		free(b);
	}
}
