/* SPDX-License-Identifier: MIT */
/* writer.c - replaces FIFOs that lie about; the reader beside it looks out for that. */
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static char fifo[2][PATH_MAX];
static sigjmp_buf out;

/* Only while it may: they are let in where nothing is half done. */
static void on_signal(int signo)
{
	siglongjmp(out, signo);
}

static int get_segment(key_t key)
{
	struct shmid_ds about;
	int id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);

	if (id >= 0)
		return id;
	id = shmget(key, 0, 0);
	if (id < 0 || shmctl(id, IPC_STAT, &about) < 0 || about.shm_nattch ||
	    kill(about.shm_cpid, 0) == 0 || errno != ESRCH) {
		fputs("writer: somebody else writes here\n", stderr);
		exit(1);
	}
	Shmctl(id, IPC_RMID, NULL);
	return Shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
}

static int reader_answers(int notify, int ack)
{
	struct pollfd look[] = {{ack, POLLIN, 0}, {notify, POLLERR, 0}};
	char c;

	while (poll(look, 2, 1000) == 0)
		;
	return look[0].revents & POLLIN && read(ack, &c, 1) == 1 && c == 'k';
}

int main(int argc, char **argv)
{
	int id, notify = -1, ack, signo;
	volatile int status = 0, told = -1;
	static char line[1 << 17];
	sigset_t mask, old;

	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	Sigprocmask(SIG_BLOCK, &mask, &old);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	id = get_segment(Ftok(argv[1], 110));
	char *shared = Shmat(id, NULL, 0);
	snprintf(fifo[0], PATH_MAX, "%s/notify", argv[1]);
	snprintf(fifo[1], PATH_MAX, "%s/ack", argv[1]);
	for (int i = 1; i >= 0; i--) {
		struct stat st;

		if (lstat(fifo[i], &st) == 0 && S_ISFIFO(st.st_mode))
			unlink(fifo[i]);
		if (mkfifo(fifo[i], 0600) < 0) {
			sys_warn("mkfifo %s", fifo[i]);
			shmctl(id, IPC_RMID, NULL);
			return 1;
		}
	}
	signo = sigsetjmp(out, 1);
	if (signo == 0) {
		Sigprocmask(SIG_UNBLOCK, &mask, NULL);
		notify = open(fifo[0], O_WRONLY);
		Sigprocmask(SIG_BLOCK, &mask, NULL);
		told = notify;
		ack = open(fifo[1], O_RDONLY | O_NONBLOCK);
		for (;;) {
			size_t n;
			char *got;

			Sigprocmask(SIG_UNBLOCK, &mask, NULL);
			got = fgets(line, sizeof(line), stdin);
			Sigprocmask(SIG_BLOCK, &mask, NULL);
			if (!got)
				break;
			n = strcspn(line, "\n");
			if (n > 4095) {
				fprintf(stderr, "writer: too long: %.30s\n",
					line);
				status = 1;
				continue;
			}
			line[n] = 0;
			memcpy(shared, line, n + 1);
			if (write(notify, "a", 1) != 1)
				break;
			Sigprocmask(SIG_UNBLOCK, &mask, NULL);
			int answered = reader_answers(notify, ack);
			Sigprocmask(SIG_BLOCK, &mask, NULL);
			if (!answered) {
				fputs("writer: no reader any more\n", stderr);
				status = 1;
				break;
			}
		}
	}
	Sigprocmask(SIG_BLOCK, &mask, NULL);
	if (told >= 0 && write(told, "x", 1) != 1 && !status) {
		static const char none[] = "writer: no reader for the end\n";

		status = write(2, none, sizeof(none) - 1) > 0 ? 1 : 2;
	}
	unlink(fifo[0]);
	unlink(fifo[1]);
	shmctl(id, IPC_RMID, NULL);
	_exit(signo ? 1 : status);
}
