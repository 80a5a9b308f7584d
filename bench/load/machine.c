/* SPDX-License-Identifier: MIT */
/* machine.c - what the whole machine has used: memory, and CPU time. */
#include "machine.h"

#include "instrument.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Each core counts for itself and adds to the sum from time to time.  To read
 * this file, as root may, makes all of them do so. */
static void make_counters_exact(void)
{
	char none;
	int fd = open("/proc/sys/vm/stat_refresh", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!read(fd, &none, sizeof none);
	close(fd);
}

/* A line of /proc/meminfo, in bytes. */
static int64_t meminfo(const char *name)
{
	char line[128];
	size_t n = strlen(name);
	long long kib = 0;

	FILE *file = fopen("/proc/meminfo", "re");
	if (!file)
		die_errno("/proc/meminfo");
	while (fgets(line, sizeof line, file))
		if (strncmp(line, name, n) == 0 &&
		    sscanf(line + n, ": %lld kB", &kib) == 1)
			break;
	fclose(file);
	return kib * 1024;
}

int64_t machine_bytes_for_tasks(void)
{
	make_counters_exact();
	return meminfo("PageTables") + meminfo("KernelStack");
}

uint64_t machine_idle_ns(void)
{
	unsigned long long idle = 0, iowait = 0;
	FILE *file = fopen("/proc/stat", "re");

	if (!file ||
	    fscanf(file, "cpu %*u %*u %*u %llu %llu", &idle, &iowait) != 2)
		die_errno("/proc/stat");
	fclose(file);
	return (idle + iowait) * (NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
}

unsigned machine_cores(void)
{
	return (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}

/* ---- connections within this process ---- */

enum { PAIRS = 1000, ENDS = 2 * PAIRS, BATCHES = 8 };

/* What it takes of objects that are all of a size, sockets among them. */
static int64_t slabs(void)
{
	make_counters_exact();
	return meminfo("Slab");
}

/* Both ends of each, as far as it goes; how many there are. */
static size_t open_pairs(int epoll, int listener, int ends[ENDS])
{
	struct epoll_event event = {.events = EPOLLIN};
	struct sockaddr_in at;
	socklen_t length = sizeof at;
	size_t n = 0;

	if (getsockname(listener, (struct sockaddr *)&at, &length) < 0)
		return 0;
	while (n < ENDS) {
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (client < 0)
			break;
		ends[n++] = client;
		if (connect(client, (struct sockaddr *)&at, sizeof at) < 0)
			break;
		int server = accept(listener, NULL, NULL);
		if (server < 0)
			break;
		ends[n++] = server;
		epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
		epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event);
	}
	return n;
}

/* Are they the same but for a twentieth? */
static bool agree(int64_t a, int64_t b)
{
	return a > 0 && b > 0 && llabs(a - b) <= a / 20;
}

int64_t machine_bytes_of_an_end(void)
{
	static int ends[BATCHES * ENDS];
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool listens = listener >= 0 && listen(listener, PAIRS) == 0;
	int64_t used = 0, before = -1, at_first = slabs();
	size_t n = 0;

	while (listens && n < BATCHES * ENDS && !agree(used, before)) {
		size_t more = open_pairs(epoll, listener, ends + n);

		n += more;
		if (more < ENDS) /* not even one more, for /proc/meminfo */
			break;
		int64_t now = slabs();
		before = used;
		used = now - at_first;
		at_first = now;
	}
	for (size_t i = 0; i < n; i++)
		close(ends[i]);
	close(listener);
	close(epoll);
	return agree(used, before) ? used / ENDS : -1;
}
