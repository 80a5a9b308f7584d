/* SPDX-License-Identifier: MIT */
/* common_log_dir.h - a directory for each test of the log, and what is in it. */
#ifndef TESTS_COMMON_LOG_DIR_H
#define TESTS_COMMON_LOG_DIR_H

#include "common_child.h"
#include "log.h"

#include <dirent.h>

/* Before each test `file` is chosen for all levels; it is empty. */
static char dir[64], file[96], text[1 << 20];

static inline const char *in_dir(const char *name)
{
	static char path[384];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static inline int begin(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/log.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/log", dir);
	log_threshold(LOG_LEVEL_DEBUG);
	return log_to_file(file);
}

static inline int finish(void **state)
{
	DIR *entries = opendir(dir);
	struct dirent *e;

	(void)state;
	log_to_screen();
	log_threshold(LOG_LEVEL_INFO);
	while ((e = readdir(entries)) != NULL) {
		if (e->d_name[0] != '.')
			remove(in_dir(e->d_name));
	}
	closedir(entries);
	return rmdir(dir);
}

/* The file's text, which is good until the next call. */
static inline char *text_of(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* What follows "level: " in the first line of what is left, in place. */
static inline char *next_message(char **left, const char *level)
{
	char *line = *left, *end = strchr(line, '\n'), *colon;

	assert_non_null(end);
	*end = '\0';
	*left = end + 1;
	colon = strstr(line, "] ");
	assert_non_null(colon);
	assert_memory_equal(colon + 2, level, strlen(level));
	assert_memory_equal(colon + 2 + strlen(level), ": ", 2);
	return colon + 2 + strlen(level) + 2;
}

/* The file must hold these messages, of this level, and no more. */
static inline void assert_messages(const char *path, const char *level,
				   const char *one, const char *two)
{
	char *left = text_of(path);

	if (one != NULL)
		assert_string_equal(next_message(&left, level), one);
	if (two != NULL)
		assert_string_equal(next_message(&left, level), two);
	assert_string_equal(left, "");
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, begin, finish)

#endif
