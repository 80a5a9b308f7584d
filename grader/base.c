/* SPDX-License-Identifier: MIT */
/* base.c - what every part of the grader uses: dying, time, bytes, text */
#include "base.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool is_utf8(const char *s)
{
	json_t *string = json_string(s); /* NULL if it is not */

	json_decref(string);
	return string != NULL;
}

/* U+202A to U+202E, U+2066 to U+2069: with these, what is read is not what is
 * there.  In UTF-8, which has been checked. */
static bool turns_around(const unsigned char *c)
{
	return c[0] == 0xe2 &&
	       ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
		(c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

void make_printable(char *s)
{
	bool utf8 = is_utf8(s);

	for (unsigned char *c = (unsigned char *)s; *c; c++) {
		bool c1 = *c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;

		if (*c < 32 || *c == 127 || c1 || (*c > 127 && !utf8))
			*c = '?';
		if (c1)
			*++c = '?';
		if (utf8 && turns_around(c)) {
			memset(c, '?', 3);
			c += 2;
		}
	}
}

/* What comes out is one line, whatever the names in it hold. */
__attribute__((format(printf, 1, 0))) static void complain(const char *fmt,
							   va_list args,
							   const char *reason)
{
	char *line;

	if (vasprintf(&line, fmt, args) < 0)
		line = NULL;
	if (line)
		make_printable(line);
	fprintf(stderr, "grade: %s%s%s\n", line ? line : fmt,
		reason ? ": " : "", reason ? reason : "");
	free(line);
}

void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(fmt, args, NULL);
	va_end(args);
	exit(EXIT_GRADER);
}

void die_errno(const char *fmt, ...)
{
	const char *reason = strerror(errno);
	va_list args;

	va_start(args, fmt);
	complain(fmt, args, reason);
	va_end(args);
	exit(EXIT_GRADER);
}

void die_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	complain(fmt, args, NULL);
	va_end(args);
	exit(EXIT_USAGE);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

char *vtext(const char *fmt, va_list args)
{
	char *s;

	if (vasprintf(&s, fmt, args) < 0)
		die("out of memory");
	return s;
}

char *text(const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	s = vtext(fmt, args);
	va_end(args);
	return s;
}

static void *must(void *p)
{
	if (!p)
		die("out of memory");
	return p;
}

void *must_calloc(size_t n, size_t size)
{
	return must(calloc(n, size));
}

char *must_strdup(const char *s)
{
	return text("%s", s);
}

void bytes_add(struct bytes *b, const void *data, size_t n)
{
	if (b->n + n > b->room) {
		size_t room = b->room ? b->room : 512;

		while (room < b->n + n)
			room *= 2;
		b->data = must(realloc(b->data, room));
		b->room = room;
	}
	if (n)
		memcpy(b->data + b->n, data, n);
	b->n += n;
}

void bytes_drop_front(struct bytes *b, size_t n)
{
	b->n -= n;
	if (b->n)
		memmove(b->data, b->data + n, b->n);
}

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){0};
}

static const char *escape(unsigned char c, bool hex_follows)
{
	static char out[8];

	switch (c) {
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	default:
		break;
	}
	if (c >= 32 && c < 127)
		snprintf(out, sizeof(out), "%c", c);
	else if (hex_follows) /* \x01 and an "a" would be one byte in C */
		snprintf(out, sizeof(out), "\\%03o", c);
	else if (c == 0)
		snprintf(out, sizeof(out), "\\0");
	else
		snprintf(out, sizeof(out), "\\x%02x", c);
	return out;
}

char *readable(const void *data, size_t n, size_t most)
{
	const unsigned char *p = data;
	size_t shown = n > most ? most : n;
	struct bytes out = {0};

	bytes_add(&out, "\"", 1);
	for (size_t i = 0; i < shown; i++) {
		bool digit = i + 1 < n && isxdigit(p[i + 1]);
		const char *e = escape(p[i], digit);

		bytes_add(&out, e, strlen(e));
	}
	bytes_add(&out, "\"", 1);
	if (shown < n) {
		char *rest = text("... (%zu bytes)", n);

		bytes_add(&out, rest, strlen(rest));
		free(rest);
	}
	bytes_add(&out, "", 1);
	return (char *)out.data;
}

char *slurp(const char *path, size_t most)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *s = must(malloc(most + 1));
	size_t n = 0;
	ssize_t got = 0;

	if (fd >= 0) {
		while (n < most && (got = read(fd, s + n, most - n)) > 0)
			n += (size_t)got;
	}
	if (fd < 0 || got < 0) {
		int saved = errno;

		free(s);
		if (fd >= 0)
			close(fd);
		errno = saved;
		return NULL;
	}
	close(fd);
	s[n] = 0;
	return s;
}

int put_file(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t put;

	if (fd < 0)
		return -1;
	put = write(fd, content, strlen(content));
	close(fd);
	return put < 0 ? -1 : 0;
}
