/* SPDX-License-Identifier: MIT */
/* common_log_line.c - tests of what a line of log looks like. */
/* wrap: write */
#define _GNU_SOURCE 1 /* program_invocation_short_name, strptime */
#include "log.h"

#include "common_child.h"
#include "common_log_dir.h"

#include <regex.h>
#include <time.h>
#include <wchar.h>

/* How often write was called, and how it is to misbehave: by being interrupted
 * the next times, and by writing only so many bytes. */
static int writes, interruptions;
static size_t at_most = SIZE_MAX;

ssize_t __real_write(int fd, const void *buf, size_t n);
ssize_t __wrap_write(int fd, const void *buf, size_t n);

ssize_t __wrap_write(int fd, const void *buf, size_t n)
{
	writes++;
	if (interruptions > 0) {
		interruptions--;
		errno = EINTR;
		return -1;
	}
	return __real_write(fd, buf, n < at_most ? n : at_most);
}

/* ---- A line ---- */

static void a_line_has_its_form(void **state)
{
	char form[256];
	regex_t re;

	(void)state;
	log_info("port %d of %s", 7000, "me");
	snprintf(form, sizeof(form),
		 "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\."
		 "[0-9]{3} [-+][0-9]{4} %.64s\\[%d\\] info: port 7000 of me\n$",
		 program_invocation_short_name, (int)getpid());
	assert_int_equal(regcomp(&re, form, REG_EXTENDED | REG_NOSUB), 0);
	assert_int_equal(regexec(&re, text_of(file), 0, NULL, 0), 0);
	regfree(&re);
}

/* time() lags behind by up to a tick: a second, where one has just begun. */
static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

static void the_time_is_local_and_now(void **state)
{
	struct tm local = {0};
	time_t before, then;
	char *rest;

	(void)state;
	setenv("TZ", "IST-5:30", 1);
	assert_int_equal(log_to_file(file), 0);
	before = now();
	log_info("now");
	unsetenv("TZ");
	rest = strptime(text_of(file), "%Y-%m-%d %H:%M:%S", &local);
	assert_non_null(rest);
	assert_int_equal(*rest, '.');
	assert_memory_equal(rest + 4, " +0530 ", 7);
	then = timegm(&local) - 19800;
	assert_in_range(then, before, now());
}

static void levels_are_named(void **state)
{
	char *left;

	(void)state;
	log_debug("d%d", 1);
	log_info("i%d", 2);
	log_warning("w%d", 3);
	left = text_of(file);
	assert_string_equal(next_message(&left, "debug"), "d1");
	assert_string_equal(next_message(&left, "info"), "i2");
	assert_string_equal(next_message(&left, "warning"), "w3");
	assert_string_equal(left, "");
}

static void no_message_forges_a_line(void **state)
{
	(void)state;
	log_info("%s", "one\n2024-05-01 00:00:00.000 +0000 x[1] fatal: two");
	log_info("%s", "\x1b[2J\r\t\x7f\x01 caf\xc3\xa9 \\n");
	assert_messages(file, "info",
			"one\\n2024-05-01 00:00:00.000 +0000 x[1] fatal: two",
			"\\x1b[2J\\x0d\\t\\x7f\\x01 caf\xc3\xa9 \\n");
}

static void no_program_name_forges_a_line(void **state)
{
	char *name = program_invocation_short_name;
	char longer[2000] = "a\nb";

	(void)state;
	memset(longer + 3, 'c', sizeof(longer) - 4);
	program_invocation_short_name = longer;
	log_info("said");
	program_invocation_short_name = name;
	assert_messages(file, "info", "said", NULL);
	assert_non_null(strstr(text, " a\\nbccc"));
}

static void one_newline_at_the_end_is_dropped(void **state)
{
	(void)state;
	log_info("one\n");
	log_info("two\n\n");
	assert_messages(file, "info", "one", "two\\n");
}

static void nothing_is_a_line_too(void **state)
{
	(void)state;
	log_info("%s", "");
	log_info("\n");
	assert_messages(file, "info", "", "");
}

/* No character of the C locale has this number, so vsnprintf fails. */
static void the_unprintable_is_told_by_its_format(void **state)
{
	(void)state;
	log_info("odd %lc", (wint_t)0x10ffff);
	assert_messages(file, "info", "(unprintable) odd %lc", NULL);
}

/* Messages around the limit: all are one line, none is longer than a line may
 * be, and none is cut that need not be. */
static void a_long_line_is_cut_and_says_so(void **state)
{
	enum { MARK = sizeof("...[cut]") - 1 };
	char message[1300];
	size_t head, cut = 0;

	(void)state;
	log_info("%s", "");
	head = strlen(text_of(file)) - 1;
	for (size_t n = 900; n < sizeof(message); n++) {
		char *line;
		size_t said;

		memset(message, 'm', n);
		message[n] = '\0';
		truncate(file, 0);
		log_info("%s", message);
		line = text_of(file);
		said = strspn(line + head, "m");
		assert_true(strlen(line) <= LOG_LINE_BYTES);
		if (said == n) {
			assert_string_equal(line + head + said, "\n");
			assert_int_equal(cut, 0);
		} else {
			assert_string_equal(line + head + said, "...[cut]\n");
			assert_true(head + n + MARK + 1 > LOG_LINE_BYTES);
			cut++;
		}
	}
	assert_int_not_equal(cut, 0);
	assert_int_not_equal(cut, sizeof(message) - 900);
}

static void a_very_long_line_is_cut(void **state)
{
	(void)state;
	log_info("%1000000d", 1);
	log_info("after");
	assert_non_null(strstr(text_of(file), " ...[cut]\n"));
	assert_true((size_t)(strchr(text, '\n') - text) < LOG_LINE_BYTES);
	assert_non_null(strstr(strchr(text, '\n'), "info: after\n"));
}

/* Escapes grow a message after printf has measured it. */
static void a_line_of_escapes_is_cut(void **state)
{
	char message[1000];
	const char *end;

	(void)state;
	memset(message, '\x01', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	log_info("%s", message);
	assert_true(strlen(text_of(file)) <= LOG_LINE_BYTES);
	end = strstr(text, "...[cut]\n");
	assert_non_null(end);
	assert_memory_equal(end - 4, "\\x01", 4);
}

/* Three bytes each, so that one of three starts is cut inside of one. */
static void no_character_is_cut_in_two(void **state)
{
	(void)state;
	for (int start = 0; start < 3; start++) {
		char message[1200];
		const char *end, *p;

		memset(message, 'x', (size_t)start);
		for (size_t i = (size_t)start; i < sizeof(message) - 3; i += 3)
			memcpy(message + i, "\xe2\x82\xac", 4);
		truncate(file, 0);
		log_info("%s", message);
		end = strstr(text_of(file), "...[cut]\n");
		assert_non_null(end);
		p = strstr(text, "info: ") + 6 + start;
		assert_int_equal((end - p) % 3, 0);
		for (; p < end; p += 3)
			assert_memory_equal(p, "\xe2\x82\xac", 3);
	}
}

static void errno_stays(void **state)
{
	(void)state;
	errno = EADDRINUSE;
	log_debug("d");
	assert_int_equal(errno, EADDRINUSE);
	log_info("%s", "i");
	assert_int_equal(errno, EADDRINUSE);
	log_warning("odd %lc", (wint_t)0x10ffff);
	assert_int_equal(errno, EADDRINUSE);
	log_to_screen();
	assert_int_equal(errno, EADDRINUSE);
}

/* Through a pointer, or gcc -Wpedantic finds that %m is not ISO C. */
static void percent_m_is_the_reason(void **state)
{
	void (*const warn)(const char *, ...) = log_warning;

	(void)state;
	errno = EADDRINUSE;
	warn("bind: %m");
	assert_messages(file, "warning", "bind: Address already in use", NULL);
}

static void a_line_is_one_write(void **state)
{
	(void)state;
	writes = 0;
	log_info("%s", "one\ntwo\n");
	assert_int_equal(writes, 1);
	log_info("%2000d", 1);
	assert_int_equal(writes, 2);
}

static void interrupted_and_short_writes_go_on(void **state)
{
	(void)state;
	interruptions = 2;
	log_info("one");
	assert_int_equal(interruptions, 0);
	at_most = 7;
	log_info("two");
	at_most = SIZE_MAX;
	assert_messages(file, "info", "one", "two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(a_line_has_its_form),
		IN_DIR(the_time_is_local_and_now),
		IN_DIR(levels_are_named),
		IN_DIR(no_message_forges_a_line),
		IN_DIR(no_program_name_forges_a_line),
		IN_DIR(one_newline_at_the_end_is_dropped),
		IN_DIR(nothing_is_a_line_too),
		IN_DIR(the_unprintable_is_told_by_its_format),
		IN_DIR(a_long_line_is_cut_and_says_so),
		IN_DIR(a_very_long_line_is_cut),
		IN_DIR(a_line_of_escapes_is_cut),
		IN_DIR(no_character_is_cut_in_two),
		IN_DIR(errno_stays),
		IN_DIR(percent_m_is_the_reason),
		IN_DIR(a_line_is_one_write),
		IN_DIR(interrupted_and_short_writes_go_on),
	};

	return cmocka_run_group_tests_name("log_line", tests, NULL, NULL);
}
