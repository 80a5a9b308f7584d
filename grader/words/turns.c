/* SPDX-License-Identifier: MIT */
/* turns.c - words for the grader as one of two that take turns */
#include "turns.h"

#include "../check.h"
#include "../diagnoses.h"
#include "../language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID 120 /* bytes of a message that are shown */

int open_fifo(struct trial *t, const char *name, int flags)
{
	int fd = openat(t->meeting->dir, name,
			flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat about;

	if (fd < 0)
		return -1;
	if (fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode))
		return fd;
	close(fd);
	return -1;
}

/* What comes from the other side arrives here. */
static int from_them(const struct meeting *m)
{
	return m->hosting ? m->ack : m->notify;
}

static void to_them(struct trial *t, int fd, char turn)
{
	/* That nobody reads it is what the checks are about. */
	if (fd >= 0 && write(fd, &turn, 1) == 1) {
		t->moves++;
		t->advances++;
	}
}

void join_as_reader(struct trial *t, struct program *writer)
{
	struct meeting *m = t->meeting;

	step(t, "a reader opens notify, then ack, and attaches the segment");
	t->seen.program = writer;
	m->notify = open_fifo(t, "notify", O_RDONLY);
	settle(t);
	m->ack = open_fifo(t, "ack", O_RDWR);
	attach_segment(t, 0);
}

void acknowledge(struct trial *t)
{
	step(t, "the reader acknowledges: `k`");
	to_them(t, t->meeting->ack, 'k');
}

/* Only the program can have been faster. */
static _Noreturn void cannot_make(struct trial *t, const char *call)
{
	if (errno != EEXIST)
		give_up(t, text("%s: %s", call, strerror(errno)));
	fail_as(t, &reader_creates_segment, WRONG_FACT,
		sentence("the reader leaves it to the writer to make things"),
		sentence("%s: it is there already", call));
}

void host_fifos_only(struct trial *t)
{
	struct meeting *m = t->meeting;

	m->hosting = true;
	if (mkfifoat(m->dir, "notify", 0600) < 0 ||
	    mkfifoat(m->dir, "ack", 0600) < 0)
		cannot_make(t, "mkfifo");
}

void host(struct trial *t)
{
	struct meeting *m = t->meeting;

	step(t, "a writer makes the segment and both FIFOs");
	if (shmget(m->key, MESSAGE_BYTES, IPC_CREAT | IPC_EXCL | 0600) < 0)
		cannot_make(t, "shmget");
	attach_segment(t, 0);
	/* As soon as notify appears, all of it must be there. */
	if (mkfifoat(m->dir, "ack", 0600) < 0 ||
	    mkfifoat(m->dir, "notify", 0600) < 0)
		cannot_make(t, "mkfifo");
	m->hosting = true;
}

static bool reader_is_there(struct trial *t, void *unused)
{
	(void)unused;
	t->meeting->notify = open_fifo(t, "notify", O_WRONLY);
	return t->meeting->notify >= 0;
}

bool joins_as_writer(struct trial *t)
{
	if (wait_until(t, reader_is_there, NULL) != DONE)
		return false;
	settle(t);
	t->meeting->ack = open_fifo(t, "ack", O_RDONLY);
	return true;
}

void join_as_writer(struct trial *t, struct program *reader)
{
	char *expected = sentence("the reader opens notify");
	enum outcome o;

	step(t, "expect that %s", expected);
	t->seen.program = reader;
	o = wait_until(t, reader_is_there, NULL);
	if (o != DONE)
		fail(t, o == IS_BUSY ? symptom_of(t, o) : WRONG_FACT, expected,
		     state_of(t, o));
	free(expected);
	settle(t);
	t->meeting->ack = open_fifo(t, "ack", O_RDONLY);
}

void store(struct trial *t, const void *data, size_t n)
{
	struct meeting *m = t->meeting;
	char *shown = readable(data, n, SAID);

	step(t, "the writer stores %s", shown);
	free(shown);
	/* What was there before, but no NUL, stands behind it. */
	memset(m->memory, '#', m->size);
	memcpy(m->memory, data, n < m->size ? n : m->size);
	if (n < m->size)
		m->memory[n] = 0;
}

void give_turn(struct trial *t, char turn)
{
	step(t, "the writer notifies: `%c`", turn);
	to_them(t, t->meeting->notify, turn);
}

/* Take one byte, if there is one. */
static bool turn_arrives(struct trial *t, void *arg)
{
	unsigned char *got = arg;
	int fd = from_them(t->meeting);

	if (fd < 0 || read(fd, got, 1) != 1)
		return false;
	t->moves++;
	t->advances++;
	return true;
}

int next_turn(struct trial *t)
{
	unsigned char got = 0;

	return wait_until(t, turn_arrives, &got) == DONE ? got : -1;
}

static enum symptom symptom_with(struct trial *t, const struct program *p,
				 enum outcome o)
{
	if (p->ended)
		return WIFSIGNALED(p->status) ? CRASHED : EXITED;
	return o == IS_BUSY ? symptom_of(t, o) : SILENCE;
}

void expect_turn(struct trial *t, struct program *p, char turn)
{
	const char *where = t->meeting->hosting ? "ack" : "notify";
	char *expected = sentence("`%c` in %s", turn, where);
	unsigned char got = 0;
	enum outcome o;

	step(t, "expect %s", expected);
	t->seen.program = p;
	bytes_add(&t->seen.want, &turn, 1);
	o = wait_until(t, turn_arrives, &got);
	if (o != DONE)
		fail(t, symptom_with(t, p, o), expected,
		     sentence("nothing; %s", state_of(t, o)));
	if (got != (unsigned char)turn) {
		bytes_add(&t->seen.got, &got, 1);
		fail(t, WRONG_BYTES, expected, readable(&got, 1, SAID));
	}
	bytes_free(&t->seen.want);
	free(expected);
}

/* What the segment holds now. */
static struct bytes look_at_segment(struct trial *t)
{
	const struct meeting *m = t->meeting;
	struct bytes copy = {0};

	bytes_add(&copy, m->memory, m->size);
	return copy;
}

static void remember(struct trial *t)
{
	bytes_free(&t->meeting->last);
	t->meeting->last = look_at_segment(t);
}

static bool is_message(const struct bytes *b, const void *data, size_t n)
{
	return b->n > n && memcmp(b->data, data, n) == 0 && !b->data[n];
}

bool is_stored(struct trial *t, const void *data, size_t n)
{
	struct bytes now = look_at_segment(t);
	bool same = is_message(&now, data, n);

	bytes_free(&now);
	return same;
}

static bool untimely(struct trial *t, void *arg)
{
	struct bytes now = look_at_segment(t);
	bool other = memcmp(now.data, t->meeting->last.data, now.n) != 0;

	bytes_free(&now);
	return turn_arrives(t, arg) || other;
}

enum outcome await_untimely(struct trial *t, unsigned char *turn)
{
	*turn = 0;
	remember(t);
	return wait_until(t, untimely, turn);
}

void expect_stored(struct trial *t, struct program *writer, const void *data,
		   size_t n)
{
	char *shown = readable(data, n, SAID);
	struct bytes now;
	size_t at = 0, seen = 0;

	step(t, "expect %s in the segment, and a NUL", shown);
	settle(t);
	now = look_at_segment(t);
	if (is_message(&now, data, n)) {
		remember(t);
		bytes_free(&now);
		free(shown);
		return;
	}
	while (at < n && at < now.n &&
	       now.data[at] == ((const unsigned char *)data)[at])
		at++;
	while (seen < now.n && now.data[seen])
		seen++;
	t->seen.program = writer;
	t->seen.offset = at;
	bytes_add(&t->seen.want, data, n);
	bytes_add(&t->seen.got, now.data, seen);
	fail(t, WRONG_BYTES, sentence("%s in the segment, and a NUL", shown),
	     text("%s%s", readable(now.data, seen, SAID),
		  seen < now.n ? _(" and a NUL") : _(", and no NUL")));
}

void leave_meeting(struct trial *t)
{
	struct meeting *m = t->meeting;

	step(t, "the %s goes away: its FIFOs are closed",
	     m->hosting ? "writer" : "reader");
	if (m->notify >= 0)
		close(m->notify);
	if (m->ack >= 0)
		close(m->ack);
	m->notify = m->ack = -1;
	if (m->memory)
		shmdt(m->memory);
	m->memory = NULL;
	t->moves++;
	t->advances++;
}
