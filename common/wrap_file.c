/* SPDX-License-Identifier: MIT */
/* wrap_file.c - descriptors and paths; wrap.h tells the contract. */
#include "wrap_file.h"

#include <errno.h>
#include <stdarg.h>

#include "interrupted.h"
#include "sys_err.h"

int Open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	int fd;

	if (flags & O_CREAT) {
		va_list args;

		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	do
		fd = open(path, flags, mode);
	while (interrupted(fd));
	if (fd < 0)
		sys_err("open %s", path);
	return fd;
}

ssize_t Read(int fd, void *buf, size_t n)
{
	ssize_t got;

	do
		got = read(fd, buf, n);
	while (interrupted(got));
	if (got < 0)
		sys_err("read");
	return got;
}

ssize_t Write(int fd, const void *buf, size_t n)
{
	ssize_t put;

	do
		put = write(fd, buf, n);
	while (interrupted(put));
	if (put < 0)
		sys_err("write");
	return put;
}

void Close(int fd)
{
	if (close(fd) < 0 && errno != EINTR)
		sys_err("close");
}

void Pipe(int fd[2])
{
	if (pipe(fd) < 0)
		sys_err("pipe");
}

int Dup2(int old_fd, int new_fd)
{
	int fd;

	do
		fd = dup2(old_fd, new_fd);
	while (interrupted(fd));
	if (fd < 0)
		sys_err("dup2");
	return fd;
}

int Fcntl(int fd, int command, ...)
{
	int arg = 0, result;

	if (command != F_GETFL && command != F_GETFD) {
		va_list args;

		va_start(args, command);
		arg = va_arg(args, int);
		va_end(args);
	}
	result = fcntl(fd, command, arg);
	if (result < 0)
		sys_err("fcntl");
	return result;
}

void Unlink(const char *path)
{
	if (unlink(path) < 0)
		sys_err("unlink %s", path);
}

void Mkfifo(const char *path, mode_t mode)
{
	if (mkfifo(path, mode) < 0)
		sys_err("mkfifo %s", path);
}
