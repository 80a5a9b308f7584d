/* SPDX-License-Identifier: MIT */
/* reader.c - opens without waiting, and notices when the FIFO is replaced. */
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

static void forget_events(int events)
{
	char some[4096];

	while (read(events, some, sizeof(some)) > 0)
		;
}

static bool is_at(int fd, const char *path)
{
	struct stat it, there;

	return fstat(fd, &it) == 0 && stat(path, &there) == 0 &&
	       it.st_ino == there.st_ino;
}

/* A FIFO in which something is to be read, or was.  It stays open for as long as
 * it is the one at that path: a writer may have opened it already. */
static int open_notify(const char *dir, const char *path)
{
	int events = inotify_init1(IN_NONBLOCK), fd = -1;

	if (inotify_add_watch(events, dir, IN_CREATE | IN_DELETE) < 0)
		sys_err("inotify_add_watch %s", dir);
	for (;;) {
		forget_events(events);
		if (fd >= 0 && !is_at(fd, path)) {
			close(fd);
			fd = -1;
		}
		if (fd < 0)
			fd = open(path, O_RDONLY | O_NONBLOCK);
		if (fd < 0 && errno != ENOENT)
			sys_err("open %s", path);

		struct pollfd look[2] = {{fd, POLLIN, 0}, {events, POLLIN, 0}};
		Poll(look, 2, -1);
		if (fd >= 0 && look[0].revents) {
			close(events);
			return fd;
		}
	}
}

int main(int argc, char **argv)
{
	char path[2][PATH_MAX], line[4097], c;
	struct stat about;

	if (argc != 2 || stat(argv[1], &about) < 0 || !S_ISDIR(about.st_mode)) {
		fputs("usage: reader DIR, which is a directory\n", stderr);
		return 2;
	}
	snprintf(path[0], PATH_MAX, "%s/notify", argv[1]);
	snprintf(path[1], PATH_MAX, "%s/ack", argv[1]);
	key_t key = Ftok(argv[1], 110);
	int notify = open_notify(argv[1], path[0]);
	int ack = Open(path[1], O_RDWR | O_NONBLOCK);
	Fcntl(notify, F_SETFL, 0);
	const char *shared = Shmat(Shmget(key, 4096, 0), NULL, SHM_RDONLY);

	while (Read(notify, &c, 1) == 1 && c == 'a') {
		size_t n = strnlen(shared, 4096);

		memcpy(line, shared, n);
		line[n] = '\n';
		Write(ack, "k", 1);
		fwrite(line, n + 1, 1, stdout);
		fflush(stdout);
		c = 0;
	}
	if (c == 'x')
		return 0;
	fputs("reader: writer died\n", stderr);
	return 1;
}
