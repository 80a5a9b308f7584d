/* SPDX-License-Identifier: MIT */
/* common_log_files.c - tests of where the lines of log go. */
/* wrap: close */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "log.h"

#include "common_child.h"
#include "common_log_dir.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* Closes of what is not open: with threads, that would be someone else's. */
static int closed_in_vain;

int __real_close(int fd);
int __wrap_close(int fd);

int __wrap_close(int fd)
{
	int result = __real_close(fd);

	closed_in_vain += result < 0;
	return result;
}

static int open_descriptors(void)
{
	DIR *entries = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(entries);
	while (readdir(entries) != NULL)
		n++;
	closedir(entries);
	return n;
}

/* The number that the next file opened gets. */
static int next_descriptor(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

/* ---- Levels ---- */

static void lighter_than_the_threshold_is_left_out(void **state)
{
	(void)state;
	log_threshold(LOG_LEVEL_WARNING);
	log_debug("no");
	log_info("no");
	log_warning("yes");
	assert_messages(file, "warning", "yes", NULL);
	log_threshold(LOG_LEVEL_FATAL);
	log_warning("no");
	assert_messages(file, "warning", "yes", NULL);
	log_threshold(LOG_LEVEL_INFO);
	log_debug("no");
	log_info("yes too");
	assert_non_null(strstr(text_of(file), "info: yes too\n"));
	assert_null(strstr(text, "no\n"));
}

static void dies(void)
{
	log_threshold((enum log_level)(LOG_LEVEL_FATAL + 1));
	log_fatal("no %s", "more");
}

static void fatal_is_logged_and_exits_1(void **state)
{
	struct ending end = end_of(dies);

	(void)state;
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 1);
	assert_messages(file, "fatal", "no more", NULL);
	assert_string_equal(end.said, "");
}

/* ---- Where lines go ---- */

/* To look for the zone changes errno; %m must not tell of that. */
static void logs_without_a_choice(void)
{
	void (*const warn)(const char *, ...) = log_warning;

	setenv("TZ", "/no/such/zone", 1);
	log_debug("not at the start");
	errno = EADDRINUSE;
	warn("%m");
	log_info("seen");
}

static void the_screen_is_the_start(void **state)
{
	struct ending end = end_of(logs_without_a_choice);

	(void)state;
	assert_int_equal(WEXITSTATUS(end.status), CAME_BACK);
	assert_in_range(strtol(end.said, NULL, 10), 2024, 9999);
	assert_non_null(
		strstr(end.said, "] warning: Address already in use\n"));
	assert_non_null(strstr(end.said, "] info: seen\n"));
	assert_null(strstr(end.said, "not at the start"));
}

static void logs_to_the_screen_again(void)
{
	log_info("to the file");
	log_to_screen();
	log_info("to the screen");
}

static void the_screen_can_be_chosen_again(void **state)
{
	struct ending end = end_of(logs_to_the_screen_again);

	(void)state;
	assert_messages(file, "info", "to the file", NULL);
	assert_non_null(strstr(end.said, "] info: to the screen\n"));
	assert_null(strstr(end.said, "to the file"));
}

static void files_are_appended_to(void **state)
{
	FILE *f = fopen(file, "w");

	(void)state;
	fputs("older\n", f);
	fclose(f);
	log_info("one");
	assert_int_equal(log_to_file(file), 0);
	log_info("two");
	assert_memory_equal(text_of(file), "older\n", 6);
	assert_non_null(strstr(text, "info: one\n"));
	assert_non_null(strstr(text, "info: two\n"));
}

/* Another program may have the file open, and write to it as well. */
static void lines_go_to_the_end_as_it_is_now(void **state)
{
	FILE *f = fopen(file, "a");

	(void)state;
	log_info("one");
	fputs("foreign\n", f);
	fclose(f);
	log_info("two");
	assert_non_null(strstr(text_of(file), "info: one\nforeign\n"));
	assert_non_null(strstr(text, "info: two\n"));
}

static void each_level_has_a_file(void **state)
{
	(void)state;
	assert_int_equal(log_to_level_files(in_dir("my")), 0);
	log_debug("d");
	log_info("i");
	log_warning("w");
	end_of(dies);
	assert_messages(in_dir("my.debug.log"), "debug", "d", NULL);
	assert_messages(in_dir("my.info.log"), "info", "i", NULL);
	assert_messages(in_dir("my.warning.log"), "warning", "w", NULL);
	assert_messages(in_dir("my.fatal.log"), "fatal", "no more", NULL);
	assert_messages(file, "", NULL, NULL);
}

static void level_files_are_appended_to(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(log_to_level_files(in_dir("my")), 0);
		log_info("again");
	}
	assert_messages(in_dir("my.info.log"), "info", "again", "again");
}

static void files_are_private_and_closed_on_exec(void **state)
{
	mode_t mask = umask(0);
	int fd = next_descriptor();
	struct stat st;

	(void)state;
	assert_int_equal(log_to_file(in_dir("new")), 0);
	umask(mask);
	assert_int_equal(stat(in_dir("new"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & O_APPEND, O_APPEND);
}

static void files_no_longer_used_are_closed(void **state)
{
	int one = open_descriptors(); /* file is open */

	(void)state;
	closed_in_vain = 0;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(log_to_level_files(in_dir("my")), 0);
		assert_int_equal(open_descriptors(), one + 3);
		assert_int_equal(log_to_file(file), 0);
		assert_int_equal(open_descriptors(), one);
		log_to_screen();
		assert_int_equal(open_descriptors(), one - 1);
		assert_int_not_equal(fcntl(STDERR_FILENO, F_GETFD), -1);
		assert_int_equal(log_to_file(file), 0);
		assert_int_equal(log_to_file(file), 0);
		assert_int_equal(open_descriptors(), one);
	}
	assert_int_equal(closed_in_vain, 0);
}

/* DIR/././....: with ".debu" it is a path that can be opened, and with
 * ".debug.log" it is too long. */
static const char *nearly_too_long(char *path)
{
	size_t n = (size_t)snprintf(path, PATH_MAX, "%s", in_dir(""));

	for (; n < PATH_MAX - 8; n += 2)
		memcpy(path + n, "./", 3);
	return path;
}

static void a_choice_that_fails_changes_nothing(void **state)
{
	char path[5000];
	int before = open_descriptors();

	(void)state;
	assert_int_equal(log_to_file("/no/such/dir/log"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(log_to_level_files("/no/such/dir/log"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(mkdir(in_dir("my.warning.log"), 0700), 0);
	assert_int_equal(log_to_level_files(in_dir("my")), -1);
	assert_int_equal(errno, EISDIR);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(log_to_level_files(path), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(log_to_file(path), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(log_to_level_files(nearly_too_long(path)), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(open_descriptors(), before);
	log_info("still here");
	assert_messages(file, "info", "still here", NULL);
}

static void fills_the_disk(void)
{
	log_to_file("/dev/full");
	errno = EPIPE;
	log_info("kept");
	if (errno != EPIPE)
		_exit(1);
}

static void a_full_disk_sends_lines_to_the_screen(void **state)
{
	struct ending end = end_of(fills_the_disk);

	(void)state;
	assert_int_equal(WEXITSTATUS(end.status), CAME_BACK);
	assert_non_null(strstr(end.said, "] info: kept\n"));
	assert_ptr_equal(strstr(end.said, "info:"), strrchr(end.said, ']') + 2);
}

static void logs_unheard(void)
{
	log_to_screen();
	close(STDERR_FILENO);
	log_info("lost");
}

static void a_line_that_nothing_takes_is_lost(void **state)
{
	struct ending end = end_of(logs_unheard);

	(void)state;
	assert_int_equal(WEXITSTATUS(end.status), CAME_BACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_screen_is_the_start),
		IN_DIR(lighter_than_the_threshold_is_left_out),
		IN_DIR(fatal_is_logged_and_exits_1),
		IN_DIR(the_screen_can_be_chosen_again),
		IN_DIR(files_are_appended_to),
		IN_DIR(lines_go_to_the_end_as_it_is_now),
		IN_DIR(each_level_has_a_file),
		IN_DIR(level_files_are_appended_to),
		IN_DIR(files_are_private_and_closed_on_exec),
		IN_DIR(files_no_longer_used_are_closed),
		IN_DIR(a_choice_that_fails_changes_nothing),
		IN_DIR(a_full_disk_sends_lines_to_the_screen),
		IN_DIR(a_line_that_nothing_takes_is_lost),
	};

	return cmocka_run_group_tests_name("log_files", tests, NULL, NULL);
}
