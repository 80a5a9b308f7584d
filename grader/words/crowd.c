/* SPDX-License-Identifier: MIT */
/* crowd.c - words about many clients of one thread */
#include "crowd.h"

#include "connection.h"

#include "../check.h"
#include "../sockets.h"
#include "../language.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* Best effort: without a network of one's own they stay as they are, and only
 * the widest servers would be judged too mildly.  (Much narrower, and a single
 * segment of the loopback interface would have no room.) */
void narrow_buffers(struct trial *t)
{
	if (!t->set->sandbox)
		return;
	put_file("/proc/sys/net/ipv4/tcp_wmem", "4096 16384 262144");
	put_file("/proc/sys/net/ipv4/tcp_rmem", "4096 131072 262144");
}

static size_t threads_of(pid_t pid)
{
	char *path = text("/proc/%d/task", (int)pid);
	DIR *d = opendir(path);
	struct dirent *e;
	size_t n = 0;

	free(path);
	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

size_t count_all_threads(struct trial *t)
{
	static struct look l;
	size_t n = 0;

	probe_processes(&l, t->agent);
	for (size_t i = 0; i < l.n; i++)
		if (l.p[i].state != 'Z')
			n += threads_of(l.p[i].pid);
	return n;
}

uint64_t resident_memory(struct trial *t)
{
	static struct look l;

	probe_processes(&l, t->agent);
	return l.memory;
}

void serve_together(struct trial *t, int n)
{
	int first = (int)t->connections + 1;
	size_t before;

	serve(t);
	settle(t);
	before = count_all_threads(t);
	clients(t, first + n - 1);
	for (int i = first; i < first + n; i++)
		exchange(t, i, "hello\n");
	if (count_all_threads(t) > before)
		skip(t, "it does not serve all clients in one thread: see "
			"poll.single");
}

/* Whoever called now would try again only after a second, then two, and more. */
static bool stays_full(struct trial *t)
{
	if (!tcp_queue_full(t->port))
		return false;
	settle(t);
	return tcp_queue_full(t->port);
}

void call_out(struct trial *t, int n)
{
	step(t, "up to client %d all call port %u, and each says who he is", n,
	     t->port);
	while ((int)t->connections < n && !stays_full(t)) {
		struct connection *c = conn(t, begin_connecting(t));
		char *s = text("I am client %zu\n", t->connections);

		bytes_add(&c->out, s, strlen(s));
		c->said += strlen(s);
		free(s);
	}
}

void limit_descriptors(struct trial *t, unsigned n)
{
	struct rlimit l = {.rlim_cur = n, .rlim_max = n};

	step(t,
	     "lower the server's limit of open descriptors to %u "
	     "(RLIMIT_NOFILE)",
	     n);
	if (prlimit(main_process(t), RLIMIT_NOFILE, &l, NULL) < 0)
		skip(t, sentence("the limit of a running program cannot be "
				 "changed here: %s",
				 strerror(errno)));
}
