/* SPDX-License-Identifier: MIT */
/* writer.c - a signal is heard in ppoll() and nowhere else; notify is opened without waiting. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t over;
static int dir, id = -1;
static void on_end(int s)
{
	over = s;
}
static void clean(void)
{
	unlinkat(dir, "ack", 0);
	unlinkat(dir, "notify", 0);
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
}
static void fail(const char *what)
{
	fprintf(stderr, "writer: %s: %s\n", what, strerror(errno));
	clean();
	exit(1);
}
int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: writer DIR\n");
		return 2;
	}
	sigset_t both, old;
	struct sigaction sa = {.sa_handler = on_end};
	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, &old);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (dir < 0) {
		fprintf(stderr, "writer: open %s: %s\n", argv[1],
			strerror(errno));
		return 1;
	}
	key_t key = ftok(argv[1], 110);
	if (key == -1) {
		perror("writer: ftok");
		return 1;
	}
	for (int i = 0; i < 5 && id < 0; i++) {
		id = shmget(key, 4096,
			    IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
		if (id < 0 && errno == EEXIST) {
			struct shmid_ds ds;
			int there = shmget(key, 0, 0);
			if (there < 0 || shmctl(there, IPC_STAT, &ds))
				continue;
			if (ds.shm_nattch || kill(ds.shm_cpid, 0) == 0 ||
			    errno != ESRCH) {
				fprintf(stderr, "writer: shmget: in use\n");
				return 1;
			}
			shmctl(there, IPC_RMID, NULL);
		}
	}
	if (id < 0) {
		perror("writer: shmget");
		return 1;
	}
	char *shared = shmat(id, NULL, 0);
	if (shared == (char *)-1)
		fail("shmat");
	if (mkfifoat(dir, "ack", 0600) && errno != EEXIST)
		fail("mkfifo");
	if (mkfifoat(dir, "notify", 0600) && errno != EEXIST)
		fail("mkfifo");
	int notify = -1, in = 0;
	while (!over &&
	       (notify = openat(dir, "notify", O_WRONLY | O_NONBLOCK)) < 0) {
		if (errno != ENXIO)
			fail("open notify");
		struct timespec t = {0, 50000000};
		ppoll(NULL, 0, &t, &old);
	}
	int ack = openat(dir, "ack", O_RDONLY | O_NONBLOCK);
	int status = 0;
	char line[4097];
	size_t have = 0;
	bool skipping = false, eof = false;
	while (!over && !eof) {
		char c;
		struct pollfd p[] = {{.fd = in, .events = POLLIN},
				     {.fd = notify}};
		if (ppoll(p, 2, NULL, &old) < 0)
			continue;
		if (p[1].revents)
			goto gone;
		if (!p[0].revents)
			continue;
		ssize_t n = read(in, &c, 1);
		if (n < 0)
			fail("read");
		eof = n == 0;
		if (eof && have == 0)
			break;
		if (!eof && c != '\n') {
			if (have == 4095) {
				if (!skipping)
					fprintf(stderr,
						"writer: line too long\n");
				skipping = true;
				status = 1;
				continue;
			}
			line[have++] = c;
			continue;
		}
		if (!skipping) {
			memcpy(shared, line, have);
			shared[have] = 0;
			if (write(notify, "a", 1) != 1)
				goto gone;
			for (;;) {
				struct pollfd q[] = {
					{.fd = ack, .events = POLLIN},
					{.fd = notify}};
				char k;
				if (over)
					break;
				if (ppoll(q, 2, NULL, &old) < 0)
					continue;
				if (q[0].revents & POLLIN) {
					if (read(ack, &k, 1) == 1 && k == 'k')
						break;
					continue;
				}
				if (q[1].revents)
					goto gone;
				/* POLLHUP before the reader has opened ack */
				poll(NULL, 0, 10);
			}
		}
		have = 0;
		skipping = false;
	}
	if (over)
		status = 128 + over;
	if (notify >= 0 && write(notify, "x", 1) < 0) {
	}
	clean();
	return status;
gone:
	fprintf(stderr, "writer: the reader has gone away\n");
	clean();
	return 1;
}
