/* SPDX-License-Identifier: MIT */
/* reader.c - select() on the FIFO, inotify to wait for it; several turns in one read(). */
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/select.h>

static int open_notify(const char *dir, const char *path)
{
	int in = inotify_init1(IN_CLOEXEC), fd;
	char event[sizeof(struct inotify_event) + NAME_MAX + 1];

	if (inotify_add_watch(in, dir, IN_CREATE) < 0)
		sys_err("inotify_add_watch");
	while ((fd = open(path, O_RDONLY)) < 0) {
		if (errno != ENOENT)
			sys_err("open");
		if (read(in, event, sizeof(event)) < 0)
			sys_err("inotify");
	}
	close(in);
	return fd;
}

int main(int argc, char **argv)
{
	char notify_path[PATH_MAX], ack_path[PATH_MAX], turns[16];
	ssize_t n;

	if (argc != 2) {
		fputs("usage: reader DIR\n", stderr);
		return 2;
	}
	key_t key = Ftok(argv[1], 110);
	snprintf(notify_path, sizeof(notify_path), "%s/notify", argv[1]);
	snprintf(ack_path, sizeof(ack_path), "%s/ack", argv[1]);
	int notify = open_notify(argv[1], notify_path);
	int ack = Open(ack_path, O_RDWR);
	char *shared = Shmat(Shmget(key, 4096, 0600), NULL, 0);

	for (;;) {
		fd_set set;

		FD_ZERO(&set);
		FD_SET(notify, &set);
		if (select(notify + 1, &set, NULL, NULL, NULL) < 0)
			continue;
		if ((n = Read(notify, turns, sizeof(turns))) == 0)
			break;
		for (ssize_t i = 0; i < n; i++) {
			char copy[4096];
			size_t len = strnlen(shared, sizeof(copy));

			if (turns[i] == 'x') {
				shmdt(shared);
				return 0;
			}
			memcpy(copy, shared, len);
			Write(ack, "k", 1);
			fwrite(copy, 1, len, stdout);
			putchar('\n');
			fflush(stdout);
		}
	}
	fputs("reader: nobody writes any more\n", stderr);
	return 1;
}
