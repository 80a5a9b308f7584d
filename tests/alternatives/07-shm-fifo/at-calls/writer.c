/* SPDX-License-Identifier: MIT */
/* writer.c - a descriptor for the directory; pread() of regular input goes by lines. */
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

static atomic_int interrupted_by;
static int dir, id;

static void note(int signo)
{
	interrupted_by = signo;
}

static void depart(int status)
{
	unlinkat(dir, "notify", 0);
	unlinkat(dir, "ack", 0);
	shmctl(id, IPC_RMID, NULL);
	exit(status);
}

static void fifo(const char *name)
{
	if (mkfifoat(dir, name, 0600) < 0 && errno != EEXIST) {
		sys_warn("mkfifo %s", name);
		depart(1);
	}
}

static int meet(const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_NOFOLLOW);

	if (fd < 0) {
		sys_warn("open %s", name);
		depart(1);
	}
	return fd;
}

static void say_end(int notify, int status)
{
	struct iovec x = {(void *)"x", 1};

	if (writev(notify, &x, 1) != 1 && status == 0) {
		sys_warn("the reader is gone: write");
		status = 1;
	}
	depart(status);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = note};
	struct iovec a = {(void *)"a", 1};
	char *line = NULL, k;
	size_t size = 0;
	ssize_t n;

	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}
	dir = Open(argv[1], O_RDONLY | O_DIRECTORY);
	key_t key = Ftok(argv[1], 110);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
	if (id < 0 && errno == EEXIST) {
		struct shmid_ds about = {0};
		int old = shmget(key, 0, 0);

		shmctl(old, IPC_STAT, &about);
		if (about.shm_nattch || kill(about.shm_cpid, 0) == 0) {
			fputs("writer: a writer is at work already\n", stderr);
			return 1;
		}
		shmctl(old, IPC_RMID, NULL);
		id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
	}
	if (id < 0)
		sys_err("shmget");
	_Atomic char *memory = (_Atomic char *)Shmat(id, NULL, 0);
	fifo("ack");
	fifo("notify");
	int notify = meet("notify", O_WRONLY);
	int ack = meet("ack", O_RDONLY);

	while ((n = getline(&line, &size, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[--n] = 0;
		if (n >= 4096) {
			fprintf(stderr, "writer: refused: %.10s...\n", line);
			continue;
		}
		for (ssize_t i = 0; i <= n; i++)
			memory[i] = line[i];
		if (writev(notify, &a, 1) != 1)
			break;
		while ((n = read(ack, &k, 1)) < 0 && errno == EINTR)
			if (interrupted_by)
				say_end(notify, 1);
		if (n != 1)
			break;
		n = 0;
	}
	if (interrupted_by)
		say_end(notify, 1);
	if (!feof(stdin)) {
		fputs("writer: the reader has gone away\n", stderr);
		depart(1);
	}
	say_end(notify, 0);
}
