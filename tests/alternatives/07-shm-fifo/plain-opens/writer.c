/* SPDX-License-Identifier: MIT */
/* writer.c - blocking opens, fgets() into a fixed buffer, a flag set by a handler. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t stop;
static char notify_path[1024], ack_path[1024];
static int shm = -1, notify_fd = -1, ack_fd = -1;

static void on_signal(int signo)
{
	(void)signo;
	stop = 1;
}

static void clean_up(void)
{
	if (notify_fd >= 0 && write(notify_fd, "x", 1) < 0)
		fprintf(stderr, "writer: nobody hears the end\n");
	unlink(notify_path);
	unlink(ack_path);
	shmctl(shm, IPC_RMID, NULL);
}

static void fail(const char *what)
{
	perror(what);
	clean_up();
	exit(1);
}

static void claim(key_t key)
{
	struct shmid_ds ds;

	shm = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
	if (shm >= 0)
		return;
	if (errno == EEXIST && (shm = shmget(key, 1, 0)) >= 0 &&
	    shmctl(shm, IPC_STAT, &ds) == 0 && !ds.shm_nattch &&
	    kill(ds.shm_cpid, 0) < 0 && errno == ESRCH) {
		shmctl(shm, IPC_RMID, NULL);
		shm = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
		if (shm >= 0)
			return;
	}
	fprintf(stderr, "writer: shmget: the segment is in use\n");
	exit(1);
}

static int wait_for_ack(void)
{
	char c;
	ssize_t n;

	do
		n = read(ack_fd, &c, 1);
	while (n < 0 && errno == EINTR && !stop);
	return n == 1;
}

int main(int argc, char **argv)
{
	char line[4096 + 1];
	struct sigaction sa = {.sa_handler = on_signal};
	char *shared;
	int status = 0, skipping = 0;
	key_t key;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s DIR\n", argv[0]);
		return 2;
	}
	key = ftok(argv[1], 110);
	if (key == -1) {
		perror("ftok");
		return 1;
	}
	snprintf(notify_path, sizeof(notify_path), "%s/notify", argv[1]);
	snprintf(ack_path, sizeof(ack_path), "%s/ack", argv[1]);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	claim(key);
	shared = shmat(shm, NULL, 0);
	if (shared == (void *)-1)
		fail("shmat");
	if ((mkfifo(ack_path, 0600) < 0 && errno != EEXIST) ||
	    (mkfifo(notify_path, 0600) < 0 && errno != EEXIST))
		fail("mkfifo");
	notify_fd = open(notify_path, O_WRONLY);
	if (notify_fd < 0)
		fail("open notify");
	ack_fd = open(ack_path, O_RDONLY);
	if (ack_fd < 0)
		fail("open ack");
	while (!stop && fgets(line, sizeof(line), stdin)) {
		size_t n = strlen(line);
		int whole = n && line[n - 1] == '\n';

		if (whole)
			line[--n] = 0;
		if (skipping || n > 4095) {
			if (!skipping)
				fprintf(stderr, "writer: too long: %.20s...\n",
					line);
			skipping = !whole;
			status = 3;
			continue;
		}
		strcpy(shared, line);
		if (write(notify_fd, "a", 1) != 1 || !wait_for_ack()) {
			if (!stop)
				fprintf(stderr, "writer: no reader\n");
			status = 1;
			break;
		}
	}
	clean_up();
	return stop ? 1 : status;
}
