/* SPDX-License-Identifier: MIT */
/* writer.c - everything that may happen is a descriptor for poll(), signals too. */
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

enum state { TYPING, READING, ENDING };

static char path[2][PATH_MAX];
static int id, signals;

static _Noreturn void quit(int notify, int status)
{
	if (notify >= 0 && write(notify, "x", 1) < 0 && !status)
		status = 1;
	for (int i = 0; i < 2; i++)
		unlink(path[i]);
	shmctl(id, IPC_RMID, NULL);
	exit(status);
}

static void get_segment(key_t key)
{
	struct shmid_ds about;

	while ((id = shmget(key, 4096, 0600 | IPC_CREAT | IPC_EXCL)) < 0) {
		if (errno != EEXIST)
			sys_err("shmget");
		if ((id = shmget(key, 0, 0)) < 0)
			continue;
		Shmctl(id, IPC_STAT, &about);
		if (about.shm_nattch || !kill(about.shm_cpid, 0)) {
			errno = EEXIST;
			sys_err("shmget");
		}
		Shmctl(id, IPC_RMID, NULL);
	}
}

/* Nobody tells when a FIFO gets its reader: look again and again. */
static int open_notify(void)
{
	int fd;

	while ((fd = open(path[0], O_WRONLY | O_NONBLOCK)) < 0) {
		struct pollfd look = {signals, POLLIN, 0};

		if (poll(&look, 1, 20) > 0)
			quit(-1, 1);
	}
	return fd;
}

static char buffer[1 << 16];
static size_t filled;
static int skipping; /* the rest of a line of which a part has been refused */

/* Hand on the next line that is complete, or the rest; 0: there is none. */
static int next_message(char *shared, int eof)
{
	for (;;) {
		char *end = memchr(buffer, '\n', filled);
		size_t n = end ? (size_t)(end - buffer) : filled;
		size_t used = end ? n + 1 : n;
		int fits = n < 4096 && !skipping;

		if (!end && !(eof && filled) && filled < sizeof(buffer))
			return 0;
		if (fits) {
			memcpy(shared, buffer, n);
			shared[n] = 0;
		} else if (!skipping) {
			fprintf(stderr, "writer: line too long (%zu)\n", n);
		}
		skipping = !end;
		memmove(buffer, buffer + used, filled -= used);
		if (fits)
			return 1;
	}
}

int main(int argc, char **argv)
{
	sigset_t ours;

	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGPIPE);
	Sigprocmask(SIG_BLOCK, &ours, NULL);
	sigdelset(&ours, SIGPIPE);
	signals = signalfd(-1, &ours, SFD_CLOEXEC);
	snprintf(path[0], PATH_MAX, "%s/notify", argv[1]);
	snprintf(path[1], PATH_MAX, "%s/ack", argv[1]);
	get_segment(Ftok(argv[1], 110));
	for (int i = 0; i < 2; i++)
		if (mkfifo(path[i], 0600) < 0 && errno != EEXIST) {
			sys_warn("mkfifo");
			quit(-1, 1);
		}
	char *shared = Shmat(id, NULL, 0);
	int notify = open_notify();
	int ack = Open(path[1], O_RDONLY | O_NONBLOCK);
	enum state state = TYPING;
	int eof = 0;

	while (state != ENDING) {
		struct pollfd look[] = {{signals, POLLIN, 0},
					{ack, POLLIN, 0},
					{notify, 0, 0},
					{state == TYPING ? 0 : -1, POLLIN, 0}};

		if (state == TYPING && next_message(shared, eof)) {
			if (write(notify, "a", 1) != 1)
				break;
			state = READING;
			continue;
		}
		if (state == TYPING && eof) {
			state = ENDING;
			continue;
		}
		if (poll(look, 4, -1) < 0)
			continue;
		if (look[0].revents)
			quit(notify, 1);
		if (look[1].revents & POLLIN) {
			char c;

			if (read(ack, &c, 1) == 1)
				state = TYPING;
			continue;
		}
		if (look[2].revents & POLLERR)
			break;
		if (look[3].revents) {
			ssize_t n = read(0, buffer + filled,
					 sizeof(buffer) - filled);

			if (n <= 0)
				eof = 1;
			else
				filled += (size_t)n;
		}
	}
	if (state != ENDING) {
		fputs("writer: the reader has left\n", stderr);
		quit(-1, 1);
	}
	quit(notify, 0);
}
