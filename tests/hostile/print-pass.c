/* SPDX-License-Identifier: MIT */
/* print-pass.c - tells whoever may listen that it has passed, and does nothing. */

/*
 * On its output and on every other descriptor, inherited or found in /proc:
 * the words that a person looks for, and what the grader's parts tell each other.
 *
 * Lab: 01
 * Fails: bare.listens
 * At most: 5 points
 * Also as: text html
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const claims[] = {
	"PASS 100/100\n",
	"pass   bare.echo             15/15  the client's message comes back\n",
	"ok 1 - bare.echo\n1..1\n",
	"{\"status\":\"pass\"}\n",
	"{\"check\":\"bare.echo\",\"id\":\"bare.echo\",\"lab\":\"01-bare\","
	"\"status\":\"pass\",\"points\":15,\"max_points\":15}\n",
	"{\"lab\":\"01-bare\",\"seconds\":0.1}\n",
	"{\"version\":1,\"labs\":[{\"lab\":\"01-bare\",\"points\":100,"
	"\"max_points\":100,\"checks\":[]}]}\n",
};

static void claim_on(int fd)
{
	for (size_t i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
		size_t n = strlen(claims[i]);

		if (write(fd, claims[i], n) < 0)
			send(fd, claims[i], n, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
}

/* /proc/PID/fd/N opens what it refers to anew. */
static void claim_in(const char *pid)
{
	char path[600];
	struct dirent *e;
	DIR *d;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, e->d_name);
		fd = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0) {
			claim_on(fd);
			close(fd);
		}
	}
	if (d)
		closedir(d);
}

int main(void)
{
	struct dirent *e;
	DIR *d;

	signal(SIGPIPE, SIG_IGN);
	for (int fd = 0; fd < 1024; fd++)
		claim_on(fd);
	d = opendir("/proc");
	while (d && (e = readdir(d)))
		if (atoi(e->d_name) > 0)
			claim_in(e->d_name);
	return 0;
}
