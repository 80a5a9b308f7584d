/* SPDX-License-Identifier: MIT */
/* base.h - what every part of the grader uses: dying, time, bytes, text */
#ifndef GRADER_BASE_H
#define GRADER_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses of `grade`. */
enum { EXIT_FULL, EXIT_LOST_POINTS, EXIT_USAGE, EXIT_GRADER };

/* The grader itself failed: one line on stderr, exit status EXIT_GRADER.
 * Never for something that a submission did: that is a verdict. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, ending in ": strerror(errno)". */
_Noreturn void die_errno(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* What the operator asked for cannot be: one line, exit status EXIT_USAGE. */
_Noreturn void die_usage(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t now_ns(void);
#define NS_PER_MS 1000000u
#define NS_PER_S 1000000000u

/* printf into memory that the caller frees; dies when there is none. */
char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

char *vtext(const char *fmt, va_list args)
	__attribute__((format(printf, 1, 0)));

/* calloc and strdup that die when memory ends. */
void *must_calloc(size_t n, size_t size);
char *must_strdup(const char *s);

/* Bytes that grow.  A zeroed struct is an empty one. */
struct bytes {
	unsigned char *data;
	size_t n, room;
};
void bytes_add(struct bytes *b, const void *data, size_t n);
void bytes_drop_front(struct bytes *b, size_t n);
void bytes_free(struct bytes *b);

/* The bytes as a C string literal in ASCII, quotes included: nothing in it can
 * disturb a terminal or a document.  After `most` bytes it is cut and says how
 * many there are.  The caller frees it. */
char *readable(const void *data, size_t n, size_t most);

/* Put a ? for every byte that is no character to be printed: controls, and what
 * is no UTF-8.  In place. */
void make_printable(char *s);

/* The whole of a small file as a NUL-terminated string, at most `most` bytes
 * of it, or NULL with errno.  Made for /proc.  The caller frees it. */
char *slurp(const char *path, size_t most);

/* Write text to an existing file, as /proc and /sys want it: one write. */
int put_file(const char *path, const char *content);

#endif
