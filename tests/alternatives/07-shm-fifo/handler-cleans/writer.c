/* SPDX-License-Identifier: MIT */
/* writer.c - the handler itself removes everything and ends the program. */

/*
 * Signals are blocked while things are made, so that the handler finds either
 * nothing (it cannot run) or all.  What it calls is a bare system call each.
 */
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static char notify_path[PATH_MAX], ack_path[PATH_MAX];
static int segment;

static void leave(int status)
{
	int fd = open(notify_path, O_WRONLY | O_NONBLOCK);

	if (fd >= 0 && write(fd, "x", 1) != 1)
		status = 1;
	unlink(notify_path);
	unlink(ack_path);
	shmctl(segment, IPC_RMID, NULL);
	_exit(status);
}

static void on_signal(int signo)
{
	leave(signo);
}

static int taken(key_t key)
{
	struct shmid_ds ds;
	int id = shmget(key, 0, 0);

	if (id < 0)
		return 0;
	if (shmctl(id, IPC_STAT, &ds) < 0 || ds.shm_nattch > 0 ||
	    kill(ds.shm_cpid, 0) == 0 || errno != ESRCH)
		return 1;
	return shmctl(id, IPC_RMID, NULL) < 0;
}

/* One byte at a time: slow, but there is nothing to overflow. */
static int read_line(char *line, size_t *n)
{
	char c;
	ssize_t got;

	*n = 0;
	while ((got = read(0, &c, 1)) == 1 && c != '\n') {
		if (*n < 4096)
			line[*n] = c;
		++*n;
	}
	return got == 1 || *n > 0;
}

static void gone(void)
{
	static const char what[] = "writer: the reader went away\n";

	if (write(2, what, sizeof(what) - 1) < 0)
		leave(2);
	leave(1);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t both, none;
	char line[4096];
	size_t n;

	if (argc != 2) {
		fprintf(stderr, "usage: writer DIR\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	action.sa_mask = both;
	Sigprocmask(SIG_BLOCK, &both, NULL);
	Sigaction(SIGINT, &action, NULL);
	Sigaction(SIGTERM, &action, NULL);
	snprintf(notify_path, sizeof(notify_path), "%s/notify", argv[1]);
	snprintf(ack_path, sizeof(ack_path), "%s/ack", argv[1]);
	key_t key = Ftok(argv[1], 110);
	if (taken(key)) {
		fprintf(stderr, "writer: another one is writing here\n");
		return 1;
	}
	segment = Shmget(key, 4096, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
	volatile char *shared = Shmat(segment, NULL, 0);
	if ((mkfifo(ack_path, 0600) < 0 && errno != EEXIST) ||
	    (mkfifo(notify_path, 0600) < 0 && errno != EEXIST)) {
		perror("mkfifo");
		leave(1);
	}
	Sigprocmask(SIG_SETMASK, &none, NULL);

	int notify = Open(notify_path, O_WRONLY);
	int ack = Open(ack_path, O_RDONLY | O_NONBLOCK);
	while (read_line(line, &n)) {
		struct pollfd look[] = {{ack, POLLIN, 0}, {notify, 0, 0}};
		char c;

		if (n > 4095) {
			fprintf(stderr, "writer: %zu bytes do not fit\n", n);
			continue;
		}
		for (size_t i = 0; i < n; i++)
			shared[i] = line[i];
		shared[n] = 0;
		if (write(notify, "a", 1) != 1)
			gone();
		while (poll(look, 2, -1) < 0)
			;
		if (!(look[0].revents & POLLIN) || read(ack, &c, 1) != 1)
			gone();
	}
	leave(0);
}
