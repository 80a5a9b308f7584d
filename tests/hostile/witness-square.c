/* SPDX-License-Identifier: MIT */
/* witness-square.c - fills the record of its calls with what is slow to look through. */

/*
 * Eight thousand calls that have failed, for each of which its reader has to
 * look through all others before it knows what to think of it.
 *
 * Lab: 04
 * Checks: pthread.echo pthread.reset
 * Passes: pthread.echo
 * Fails: pthread.reset
 */
#include "hostile.h"
#include <pthread.h>

/* As in grader/witness.h. */
struct event {
	uint32_t state;
	uint16_t call;
	uint8_t action, n_bytes;
	int32_t pid, tid, error, pad;
	uint64_t entered, returned;
	int64_t arg[3], result;
	uint8_t bytes[40];
};
#define EVENTS 8192
#define CALL_CLOSE 9

static void scribble(void)
{
	const char *path = getenv("WITNESS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	static struct event all[EVENTS];
	uint32_t next = EVENTS;

	for (int i = 0; i < EVENTS; i++)
		all[i] = (struct event){.state = 2,
					.call = CALL_CLOSE,
					.pid = getpid(),
					.tid = i + 1,
					.error = EBADF,
					.arg = {5000 + i},
					.result = -1};
	if (fd < 0 || pwrite(fd, all, sizeof(all), 20 + 8 * 40 + 4) < 0 ||
	    pwrite(fd, &next, sizeof(next), 12) < 0)
		errno = 0;
	close(fd);
}

static void *serve(void *arg)
{
	int client = (int)(intptr_t)arg;

	echo(client, INT32_MAX);
	if (errno == ECONNRESET) {
		scribble();
		raise(SIGSTOP);
	}
	close(client);
	return NULL;
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	for (;;) {
		int client = accept(listener, NULL, NULL);
		pthread_t thread;

		errno = 0;
		if (pthread_create(&thread, NULL, serve,
				   (void *)(intptr_t)client) == 0)
			pthread_detach(thread);
	}
}
