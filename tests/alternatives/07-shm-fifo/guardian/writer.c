/* SPDX-License-Identifier: MIT */
/* writer.c - a child does the work, its parent makes and removes what it needs. */
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static int work(const char *notify_path, const char *ack_path, char *memory)
{
	static char line[1 << 17];
	int notify = Open(notify_path, O_WRONLY);
	int ack = Open(ack_path, O_RDWR);
	int c;

	for (;;) {
		struct pollfd look[] = {{ack, POLLIN, 0}, {notify, 0, 0}};
		size_t n = 0;

		while ((c = getchar()) != EOF && c != '\n')
			if (n < sizeof(line))
				line[n++] = (char)c;
		if (c == EOF && n == 0)
			return write(notify, "x", 1) != 1;
		if (n > 4095) {
			fprintf(stderr, "writer: %zu bytes are too many\n", n);
			continue;
		}
		memcpy(memory, line, n);
		memory[n] = 0;
		if (write(notify, "a", 1) == 1)
			Poll(look, 2, -1);
		if (!(look[0].revents & POLLIN)) {
			fputs("writer: the reader has died\n", stderr);
			return 1;
		}
		Read(ack, line, 1);
	}
}

static int make_segment(key_t key)
{
	struct shmid_ds about;
	int id;

	for (int tries = 0; tries < 5; tries++) {
		id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
		if (id >= 0)
			return id;
		id = shmget(key, 0, 0);
		if (id < 0)
			continue;
		Shmctl(id, IPC_STAT, &about);
		if (about.shm_nattch || !kill(about.shm_cpid, 0) ||
		    errno != ESRCH)
			break;
		Shmctl(id, IPC_RMID, NULL);
	}
	fputs("writer: the segment is in use\n", stderr);
	exit(1);
}

int main(int argc, char **argv)
{
	char notify[PATH_MAX], ack[PATH_MAX];
	int id, signo = 0, status = 0, fd;
	pid_t parent = getpid(), child;
	sigset_t set;

	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	Sigprocmask(SIG_BLOCK, &set, NULL);
	id = make_segment(Ftok(argv[1], 110));
	char *memory = Shmat(id, NULL, 0);
	snprintf(notify, PATH_MAX, "%s/notify", argv[1]);
	snprintf(ack, PATH_MAX, "%s/ack", argv[1]);
	if ((mkfifo(ack, 0600) < 0 && errno != EEXIST) ||
	    (mkfifo(notify, 0600) < 0 && errno != EEXIST)) {
		sys_warn("mkfifo");
		shmctl(id, IPC_RMID, NULL);
		return 1;
	}
	child = Fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		Sigprocmask(SIG_UNBLOCK, &set, NULL);
		_exit(work(notify, ack, memory));
	}
	sigwait(&set, &signo);
	if (signo != SIGCHLD) {
		/* Before the child goes, or the reader would see the end of
		 * file first. */
		fd = open(notify, O_WRONLY | O_NONBLOCK);
		if (fd >= 0 && write(fd, "x", 1) != 1)
			status = 1;
		kill(child, SIGKILL);
	}
	Waitpid(child, &status, 0);
	unlink(notify);
	unlink(ack);
	Shmctl(id, IPC_RMID, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
