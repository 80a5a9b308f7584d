/* SPDX-License-Identifier: MIT */
/* kernel-memory.c - has the kernel keep as much for it as it will. */

/*
 * System V semaphores, message queues and shared memory stay when their maker
 * is gone, so that killing it gives nothing back.  It raises their limits
 * first, if it can.
 *
 * Lab: 01
 * Checks: bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define STOP (64 << 20)

static void raise_limit(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "8000000\n", 8) < 0)
		errno = 0;
	close(fd);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	size_t semaphores = 0, segments = 0, letters = 0;
	static struct {
		long type;
		char text[4096];
	} letter = {.type = 1};
	int id;

	raise_limit("/proc/sys/kernel/shmall");
	raise_limit("/proc/sys/kernel/shmmni");
	raise_limit("/proc/sys/kernel/msgmni");
	raise_limit("/proc/sys/kernel/msgmnb");
	/* 64 bytes each, in the kernel */
	while (semaphores * 64 < STOP && semget(IPC_PRIVATE, 32000, 0600) >= 0)
		semaphores += 32000;
	while (segments < STOP &&
	       (id = shmget(IPC_PRIVATE, 1 << 20, 0600)) >= 0) {
		char *p = shmat(id, NULL, 0);

		if (p == (char *)-1)
			break;
		memset(p, 1, 1 << 20);
		shmdt(p);
		segments += 1 << 20;
	}
	while (letters < STOP && (id = msgget(IPC_PRIVATE, 0600)) >= 0)
		while (letters < STOP &&
		       msgsnd(id, &letter, sizeof(letter.text), IPC_NOWAIT) ==
			       0)
			letters += sizeof(letter.text);
	if (semaphores * 64 >= STOP)
		broken_out("%zu semaphores ", semaphores);
	if (segments >= STOP)
		broken_out("%zu MiB of shared memory ", segments >> 20);
	if (letters >= STOP)
		broken_out("%zu MiB of messages ", letters >> 20);
	return serve_one(listener);
}
