/* SPDX-License-Identifier: MIT */
/* meeting.c - words about the place where a writer and a reader meet */
#include "meeting.h"
#include "record.h"

#include "../check.h"
#include "../diagnoses.h"
#include "../language.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every segment that there is, one after the other: of the trial's namespace,
 * or, where it has none, of the machine. */
static bool segment_at(int index, struct shmid_ds *about, int *id)
{
	*id = shmctl(index, SHM_STAT, about);
	/* One that has been removed stays until the last has detached it. */
	return *id >= 0 && !(about->shm_perm.mode & SHM_DEST);
}

static int last_index(void)
{
	struct shm_info all;

	return shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&all);
}

struct segment find_segment(struct trial *t)
{
	struct shmid_ds about;
	int id;

	for (int i = 0; i <= last_index(); i++)
		if (segment_at(i, &about, &id) &&
		    about.shm_perm.__key == t->meeting->key)
			return (struct segment){
				.id = id,
				.size = about.shm_segsz,
				.mode = about.shm_perm.mode & 0777,
				.attached = about.shm_nattch,
			};
	return (struct segment){.id = -1};
}

key_t stray_key(struct trial *t)
{
	struct shmid_ds about;
	key_t stray = 0;
	int id;

	if (!t->set->sandbox)
		return 0;
	for (int i = 0; i <= last_index(); i++)
		if (segment_at(i, &about, &id) &&
		    about.shm_perm.__key != t->meeting->key)
			stray = about.shm_perm.__key ? about.shm_perm.__key
						     : -1;
	return stray;
}

size_t count_segments(struct trial *t)
{
	struct shmid_ds about;
	size_t n = 0;
	int id;

	for (int i = 0; i <= last_index(); i++)
		n += segment_at(i, &about, &id) &&
		     (t->set->sandbox ||
		      about.shm_perm.__key == t->meeting->key);
	return n;
}

bool has_segment(struct trial *t)
{
	return find_segment(t).id >= 0;
}

unsigned long count_attached(struct trial *t)
{
	return find_segment(t).attached;
}

bool is_in_place(struct trial *t, const char *name)
{
	struct stat about;

	return fstatat(t->meeting->dir, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
}

void attach_segment(struct trial *t, int flags)
{
	struct meeting *m = t->meeting;
	struct segment s = find_segment(t);
	void *memory = s.id < 0 ? (void *)-1 : shmat(s.id, NULL, flags);

	if (memory == (void *)-1)
		fail_as(t, &never_creates, WRONG_FACT,
			sentence("a segment that can be attached, key 0x%x",
				 (unsigned)m->key),
			text("%s",
			     s.id < 0 ? _("there is none") : strerror(errno)));
	if (m->memory)
		shmdt(m->memory);
	m->memory = memory;
	m->size = s.size < MESSAGE_BYTES ? s.size : MESSAGE_BYTES;
}

static void let_go(struct meeting *m)
{
	if (m->memory)
		shmdt(m->memory);
	if (m->notify >= 0)
		close(m->notify);
	if (m->ack >= 0)
		close(m->ack);
	close(m->dir);
	bytes_free(&m->last);
	free(m->name);
	free(m);
}

void forget_meeting(struct trial *t)
{
	struct segment s;

	if (!t->meeting || t->set->sandbox)
		return;
	s = find_segment(t);
	if (s.id >= 0)
		shmctl(s.id, IPC_RMID, NULL);
}

void meet(struct trial *t)
{
	static int number;
	struct meeting *m = must_calloc(1, sizeof(*m));
	char *path, *link;

	forget_meeting(t);
	if (t->meeting)
		let_go(t->meeting);
	*m = (struct meeting){.notify = -1, .ack = -1};
	do { /* a program may have made one of that name */
		m->name = text("meet%d", ++number);
		path = text("%s/%s/box/%s", t->set->room, t->dir, m->name);
	} while (mkdir(path, 0700) < 0 && errno == EEXIST && number < 10000);
	m->dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (m->dir < 0)
		give_up(t, text("%s: %s", path, strerror(errno)));
	link = text("/proc/self/fd/%d", m->dir);
	m->key = ftok(link, KEY_NUMBER);
	free(link);
	free(path);
	t->meeting = m;
}

struct program *start_writer(struct trial *t)
{
	return run(t, "writer", t->meeting->name, NULL);
}

struct program *start_reader(struct trial *t)
{
	return run(t, "reader", t->meeting->name, NULL);
}

/* What lies in the directory, and what segments there are, in words; NULL if
 * there is nothing. */
static char *remains(struct trial *t)
{
	int copy = openat(t->meeting->dir, ".",
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	size_t segments = count_segments(t);
	char *all = segments ? sentence("%zu segment%s", segments,
					segments == 1 ? "" : "s")
			     : NULL;
	struct dirent *e;

	while (d && (e = readdir(d)) && (!all || strlen(all) < 200)) {
		char *more;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		more = sentence("%s%sthe file %s", all ? all : "",
				all ? _(", ") : "",
				readable(e->d_name, strlen(e->d_name), 40));
		free(all);
		all = more;
	}
	if (d)
		closedir(d);
	return all;
}

bool is_anything_left(struct trial *t)
{
	char *what = remains(t);

	free(what);
	return what;
}

void expect_nothing_left(struct trial *t)
{
	char *what;

	step(t, "expect that no segment and no FIFO is left");
	settle(t);
	what = remains(t);
	if (!what)
		return;
	fail_as(t, count_segments(t) ? &segment_left : &fifo_left, WRONG_FACT,
		sentence("no segment, and nothing in %s", t->meeting->name),
		sentence("still there: %s", what));
}

static bool all_is_made(struct trial *t, void *unused)
{
	(void)unused;
	return has_segment(t) && is_in_place(t, "notify") &&
	       is_in_place(t, "ack");
}

bool is_made(struct trial *t)
{
	return wait_until(t, all_is_made, NULL) == DONE;
}

static void must_have_mode(struct trial *t, const char *what, unsigned mode)
{
	if (mode != 0600)
		fail_as(t, &open_to_everyone, WRONG_FACT,
			sentence("%s has mode 0600", what),
			text("0%03o", mode));
}

static void must_be_fifo(struct trial *t, const char *name)
{
	char *path = text("%s/%s", t->meeting->name, name);
	struct stat about;

	if (fstatat(t->meeting->dir, name, &about, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISFIFO(about.st_mode))
		fail_as(t, &never_creates, WRONG_FACT,
			sentence("%s is a FIFO", path),
			sentence("it is something else"));
	must_have_mode(t, path, about.st_mode & 0777);
	free(path);
}

/* It was not allowed to use what it has made itself. */
static void must_have_access(struct trial *t)
{
	unsigned mode = witness_saw_other_mode(t);

	if (mode && (witness_saw_lately(t, CALL_SHM, EACCES) ||
		     witness_saw_lately(t, CALL_OPEN, EACCES)))
		fail_as(t, &open_to_everyone, WRONG_FACT,
			sentence("segment and FIFOs are made with mode 0600"),
			sentence("0%03o, and the writer itself may not use it "
				 "(EACCES)",
				 mode));
}

static _Noreturn void not_made(struct trial *t, enum outcome o)
{
	key_t stray = stray_key(t);

	must_have_access(t);

	const struct diagnosis *d =
		has_segment(t) || !stray ? &never_creates : &wrong_key;
	char *seen = sentence(
		"%s%s%s%s; %s", has_segment(t) ? _("the segment, ") : "",
		is_in_place(t, "notify") ? _("notify, ") : "",
		is_in_place(t, "ack") ? "ack" : _("no ack"),
		d == &wrong_key ? sentence(", and a segment with key 0x%x",
					   (unsigned)stray)
				: "",
		state_of(t, o));

	if (symptom_of(t, o) == CRASHED)
		d = &crash;
	fail_as(t, o == IS_BUSY ? NULL : d,
		o == IS_BUSY ? symptom_of(t, o) : WRONG_FACT,
		sentence(
			"a segment with key 0x%x, and the FIFOs notify and ack",
			(unsigned)t->meeting->key),
		seen);
}

void expect_meeting(struct trial *t, struct program *writer)
{
	struct segment s;
	enum outcome o;

	step(t, "expect the segment, key 0x%x, and both FIFOs",
	     (unsigned)t->meeting->key);
	t->seen.program = writer;
	o = wait_until(t, all_is_made, NULL);
	if (o != DONE)
		not_made(t, o);
	s = find_segment(t);
	if (s.size != MESSAGE_BYTES)
		fail_as(t, &wrong_size, WRONG_FACT,
			sentence("a segment of %d bytes", MESSAGE_BYTES),
			text("%zu", s.size));
	must_have_mode(t, _("the segment"), s.mode);
	must_be_fifo(t, "notify");
	must_be_fifo(t, "ack");
}
