/* SPDX-License-Identifier: MIT */
/* log.c - lines of log with a time and a level, to the screen or to files. */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "log_time.h"

static const char *const level_name[LOG_LEVELS] = {
	[LOG_LEVEL_DEBUG] = "debug",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_FATAL] = "fatal",
};

/* Where the lines go: one descriptor per level, all the same for one file. */
static int target[LOG_LEVELS] = {STDERR_FILENO, STDERR_FILENO, STDERR_FILENO,
				 STDERR_FILENO};

static atomic_int threshold = LOG_LEVEL_INFO;

/* Seconds ahead of UTC; LONG_MAX is "not asked for yet". */
static atomic_long utc_offset = LONG_MAX;

/* ---- A line being made: it stays inside its buffer, whatever is added ---- */

static const char cut_mark[] = "...[cut]\n";

enum { LINE_ROOM = LOG_LINE_BYTES - ((int)sizeof(cut_mark) - 1) };

struct line {
	size_t n;
	bool cut;
	char text[LOG_LINE_BYTES];
};

/* How a character is to be seen; `room` holds it where it is made up here. */
static const char *as_shown(char c, char room[5])
{
	if (c == '\n')
		return "\\n";
	if (c == '\t')
		return "\\t";
	if ((unsigned char)c < ' ' || c == 0x7f) {
		snprintf(room, 5, "\\x%02x", (unsigned char)c);
	} else {
		room[0] = c;
		room[1] = '\0';
	}
	return room;
}

static void add(struct line *line, const char *text)
{
	for (const char *p = text; *p != '\0' && !line->cut; p++) {
		char room[5];
		const char *shown = as_shown(*p, room);
		size_t n = strlen(shown);

		if (line->n + n > LINE_ROOM) {
			line->cut = true;
			break;
		}
		memcpy(line->text + line->n, shown, n);
		line->n += n;
	}
}

/* A cut may fall inside a UTF-8 character: what there is of it goes too. */
static void drop_split_character(struct line *line)
{
	while (line->n > 0 && (line->text[line->n - 1] & 0xc0) == 0x80)
		line->n--;
	if (line->n > 0 && (line->text[line->n - 1] & 0x80) != 0)
		line->n--;
}

static void end_line(struct line *line)
{
	const char *end = line->cut ? cut_mark : "\n";

	if (line->cut)
		drop_split_character(line);
	memcpy(line->text + line->n, end, strlen(end));
	line->n += strlen(end);
}

/* ---- What a line says ---- */

static void add_head(struct line *line, enum log_level level)
{
	struct timespec now;
	char when[64], head[192];

	if (atomic_load(&utc_offset) == LONG_MAX)
		atomic_store(&utc_offset, log_utc_offset());
	clock_gettime(CLOCK_REALTIME, &now);
	log_time_text(when, sizeof(when), &now, atomic_load(&utc_offset));
	snprintf(head, sizeof(head), "%s %.64s[%d] %s: ", when,
		 program_invocation_short_name, (int)getpid(),
		 level_name[level]);
	add(line, head);
}

/* vsnprintf returns how long the text would have been, not how long it is: so
 * only the terminator says where it ends.  What was lost here was more than a
 * line holds: the line is cut anyway. */
static void add_message(struct line *line, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

static void add_message(struct line *line, const char *fmt, va_list args)
{
	char message[LOG_LINE_BYTES];
	size_t n;

	if (vsnprintf(message, sizeof(message), fmt, args) < 0)
		snprintf(message, sizeof(message), "(unprintable) %s", fmt);
	n = strlen(message);
	if (n > 0 && message[n - 1] == '\n')
		message[n - 1] = '\0';
	add(line, message);
}

/* ---- Logging ---- */

static void put(int fd, const struct line *line)
{
	if (writen(fd, line->text, line->n) < 0 && fd != STDERR_FILENO)
		writen(STDERR_FILENO, line->text, line->n);
}

static void log_line(enum log_level level, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

static void log_line(enum log_level level, const char *fmt, va_list args)
{
	int saved = errno;
	struct line line = {.n = 0};

	if (level != LOG_LEVEL_FATAL && (int)level < atomic_load(&threshold))
		return;
	add_head(&line, level);
	errno = saved; /* for %m */
	add_message(&line, fmt, args);
	end_line(&line);
	put(target[level], &line);
	errno = saved;
}

void log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_DEBUG, fmt, args);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_INFO, fmt, args);
	va_end(args);
}

void log_warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_WARNING, fmt, args);
	va_end(args);
}

void log_fatal(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_line(LOG_LEVEL_FATAL, fmt, args);
	va_end(args);
	exit(EXIT_FAILURE);
}

void log_threshold(enum log_level lowest)
{
	atomic_store(&threshold, (int)lowest);
}

/* ---- Choosing where the lines go ---- */

static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Close the first n descriptors of a choice; the screen is not ours to close,
 * and one file for all levels is one descriptor. */
static void close_logs(const int fd[], int n)
{
	int saved = errno;

	for (int i = 0; i < n; i++) {
		if (fd[i] != STDERR_FILENO && (i == 0 || fd[i] != fd[i - 1]))
			close(fd[i]);
	}
	errno = saved;
}

static void choose(const int fd[LOG_LEVELS])
{
	close_logs(target, LOG_LEVELS);
	memcpy(target, fd, sizeof(target));
	atomic_store(&utc_offset, log_utc_offset());
}

static void choose_one(int fd)
{
	int chosen[LOG_LEVELS];

	for (int i = 0; i < LOG_LEVELS; i++)
		chosen[i] = fd;
	choose(chosen);
}

void log_to_screen(void)
{
	choose_one(STDERR_FILENO);
}

int log_to_file(const char *path)
{
	int fd = open_log(path);

	if (fd < 0)
		return -1;
	choose_one(fd);
	return 0;
}

static int open_level(const char *prefix, int level)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s.%s.log", prefix,
			 level_name[level]);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open_log(path);
}

int log_to_level_files(const char *prefix)
{
	int chosen[LOG_LEVELS];

	for (int i = 0; i < LOG_LEVELS; i++) {
		chosen[i] = open_level(prefix, i);
		if (chosen[i] < 0) {
			close_logs(chosen, i);
			return -1;
		}
	}
	choose(chosen);
	return 0;
}
