/* SPDX-License-Identifier: MIT */
/* writer.c - hand each line of stdin to a reader, through shared memory. */

/*
 *	./writer DIR		# and ./reader DIR, before or after
 *
 * Theory of operation
 *
 * The segment holds one message.  Two FIFOs say whose turn it is: after `a` in
 * DIR/notify the reader's, after `k` in DIR/ack ours again.
 *
 * The segment is the lock as well: made first, with IPC_EXCL, and removed last.
 * FIFOs that lie there when we have made it are a dead writer's.  They are used
 * again, not made anew: a reader may be waiting at them already.
 *
 * Nothing here sleeps in a call that the reader's death would not end.  Its
 * end of notify is closed by the kernel: write() fails, poll() tells POLLERR.
 *
 * A signal that comes just before open() sleeps would be missed by a flag.  So
 * SIGINT and SIGTERM are blocked, and a thread does nothing but wait for them.
 * Whichever thread comes to leave() first ends the program.
 */

#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { KEY_ID = 110, MESSAGE_BYTES = 4096 };

/* All of it is set before the second thread starts. */
static struct {
	char notify[PATH_MAX], ack[PATH_MAX];
	int segment;
	char *message;
} place;

static sigset_t ending; /* the signals that end us */
static pthread_mutex_t leaving = PTHREAD_MUTEX_INITIALIZER;

static bool is_fifo(const char *path)
{
	struct stat about;

	return lstat(path, &about) == 0 && S_ISFIFO(about.st_mode);
}

/* Tell the reader, if there is one; without one open() fails (ENXIO). */
static void send_end(void)
{
	int notify = open(place.notify, O_WRONLY | O_NONBLOCK);

	if (notify >= 0 && write(notify, "x", 1) < 0)
		sys_warn("write %s", place.notify);
}

/* Remove what is ours and end, whatever the other thread is doing. */
static _Noreturn void leave(int status)
{
	Pthread_mutex_lock(&leaving); /* for good */
	if (is_fifo(place.notify)) {
		send_end();
		unlink(place.notify);
	}
	if (is_fifo(place.ack))
		unlink(place.ack);
	if (shmctl(place.segment, IPC_RMID, NULL) < 0)
		sys_warn("shmctl");
	_exit(status);
}

static void *await_signal(void *unused)
{
	int signo = 0;

	(void)unused;
	sigwait(&ending, &signo);
	leave(128 + signo); /* as a shell reports it */
}

/* Nobody uses it: its creator is dead, and nobody has attached it.  (A pid that
 * a new process has got makes it look used: then only ipcrm(1) helps.) */
static bool is_left_over(int segment)
{
	struct shmid_ds about;

	return shmctl(segment, IPC_STAT, &about) == 0 &&
	       about.shm_nattch == 0 && kill(about.shm_cpid, 0) < 0 &&
	       errno == ESRCH;
}

/* A segment of our own, in place of one that was left over. */
static int make_segment(key_t key)
{
	int made, old;

	while ((made = shmget(key, MESSAGE_BYTES,
			      IPC_CREAT | IPC_EXCL | 0600)) < 0) {
		if (errno != EEXIST)
			sys_err("shmget");
		old = shmget(key, 0, 0);
		if (old < 0)
			continue; /* it went in between */
		if (!is_left_over(old)) {
			fputs("writer: shmget: another writer is at work here\n",
			      stderr);
			exit(1);
		}
		/* An id is not used again for a very long time: this cannot
		 * hit the segment of a faster writer (EINVAL, EIDRM). */
		if (shmctl(old, IPC_RMID, NULL) < 0 && errno == EPERM)
			sys_err("shmctl");
	}
	return made;
}

static void make_fifo(const char *path)
{
	if (mkfifo(path, 0600) == 0 || (errno == EEXIST && is_fifo(path)))
		return;
	sys_warn("mkfifo %s", path);
	leave(1);
}

/* Make all three, and the thread that removes them if we are told to end. */
static void set_up(const char *dir)
{
	pthread_t thread;
	size_t room = sizeof place.notify;

	if ((size_t)snprintf(place.notify, room, "%s/notify", dir) >= room) {
		errno = ENAMETOOLONG;
		sys_err("%s", dir);
	}
	snprintf(place.ack, room, "%s/ack", dir);

	signal(SIGPIPE, SIG_IGN); /* write() shall say EPIPE instead */
	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &ending, NULL);

	place.segment = make_segment(Ftok(dir, KEY_ID));
	place.message = shmat(place.segment, NULL, 0);
	if (place.message == (void *)-1) {
		sys_warn("shmat");
		leave(1);
	}
	make_fifo(place.notify);
	make_fifo(place.ack);
	Pthread_create(&thread, NULL, await_signal, NULL);
}

static int open_fifo(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0) {
		sys_warn("open %s", path);
		leave(1);
	}
	return fd;
}

/* The message is there: let the reader have it, until it has copied it out.
 * False if there is no reader any more. */
static bool take_turns(int notify, int ack)
{
	struct pollfd event[] = {{.fd = ack, .events = POLLIN},
				 {.fd = notify, .events = 0}};
	char answer = 0;

	if (write(notify, "a", 1) != 1)
		return false;
	Poll(event, 2, -1);
	return (event[0].revents & POLLIN) != 0 && read(ack, &answer, 1) == 1 &&
	       answer == 'k';
}

static void store(const char *line, size_t n)
{
	memcpy(place.message, line, n);
	place.message[n] = '\0';
}

/* Hand over every line; the exit status. */
static int converse(void)
{
	int notify = open_fifo(place.notify, O_WRONLY); /* waits for a reader */
	/* Linux opens a FIFO at once for both directions (fifo(7)).  O_RDONLY
	 * would wait here for good if the reader died just now. */
	int ack = open_fifo(place.ack, O_RDWR);
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int status = 0;

	for (unsigned long i = 1; (n = getline(&line, &size, stdin)) > 0; i++) {
		if (line[n - 1] == '\n')
			n--;
		if (n >= MESSAGE_BYTES) {
			fprintf(stderr, "writer: line %lu: too long\n", i);
			status = 1;
			continue;
		}
		store(line, (size_t)n);
		if (!take_turns(notify, ack)) {
			fputs("writer: the reader has gone\n", stderr);
			return 1;
		}
	}
	if (ferror(stdin)) {
		sys_warn("stdin");
		status = 1;
	}
	free(line);
	return status;
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}
	set_up(argv[1]);
	leave(converse());
}
