/* SPDX-License-Identifier: MIT */
/* log.h - lines of log with a time and a level, to the screen or to files. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

/*
 *	2024-05-01 12:34:56.789 +0200 server[4711] info: listening on port 7000
 *
 * Local time, the offset from UTC, the program, its pid, the level, and what
 * the caller said.
 *
 * A line is one write(2) to a file opened with O_APPEND, and at most
 * LOG_LINE_BYTES long: lines of several threads and processes never mix, also
 * in a pipe, and what a file holds already is never lost.  A longer line is
 * cut and ends in "...[cut]".  Control characters in a message appear as \n,
 * \t or \x1b, so that no message can forge a second line; a newline at its
 * end is not needed, and dropped.
 *
 * The four that log leave errno as it was, and %m in fmt is strerror(errno) of
 * before the call.  They take no lock and may be called from any thread, and
 * in a child forked from any thread.  Not in a signal handler: they use printf.
 */

enum { LOG_LINE_BYTES = 1024 };

/* From the lightest to the gravest. */
enum log_level {
	LOG_LEVEL_DEBUG,   /* for whoever looks for a fault */
	LOG_LEVEL_INFO,	   /* what happened, all being well */
	LOG_LEVEL_WARNING, /* something failed, and the program goes on */
	LOG_LEVEL_FATAL,   /* something failed, and the program ends */
};
enum { LOG_LEVELS = LOG_LEVEL_FATAL + 1 };

void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Logs, then ends the program with exit(1).  A forked child, which has to
 * leave by _exit(2), uses log_warning() and _exit(1). */
_Noreturn void log_fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* Leave out what is lighter than `lowest`; LOG_LEVEL_INFO at the start.  What
 * is fatal is always logged.  May be called at any time. */
void log_threshold(enum log_level lowest);

/*
 * Where the lines go.  At the start it is the screen, that is standard error.
 * Choose before other threads start: each of these closes the files of the
 * choice before.  Files are made with mode 0600, since a log may hold what
 * clients sent, and are closed on exec.  A line that its file does not take
 * (a full disk) goes to the screen instead.
 *
 * The last two return 0, or -1 with errno and the choice before unchanged.
 */
void log_to_screen(void);

/* All levels into one file. */
int log_to_file(const char *path);

/* One file per level: PREFIX.debug.log, PREFIX.info.log, PREFIX.warning.log,
 * PREFIX.fatal.log. */
int log_to_level_files(const char *prefix);

#endif
