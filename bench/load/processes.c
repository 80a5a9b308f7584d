/* SPDX-License-Identifier: MIT */
/* processes.c - a process and all its descendants: their CPU time and memory. */
#include "processes.h"

#include "instrument.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A line of /proc/PID/stat (proc(5)), as far as it is of interest. */
struct stat_line {
	pid_t pid, parent;
	char state;
	unsigned long threads;
	uint64_t reaped_ns;
};

static bool read_stat_at(const char *path, struct stat_line *line)
{
	FILE *file = fopen(path, "re");
	char text[512];
	size_t n = 0;

	if (file) {
		n = fread(text, 1, sizeof text - 1, file);
		fclose(file);
	}
	text[n] = '\0';

	/* The name, in brackets, may have brackets and spaces in it. */
	const char *rest = strrchr(text, ')');
	long user, system;

	if (!rest ||
	    sscanf(rest,
		   ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %ld %ld %*d %*d %lu",
		   &line->state, &line->parent, &user, &system,
		   &line->threads) != 5)
		return false;
	line->reaped_ns = (uint64_t)(user + system) *
			  (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
	return true;
}

static bool read_stat(pid_t pid, struct stat_line *line)
{
	char path[32];

	line->pid = pid;
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	return read_stat_at(path, line);
}

/* ---- the whole of /proc ---- */

struct all {
	struct stat_line *line;
	size_t n, room;
};

static void add(struct all *all, pid_t pid)
{
	if (all->n == all->room) {
		all->room = all->room > 0 ? 2 * all->room : 256;
		all->line = realloc(all->line, all->room * sizeof *all->line);
		if (!all->line)
			die_errno("processes");
	}
	if (read_stat(pid, &all->line[all->n]))
		all->n++;
}

static struct all read_all(void)
{
	struct all all = {0};
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	if (!proc)
		die_errno("/proc");
	while ((entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			add(&all, (pid_t)strtol(entry->d_name, NULL, 10));
	closedir(proc);
	return all;
}

static int by_parent(const void *a, const void *b)
{
	const struct stat_line *x = a, *y = b;

	return (x->parent > y->parent) - (x->parent < y->parent);
}

static size_t first_child(const struct all *all, pid_t parent)
{
	size_t low = 0, high = all->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->line[middle].parent < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void take(struct processes *p, const struct stat_line *line)
{
	if (p->n == p->room) {
		p->room = p->room > 0 ? 2 * p->room : 16;
		p->pid = realloc(p->pid, p->room * sizeof *p->pid);
		if (!p->pid)
			die_errno("processes");
	}
	p->pid[p->n++] = line->pid;
	p->threads += line->threads;
	p->reaped_ns += line->reaped_ns;
}

bool processes_find(struct processes *p, pid_t root)
{
	struct stat_line line;
	struct all all;

	p->root = root;
	p->n = p->threads = p->reaped_ns = 0;
	if (!read_stat(root, &line) || line.state == 'Z')
		return false;
	take(p, &line);
	all = read_all();
	if (all.n > 0)
		qsort(all.line, all.n, sizeof *all.line, by_parent);

	/* Who is taken may have children, which are taken behind it. */
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = first_child(&all, p->pid[i]);
		     j < all.n && all.line[j].parent == p->pid[i]; j++)
			take(p, &all.line[j]);
	free(all.line);
	return true;
}

void processes_free(struct processes *p)
{
	free(p->pid);
	*p = (struct processes){0};
}

/* ---- CPU time ---- */

/* The clock of a process has all its threads, also those that have ended. */
static uint64_t cpu_ns(pid_t pid)
{
	clockid_t clock;
	struct timespec t;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &t) < 0)
		return 0;
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t processes_cpu_ns(const struct processes *p)
{
	uint64_t sum = p->reaped_ns;

	for (size_t i = 0; i < p->n; i++)
		sum += cpu_ns(p->pid[i]);
	return sum;
}

/* ---- at rest ---- */

/* Does a thread of it run, or wait for a processor? */
static bool can_run(pid_t pid)
{
	char path[320];
	bool found = false;
	const struct dirent *entry;
	struct stat_line line;

	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *threads = opendir(path);
	if (!threads)
		return false;
	while (!found && (entry = readdir(threads))) {
		snprintf(path, sizeof path, "/proc/%d/task/%s/stat", pid,
			 entry->d_name);
		found = read_stat_at(path, &line) && line.state == 'R';
	}
	closedir(threads);
	return found;
}

static bool any_can_run(const struct processes *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (can_run(p->pid[i]))
			return true;
	return false;
}

/* On a busy machine who can run may have to wait for long, and whoever never
 * rests uses CPU time. */
enum { MS = 1000000, LOOKS = 12000 };

bool processes_rest(struct processes *p, pid_t root)
{
	const struct timespec between = {.tv_nsec = 5 * MS};
	uint64_t first, before, after;

	if (!processes_find(p, root))
		return false;
	first = after = processes_cpu_ns(p);
	for (int i = 0; i < LOOKS && after - first < NS_PER_S; i++) {
		before = after;
		after = processes_cpu_ns(p);
		if (i > 0 && before == after && !any_can_run(p))
			break;
		nanosleep(&between, NULL);
	}
	return processes_find(p, root);
}

/* ---- memory ---- */

static int64_t pss(pid_t pid)
{
	char path[48], line[128];
	long long kib = -1;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (kib < 0 && fgets(line, sizeof line, file))
		if (sscanf(line, "Pss: %lld kB", &kib) != 1)
			kib = -1;
	fclose(file);
	return kib < 0 ? -1 : kib * 1024;
}

int64_t processes_pss(const struct processes *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n; i++) {
		int64_t one = pss(p->pid[i]);

		if (one < 0)
			return -1;
		sum += one;
	}
	return sum;
}
