/* SPDX-License-Identifier: MIT */
/* reader.c - looks at the directory's list of names until the FIFO is among them. */
#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int is_there(const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int found = 0;

	if (!d)
		sys_err("opendir %s", dir);
	while ((e = readdir(d)))
		found |= strcmp(e->d_name, name) == 0;
	closedir(d);
	return found;
}

int main(int argc, char **argv)
{
	static char line[4097];
	char turn = 0;

	if (argc != 2) {
		fputs("usage: reader DIR\n", stderr);
		return 2;
	}
	while (!is_there(argv[1], "notify"))
		nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	key_t key = Ftok(argv[1], 110);
	if (chdir(argv[1]) < 0)
		sys_err("chdir");
	int notify = Open("notify", O_RDONLY);
	int ack = Open("ack", O_RDWR);
	char *m = Shmat(Shmget(key, 0, 0), NULL, SHM_RDONLY);

	while (Read(notify, &turn, 1) == 1) {
		char *end;

		if (turn != 'a')
			return turn == 'x' ? 0 : 1;
		atomic_thread_fence(memory_order_acquire);
		end = memccpy(line, m, 0, 4096);
		if (!end)
			end = line + 4097;
		end[-1] = '\n';
		writen(1, line, (size_t)(end - line));
		Write(ack, "k", 1);
	}
	fputs("reader: the other side has died\n", stderr);
	return 1;
}
