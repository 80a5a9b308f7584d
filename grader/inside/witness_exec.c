/* SPDX-License-Identifier: MIT */
/* witness_exec.c - the witness's wrappers of the exec family. */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

static struct passage enter(int fd)
{
	return witness_enter(CALL_EXEC, fd, 0, 0);
}

/* An exec that comes back has failed. */
static int leave(struct passage *p, const char *path, int r)
{
	witness_note_path(p, path, r);
	return (int)witness_leave(p, r);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	struct passage p = enter(-1);
	int r = witness_fails(&p) ? -1 : NEXT(execve)(path, argv, envp);

	return leave(&p, path, r);
}

int execv(const char *path, char *const argv[])
{
	struct passage p = enter(-1);
	int r = witness_fails(&p) ? -1 : NEXT(execv)(path, argv);

	return leave(&p, path, r);
}

int execvp(const char *file, char *const argv[])
{
	struct passage p = enter(-1);
	int r = witness_fails(&p) ? -1 : NEXT(execvp)(file, argv);

	return leave(&p, file, r);
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
	struct passage p = enter(-1);
	int r = witness_fails(&p) ? -1 : NEXT(execvpe)(file, argv, envp);

	return leave(&p, file, r);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
	struct passage p = enter(fd);
	int r = witness_fails(&p) ? -1 : NEXT(fexecve)(fd, argv, envp);

	return (int)witness_leave(&p, r);
}

/* ---- arguments one by one ---- */

#define MOST 1024 /* that a person would type into a call */

/* The arguments from `first` to the NULL, which is taken, too.  -1 and E2BIG
 * when there are more. */
static int gather(char *argv[MOST], const char *first, va_list *more)
{
	int n = 0;

	for (const char *arg = first; n < MOST;
	     arg = va_arg(*more, const char *)) {
		argv[n++] = (char *)arg;
		if (!arg)
			return 0;
	}
	errno = E2BIG;
	return -1;
}

int execl(const char *path, const char *arg, ...)
{
	char *argv[MOST];
	va_list more;
	int r;

	va_start(more, arg);
	r = gather(argv, arg, &more);
	va_end(more);
	return r ? r : execv(path, argv);
}

int execlp(const char *file, const char *arg, ...)
{
	char *argv[MOST];
	va_list more;
	int r;

	va_start(more, arg);
	r = gather(argv, arg, &more);
	va_end(more);
	return r ? r : execvp(file, argv);
}

int execle(const char *path, const char *arg, ...)
{
	char *argv[MOST];
	char *const *envp = NULL;
	va_list more;
	int r;

	va_start(more, arg);
	r = gather(argv, arg, &more);
	if (!r)
		envp = va_arg(more, char *const *);
	va_end(more);
	return r ? r : execve(path, argv, envp);
}
