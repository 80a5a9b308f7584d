/* SPDX-License-Identifier: MIT */
/* witness_file.c - the witness's wrappers for paths, descriptors and shared memory. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int leave_path(struct passage *p, const char *path, int r)
{
	witness_note_path(p, path, r);
	return (int)witness_leave(p, r);
}

/* ---- open ---- */

/* As in the C library, open() is openat() from the current directory. */
static int pass_open(__typeof__(&openat) next, int directory, const char *path,
		     int flags, mode_t mode)
{
	struct passage p = witness_enter(CALL_OPEN, directory, flags, mode);
	int r = witness_fails(&p) ? -1 : next(directory, path, flags, mode);

	return leave_path(&p, path, r);
}

static bool has_mode(int flags)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
}

/* `more` are the arguments after the flags. */
static int open_more(__typeof__(&openat) next, int directory, const char *path,
		     int flags, va_list more)
{
	mode_t mode = has_mode(flags) ? va_arg(more, mode_t) : 0;

	return pass_open(next, directory, path, flags, mode);
}

int open(const char *file, int oflag, ...)
{
	va_list more;
	int r;

	va_start(more, oflag);
	r = open_more(NEXT(openat), AT_FDCWD, file, oflag, more);
	va_end(more);
	return r;
}

int open64(const char *file, int oflag, ...)
{
	va_list more;
	int r;

	va_start(more, oflag);
	r = open_more(NEXT(openat64), AT_FDCWD, file, oflag, more);
	va_end(more);
	return r;
}

int openat(int fd, const char *file, int oflag, ...)
{
	va_list more;
	int r;

	va_start(more, oflag);
	r = open_more(NEXT(openat), fd, file, oflag, more);
	va_end(more);
	return r;
}

int openat64(int fd, const char *file, int oflag, ...)
{
	va_list more;
	int r;

	va_start(more, oflag);
	r = open_more(NEXT(openat64), fd, file, oflag, more);
	va_end(more);
	return r;
}

int creat(const char *file, mode_t mode)
{
	return pass_open(NEXT(openat), AT_FDCWD, file,
			 O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *file, mode_t mode)
{
	return pass_open(NEXT(openat64), AT_FDCWD, file,
			 O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* What fortified headers make of an open() without a mode; where a mode is
 * needed, they abort.  See witness_io.c. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return has_mode(flags)
		       ? NEXT(__open_2)(path, flags)
		       : pass_open(NEXT(openat), AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
	return has_mode(flags)
		       ? NEXT(__open64_2)(path, flags)
		       : pass_open(NEXT(openat64), AT_FDCWD, path, flags, 0);
}

int __openat_2(int directory, const char *path, int flags)
{
	return has_mode(flags)
		       ? NEXT(__openat_2)(directory, path, flags)
		       : pass_open(NEXT(openat), directory, path, flags, 0);
}

int __openat64_2(int directory, const char *path, int flags)
{
	return has_mode(flags)
		       ? NEXT(__openat64_2)(directory, path, flags)
		       : pass_open(NEXT(openat64), directory, path, flags, 0);
}

/* ---- names ---- */

int unlink(const char *name)
{
	struct passage p = witness_enter(CALL_UNLINK, AT_FDCWD, 0, 0);
	int r = witness_fails(&p) ? -1 : NEXT(unlink)(name);

	return leave_path(&p, name, r);
}

int unlinkat(int fd, const char *name, int flag)
{
	struct passage p = witness_enter(CALL_UNLINK, fd, flag, 0);
	int r = witness_fails(&p) ? -1 : NEXT(unlinkat)(fd, name, flag);

	return leave_path(&p, name, r);
}

int remove(const char *filename)
{
	struct passage p = witness_enter(CALL_UNLINK, AT_FDCWD, 0, 0);
	int r = witness_fails(&p) ? -1 : NEXT(remove)(filename);

	return leave_path(&p, filename, r);
}

int mkfifo(const char *path, mode_t mode)
{
	struct passage p = witness_enter(CALL_MKFIFO, AT_FDCWD, mode, 0);
	int r = witness_fails(&p) ? -1 : NEXT(mkfifo)(path, mode);

	return leave_path(&p, path, r);
}

int mkfifoat(int fd, const char *path, mode_t mode)
{
	struct passage p = witness_enter(CALL_MKFIFO, fd, mode, 0);
	int r = witness_fails(&p) ? -1 : NEXT(mkfifoat)(fd, path, mode);

	return leave_path(&p, path, r);
}

/* ---- descriptors ---- */

int close(int fd)
{
	struct passage p = witness_enter(CALL_CLOSE, fd, 0, 0);
	int r = witness_fails(&p) ? -1 : NEXT(close)(fd);

	return (int)witness_leave(&p, r);
}

int dup(int fd)
{
	struct passage p = witness_enter(CALL_DUP, fd, -1, 0);
	int r = witness_fails(&p) ? -1 : NEXT(dup)(fd);

	return (int)witness_leave(&p, r);
}

int dup2(int fd, int fd2)
{
	struct passage p = witness_enter(CALL_DUP, fd, fd2, 0);
	int r = witness_fails(&p) ? -1 : NEXT(dup2)(fd, fd2);

	return (int)witness_leave(&p, r);
}

int dup3(int fd, int fd2, int flags)
{
	struct passage p = witness_enter(CALL_DUP, fd, fd2, flags);
	int r = witness_fails(&p) ? -1 : NEXT(dup3)(fd, fd2, flags);

	return (int)witness_leave(&p, r);
}

static int leave_pair(struct passage *p, const int ends[2], int r)
{
	if (!r) {
		witness_set(p, 0, ends[0]);
		witness_set(p, 1, ends[1]);
	}
	return (int)witness_leave(p, r);
}

int pipe(int pipedes[2])
{
	struct passage p = witness_enter(CALL_PIPE, -1, -1, 0);

	return leave_pair(&p, pipedes,
			  witness_fails(&p) ? -1 : NEXT(pipe)(pipedes));
}

int pipe2(int pipedes[2], int flags)
{
	struct passage p = witness_enter(CALL_PIPE, -1, -1, flags);

	return leave_pair(&p, pipedes,
			  witness_fails(&p) ? -1 : NEXT(pipe2)(pipedes, flags));
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
	struct passage p = witness_enter(CALL_PIPE, -1, -1, type);
	int r = witness_fails(&p)
			? -1
			: NEXT(socketpair)(domain, type, protocol, fds);

	return leave_pair(&p, fds, r);
}

/* ---- System V shared memory ---- */

static int64_t leave_shm(struct passage *p, const char *name, int64_t r)
{
	witness_note(p, name, strlen(name));
	return witness_leave(p, r);
}

/* Only an attaching call can have a guard put behind the segment. */
static struct passage enter_shm(int64_t arg0, int64_t arg1, int64_t arg2,
				bool attaches)
{
	struct passage p = witness_enter(CALL_SHM, arg0, arg1, arg2);

	if (p.action == ACT_GUARD && !attaches) {
		witness_undo(&p);
		p.action = ACT_NONE;
	}
	return p;
}

/* Attach over the beginning of a mapping that cannot be used; what is left of
 * it lies behind. */
static void *attach_guarded(int id, int flags)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size;
	struct shmid_ds about;
	void *room, *r;

	if (NEXT(shmctl)(id, IPC_STAT, &about) || about.shm_segsz > PTRDIFF_MAX)
		return NEXT(shmat)(id, NULL, flags);
	size = (about.shm_segsz + page - 1) / page * page;
	room = mmap(NULL, size + page, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return NEXT(shmat)(id, NULL, flags);
	r = NEXT(shmat)(id, room, flags | SHM_REMAP);
	if (r == (void *)-1) {
		munmap(room, size + page);
		return NEXT(shmat)(id, NULL, flags);
	}
	return r;
}

int shmget(key_t key, size_t size, int shmflg)
{
	struct passage p = enter_shm(key, (int64_t)size, shmflg, false);
	int r = witness_fails(&p) ? -1 : NEXT(shmget)(key, size, shmflg);

	return (int)leave_shm(&p, "shmget", r);
}

void *shmat(int id, const void *shmaddr, int shmflg)
{
	struct passage p =
		enter_shm(id, (int64_t)(intptr_t)shmaddr, shmflg, !shmaddr);
	void *r = (void *)-1;

	if (p.action == ACT_GUARD)
		r = attach_guarded(id, shmflg);
	else if (!witness_fails(&p))
		r = NEXT(shmat)(id, shmaddr, shmflg);

	leave_shm(&p, "shmat", (int64_t)(intptr_t)r);
	return r;
}

int shmdt(const void *shmaddr)
{
	struct passage p = enter_shm((int64_t)(intptr_t)shmaddr, 0, 0, false);
	int r = witness_fails(&p) ? -1 : NEXT(shmdt)(shmaddr);

	return (int)leave_shm(&p, "shmdt", r);
}

int shmctl(int id, int cmd, struct shmid_ds *buf)
{
	struct passage p = enter_shm(id, cmd, 0, false);
	int r = witness_fails(&p) ? -1 : NEXT(shmctl)(id, cmd, buf);

	return (int)leave_shm(&p, "shmctl", r);
}
