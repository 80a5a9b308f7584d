/* SPDX-License-Identifier: MIT */
/* writer.c - stdio on the FIFOs, a thread that waits for signals. */
#define _GNU_SOURCE 1
#include "wrap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char *notify_path, *ack_path;
static int id;
static sigset_t set;
static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

static void finish(int status)
{
	pthread_mutex_lock(&once);
	int fd = open(notify_path, O_WRONLY | O_NONBLOCK);
	if (fd >= 0 && write(fd, "x", 1) != 1)
		perror("writer: x");
	remove(notify_path);
	remove(ack_path);
	Shmctl(id, IPC_RMID, NULL);
	_exit(status);
}

static void *listen_for_signals(void *arg)
{
	siginfo_t info;

	while (sigwaitinfo(&set, &info) < 0)
		;
	finish(128 + info.si_signo);
	return arg;
}

static void claim(key_t key)
{
	struct shmid_ds about;
	int old = shmget(key, 0, 0);

	if (old >= 0) {
		Shmctl(old, IPC_STAT, &about);
		if (about.shm_nattch != 0 ||
		    !(kill(about.shm_cpid, 0) < 0 && errno == ESRCH)) {
			fprintf(stderr, "writer: used by process %d\n",
				(int)about.shm_cpid);
			exit(1);
		}
		Shmctl(old, IPC_RMID, NULL);
	}
	id = Shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	pthread_t thread;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 2;
	}
	key_t key = Ftok(argv[1], 110);
	if (asprintf(&notify_path, "%s/notify", argv[1]) < 0 ||
	    asprintf(&ack_path, "%s/ack", argv[1]) < 0)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &set, NULL);
	claim(key);
	char *memory = Shmat(id, NULL, 0);
	for (int i = 0; i < 2; i++)
		if (mkfifo(i ? notify_path : ack_path, 0600) &&
		    errno != EEXIST) {
			perror("writer: mkfifo");
			finish(1);
		}
	Pthread_create(&thread, NULL, listen_for_signals, NULL);

	FILE *notify = fopen(notify_path, "w");
	FILE *ack = fopen(ack_path, "r");
	if (!notify || !ack) {
		perror("writer: fopen");
		finish(1);
	}
	while ((n = getline(&line, &room, stdin)) != -1) {
		n -= line[n - 1] == '\n';
		if (n > 4095) {
			fprintf(stderr, "writer: line of %zd bytes left out\n",
				n);
			continue;
		}
		line[n] = 0;
		snprintf(memory, 4096, "%s", line);
		fputc('a', notify);
		if (fflush(notify) || getc(ack) == EOF) {
			fprintf(stderr, "writer: the reader is gone\n");
			finish(1);
		}
	}
	finish(0);
}
