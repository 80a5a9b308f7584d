/* SPDX-License-Identifier: MIT */
/* server.c - a lock beside the path tells a living server; getpeername() the client. */
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

	/* In /tmp, by the path's name: 107 bytes leave no room beside it. */
	snprintf(name, sizeof name, "/tmp/lock.%s", path);
	for (char *p = name + 10; *p; p++)
		if (*p == '/')
			*p = '_';
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1)
		quit("server: lock");
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		quit("server: another one is running");
}

static int listener(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct stat st;
	int fd;

	if (path[0] == '\0' || strlen(path) >= sizeof own_path) {
		fprintf(stderr, "server: bad path '%s'\n", path);
		exit(EXIT_FAILURE);
	}
	strcpy(own_path, path);
	strcpy(a.sun_path, path);
	lock(path);
	/* Nobody else has the lock: a socket that is there is dead. */
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1)
		quit("server: socket");
	if (bind(fd, (struct sockaddr *)&a, SUN_LEN(&a)) == -1)
		quit("server: bind");
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	if (listen(fd, 5) == -1)
		quit("server: listen");
	return fd;
}

static void show(int fd)
{
	struct sockaddr_un a;
	socklen_t len = sizeof a;
	char name[sizeof a.sun_path + 1] = "";

	if (getpeername(fd, (struct sockaddr *)&a, &len) == -1)
		len = 0;
	if (len > offsetof(struct sockaddr_un, sun_path)) {
		memcpy(name, a.sun_path, sizeof a.sun_path);
		printf("client %s\n", name[0] ? name : "abstract");
	} else {
		printf("client unnamed\n");
	}
}

int main(int argc, char *argv[])
{
	unsigned char b[256];
	ssize_t n;
	int s, c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		printf("usage: server PATH\n");
		fprintf(stderr, "usage: server PATH\n");
		return EXIT_FAILURE;
	}
	s = listener(argv[1]);
	while ((c = accept(s, NULL, NULL)) != -1) {
		show(c);
		while ((n = read(c, b, sizeof b)) > 0) {
			for (ssize_t i = 0; i < n; i++)
				if (b[i] >= 'a' && b[i] <= 'z')
					b[i] -= 'a' - 'A';
			for (ssize_t at = 0, k; at < n; at += k)
				if ((k = write(c, b + at, (size_t)(n - at))) ==
				    -1)
					break;
		}
		close(c);
	}
	quit("server: accept");
	return EXIT_FAILURE;
}
