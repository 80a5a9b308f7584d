/* SPDX-License-Identifier: MIT */
/* reader.c - a child does nothing but print what it gets through a pipe. */
#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

static void print_all(int from)
{
	char some[8192];
	ssize_t n;

	while ((n = read_some(from, some, sizeof(some))) > 0)
		if (writen(STDOUT_FILENO, some, (size_t)n) < 0)
			_exit(1);
	_exit(0);
}

static int await(const char *dir, const char *path)
{
	int in = inotify_init(), fd;
	char events[8192];

	if (inotify_add_watch(in, dir, IN_ALL_EVENTS | IN_ONLYDIR) < 0)
		sys_err("%s", dir);
	while ((fd = open(path, O_RDONLY)) < 0 && errno == ENOENT)
		if (read(in, events, sizeof(events)) < 0)
			sys_err("inotify");
	if (fd < 0)
		sys_err("open %s", path);
	close(in);
	return fd;
}

int main(int argc, char **argv)
{
	char notify_path[PATH_MAX], ack_path[PATH_MAX], line[4097], turn;
	int to_printer[2], status;
	struct shmid_ds about;
	ssize_t n;

	if (argc != 2) {
		fputs("usage: reader DIR\n", stderr);
		return 2;
	}
	key_t key = Ftok(argv[1], 110);
	snprintf(notify_path, PATH_MAX, "%s/notify", argv[1]);
	snprintf(ack_path, PATH_MAX, "%s/ack", argv[1]);
	int notify = await(argv[1], notify_path);
	int ack = Open(ack_path, O_RDWR);
	int id = Shmget(key, 0, 0);
	Shmctl(id, IPC_STAT, &about);
	if (about.shm_segsz != 4096) {
		fputs("reader: the segment has a strange size\n", stderr);
		return 1;
	}
	const char *memory = Shmat(id, NULL, SHM_RDONLY);
	Pipe(to_printer);
	pid_t printer = Fork();
	if (printer == 0) {
		Close(to_printer[1]);
		Close(notify);
		Close(ack);
		print_all(to_printer[0]);
	}
	Close(to_printer[0]);
	while ((n = Read(notify, &turn, 1)) == 1 && turn == 'a') {
		const char *end = memchr(memory, 0, 4096);
		size_t size = end ? (size_t)(end - memory) : 4096;

		memcpy(line, memory, size);
		line[size] = '\n';
		Write(ack, "k", 1);
		writen(to_printer[1], line, size + 1);
	}
	Close(to_printer[1]);
	Waitpid(printer, &status, 0);
	if (n == 1 && turn == 'x')
		return 0;
	fputs("reader: the writer is dead\n", stderr);
	return 1;
}
