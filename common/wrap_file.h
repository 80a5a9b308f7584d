/* SPDX-License-Identifier: MIT */
/* wrap_file.h - descriptors and paths; wrap.h tells the contract. */
#ifndef COMMON_WRAP_FILE_H
#define COMMON_WRAP_FILE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* open(2): returns the descriptor, which the caller closes.  The mode is
 * needed with O_CREAT, and only then.  Opening a FIFO waits for its other end;
 * interrupted, it goes on waiting. */
int Open(const char *path, int flags, ...);

/* read(2), write(2): go on when interrupted, and may still move fewer bytes
 * than asked; readn() and writen() of io.h move them all. */
ssize_t Read(int fd, void *buf, size_t n);
ssize_t Write(int fd, const void *buf, size_t n);

/* close(2): called once, whatever happens.  On Linux the descriptor is gone
 * even when close() was interrupted, so that is no failure; a second call
 * could close what another thread has just opened. */
void Close(int fd);

/* pipe(2), dup2(2). */
void Pipe(int fd[2]);
int Dup2(int old_fd, int new_fd);

/* fcntl(2), for the commands that take an int (F_SETFL, F_SETFD, F_DUPFD) or
 * nothing (F_GETFL, F_GETFD).  Not for locks, whose argument is a pointer. */
int Fcntl(int fd, int command, ...);

/* unlink(2), mkfifo(3).  A path that may be missing, or there already, is for
 * the bare calls. */
void Unlink(const char *path);
void Mkfifo(const char *path, mode_t mode);

#endif
