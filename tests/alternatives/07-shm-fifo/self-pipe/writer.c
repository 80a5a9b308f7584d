/* SPDX-License-Identifier: MIT */
/* writer.c - the handler writes into a pipe of our own; atexit() removes everything. */
#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static char *notify_path, *ack_path;
static int segment = -1, notify_fd = -1;
static int self[2];

static void on_signal(int signo)
{
	int saved = errno;
	char c = (char)signo;

	if (write(self[1], &c, 1) < 0)
		_exit(1);
	errno = saved;
}

static void remove_all(void)
{
	if (notify_fd >= 0)
		(void)!write(notify_fd, "x", 1);
	if (ack_path)
		unlink(ack_path);
	if (notify_path)
		unlink(notify_path);
	if (segment >= 0)
		shmctl(segment, IPC_RMID, NULL);
}

static char *in_dir(const char *dir, const char *name)
{
	char *path = Malloc(strlen(dir) + strlen(name) + 2);

	sprintf(path, "%s/%s", dir, name);
	return path;
}

static void make_fifo(char *path)
{
	struct stat st;

	if (mkfifo(path, 0600) < 0 &&
	    (errno != EEXIST || lstat(path, &st) < 0 || !S_ISFIFO(st.st_mode)))
		sys_err("mkfifo %s", path);
}

static void take_segment(key_t key)
{
	struct shmid_ds ds;
	int old = shmget(key, 0, 0);

	if (old >= 0 && shmctl(old, IPC_STAT, &ds) == 0 && ds.shm_nattch == 0 &&
	    kill(ds.shm_cpid, 0) == -1 && errno == ESRCH)
		shmctl(old, IPC_RMID, NULL);
	segment = Shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
	atexit(remove_all);
}

/* In the end there is a reader, or a signal. */
static void open_notify(void)
{
	struct pollfd look = {self[0], POLLIN, 0};

	while ((notify_fd = open(notify_path, O_WRONLY | O_NONBLOCK)) < 0)
		if (errno != ENXIO || poll(&look, 1, 10) > 0)
			exit(1);
}

/* Wait for stdin or for ack, with an eye on signals and on the reader. */
static int wait_for(int fd)
{
	struct pollfd look[] = {
		{fd, POLLIN, 0}, {self[0], POLLIN, 0}, {notify_fd, 0, 0}};

	while (poll(look, 3, -1) < 0)
		if (errno != EINTR)
			sys_err("poll");
	if (look[1].revents)
		exit(1);
	if (look[0].revents & (POLLIN | POLLHUP))
		return 1;
	fputs("writer: the reader is no more\n", stderr);
	exit(1);
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	static char all[70000];
	size_t n = 0;
	int eof = 0;

	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}
	Pipe(self);
	signal(SIGPIPE, SIG_IGN);
	Sigaction(SIGTERM, &sa, NULL);
	Sigaction(SIGINT, &sa, NULL);
	take_segment(Ftok(argv[1], 110));
	char *m = Shmat(segment, NULL, 0);
	make_fifo(ack_path = in_dir(argv[1], "ack"));
	make_fifo(notify_path = in_dir(argv[1], "notify"));
	open_notify();
	int ack = Open(ack_path, O_RDWR | O_NONBLOCK);

	while (!eof || n) {
		char *end = memchr(all, '\n', n), c;
		size_t len = end ? (size_t)(end - all) : n;

		if (!end && !eof) {
			if (n == sizeof(all))
				n = 5000; /* it is too long, however long */
			wait_for(0);
			ssize_t got = read_some(0, all + n, sizeof(all) - n);
			eof = got <= 0;
			n += got > 0 ? (size_t)got : 0;
			continue;
		}
		if (len > 4095) {
			fprintf(stderr, "writer: no room for %zu bytes\n", len);
		} else {
			memcpy(m, all, len);
			m[len] = 0;
			atomic_thread_fence(memory_order_release);
			if (write(notify_fd, "a", 1) != 1)
				sys_err("write to the reader");
			wait_for(ack);
			if (read(ack, &c, 1) != 1)
				sys_err("read from the reader");
		}
		len += end != NULL;
		memmove(all, all + len, n -= len);
	}
	return 0;
}
