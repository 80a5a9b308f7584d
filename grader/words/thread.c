/* SPDX-License-Identifier: MIT */
/* thread.c - words about a server's threads */
#include "thread.h"

#include "../check.h"

#include <dirent.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* Calls `each` for every thread of the main process; how many there are.  One
 * that has ended is not there any more, joined or not. */
static size_t over_threads(struct trial *t, void (*each)(pid_t tid))
{
	char *path = text("/proc/%d/task", (int)main_process(t));
	DIR *d = opendir(path);
	struct dirent *e;
	size_t n = 0;

	free(path);
	while (d && (e = readdir(d))) {
		pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);

		if (tid <= 0)
			continue;
		n++;
		if (each)
			each(tid);
	}
	if (d)
		closedir(d);
	return n;
}

size_t count_threads(struct trial *t)
{
	return over_threads(t, NULL);
}

size_t count_mappings(struct trial *t)
{
	char *path = text("/proc/%d/maps", (int)main_process(t));
	char *all = slurp(path, 1u << 20);
	size_t n = 0;

	for (const char *p = all; p && (p = strchr(p, '\n')); p++)
		n++;
	free(path);
	free(all);
	return n;
}

static void pin(pid_t tid)
{
	cpu_set_t may, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(may), &may) < 0)
		return;
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &may))
			continue;
		CPU_SET(i, &one);
		break;
	}
	sched_setaffinity(tid, sizeof(one), &one);
}

void on_one_processor(struct trial *t)
{
	over_threads(t, pin);
}

void need_threads(struct trial *t, int clients)
{
	settle(t);
	if (main_process(t) && count_threads(t) < (size_t)clients)
		skip(t, "there is not a thread for each client");
}
