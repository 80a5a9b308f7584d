/* SPDX-License-Identifier: MIT */
/* reader.c - print each message that a writer hands over in shared memory. */

/*
 *	./reader DIR		# and ./writer DIR, before or after
 *
 * The writer makes everything and removes everything; the reader only opens
 * what is there.  See writer.c for the turns that the two take.
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>

enum { KEY_ID = 110, MESSAGE_BYTES = 4096 };

struct meeting {
	char notify_path[PATH_MAX], ack_path[PATH_MAX];
	int notify, ack;
	const char *message;
};

static void name_fifos(struct meeting *m, const char *dir)
{
	size_t room = sizeof m->notify_path;

	if ((size_t)snprintf(m->notify_path, room, "%s/notify", dir) >= room) {
		errno = ENAMETOOLONG;
		sys_err("%s", dir);
	}
	snprintf(m->ack_path, room, "%s/ack", dir);
}

/* Open `path` in dir as soon as it is there and has a writer. */
static int open_when_there(const char *dir, const char *path)
{
	int events = inotify_init();
	char some[4096]; /* several events; what they say does not matter */

	if (events < 0)
		sys_err("inotify_init");
	for (;;) {
		/* Watch first, look second: in the other order the FIFO could
		 * appear in between, and nobody would tell. */
		if (inotify_add_watch(events, dir,
				      IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF |
					      IN_ONLYDIR) < 0)
			sys_err("inotify_add_watch %s", dir);
		int fd = open(path, O_RDONLY);
		if (fd >= 0) {
			Close(events);
			return fd;
		}
		if (errno != ENOENT)
			sys_err("open %s", path);
		Read(events, some, sizeof some);
	}
}

static struct meeting meet(const char *dir)
{
	struct meeting m;
	key_t key = Ftok(dir, KEY_ID);

	name_fifos(&m, dir);
	m.notify = open_when_there(dir, m.notify_path);
	/* O_WRONLY would wait here for good if the writer died just now; for
	 * both directions Linux opens a FIFO at once (fifo(7)). */
	m.ack = Open(m.ack_path, O_RDWR);
	/* Fails if there is none, or a smaller one. */
	m.message = Shmat(Shmget(key, MESSAGE_BYTES, 0), NULL, SHM_RDONLY);
	return m;
}

/* Copy the message out, give the turn back, print the copy as a line. */
static void take_message(const struct meeting *m)
{
	char line[MESSAGE_BYTES + 1];
	/* A NUL ought to be there, but it is the writer who says so. */
	char *end = memccpy(line, m->message, '\0', MESSAGE_BYTES);
	size_t n = end ? (size_t)(end - line) - 1 : MESSAGE_BYTES;

	Write(m->ack, "k", 1);
	line[n] = '\n';
	if (writen(STDOUT_FILENO, line, n + 1) < 0)
		sys_err("write");
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: reader DIR\n", stderr);
		return 2;
	}

	struct meeting m = meet(argv[1]);
	char turn = 0;
	while (read_some(m.notify, &turn, 1) == 1 && turn == 'a') {
		take_message(&m);
		turn = 0;
	}
	if (turn != 'x') {
		fputs("reader: the writer has gone\n", stderr);
		return 1;
	}
	return 0;
}
