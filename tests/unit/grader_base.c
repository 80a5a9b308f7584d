/* SPDX-License-Identifier: MIT */
/* grader_base.c - tests of base.c: dying, text, bytes, small files. */
/* wrap: calloc realloc vasprintf */
#define _GNU_SOURCE 1
#include "base.h"
#include "probe.h"

#include "common_child.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
int __real_vasprintf(char **s, const char *fmt, va_list args);
int __wrap_vasprintf(char **s, const char *fmt, va_list args);

static bool no_memory;

void *__wrap_calloc(size_t n, size_t size)
{
	return no_memory ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return no_memory ? NULL : __real_realloc(old, size);
}

int __wrap_vasprintf(char **s, const char *fmt, va_list args)
{
	return no_memory ? -1 : __real_vasprintf(s, fmt, args);
}

/* ---- readable ---- */

static void assert_readable(const void *data, size_t n, size_t most,
			    const char *expected)
{
	char *s = readable(data, n, most);

	assert_string_equal(s, expected);
	free(s);
}

static void readable_quotes_text(void **state)
{
	(void)state;
	assert_readable("hello, world", 12, 100, "\"hello, world\"");
	assert_readable(" ~", 2, 100, "\" ~\"");
	assert_readable("", 0, 100, "\"\"");
	assert_readable(NULL, 0, 100, "\"\"");
}

static void readable_escapes(void **state)
{
	(void)state;
	assert_readable("a\nb\r\tc", 6, 100, "\"a\\nb\\r\\tc\"");
	assert_readable("say \"\\n\"", 8, 100, "\"say \\\"\\\\n\\\"\"");
	assert_readable("x\0y", 3, 100, "\"x\\0y\"");
	assert_readable("\033[31m", 5, 100, "\"\\x1b[31m\"");
	assert_readable("\177\200\377", 3, 100, "\"\\x7f\\x80\\xff\"");
}

/* What a C compiler would make of the inside of a literal; its length. */
static size_t read_literal(const char *s, unsigned char *to, size_t room)
{
	size_t n = 0;

	assert_int_equal(*s++, '"');
	for (char *end; *s && *s != '"'; n++) {
		assert_true(n < room);
		assert_in_range((unsigned char)*s, 32, 126);
		if (*s != '\\') {
			to[n] = (unsigned char)*s++;
			continue;
		}
		s++;
		if (*s == 'x') { /* as many hex digits as there are */
			unsigned long c = strtoul(s + 1, &end, 16);

			to[n] = (unsigned char)(c > 255 ? '?' : c);
			s = end;
		} else if (*s >= '0' && *s <= '7') { /* at most three */
			char digits[4] = {0};

			strncpy(digits, s,
				strspn(s, "01234567") < 3
					? strspn(s, "01234567")
					: 3);
			to[n] = (unsigned char)strtoul(digits, NULL, 8);
			s += strlen(digits);
		} else {
			const char *which = strchr("n\nr\rt\t\"\"\\\\", *s++);

			assert_non_null(which);
			to[n] = (unsigned char)which[1];
		}
	}
	assert_string_equal(s, "\"");
	return n;
}

/* Every byte before every other: an escape must not swallow what follows. */
static void readable_is_a_literal_of_the_same_bytes(void **state)
{
	unsigned char back[8];
	char wrong[512] = "";

	(void)state;
	for (int i = 0; i < 65536; i++) {
		unsigned char pair[2] = {(unsigned char)(i >> 8),
					 (unsigned char)i};
		char *s = readable(pair, 2, 100);
		size_t n = read_literal(s, back, sizeof(back)),
		       at = strlen(wrong);

		if (n != 2 || memcmp(back, pair, 2) != 0)
			snprintf(wrong + at, sizeof(wrong) - at,
				 "bytes %02x %02x: %s\n", pair[0], pair[1], s);
		free(s);
	}
	assert_string_equal(wrong, "");
}

static void readable_cuts(void **state)
{
	(void)state;
	assert_readable("abcde", 5, 5, "\"abcde\"");
	assert_readable("abcde", 5, 4, "\"abcd\"... (5 bytes)");
	assert_readable("abcde", 5, 0, "\"\"... (5 bytes)");
	assert_readable("\n\n\n", 3, 2, "\"\\n\\n\"... (3 bytes)");
}

/* ---- bytes ---- */

static void bytes_grow(void **state)
{
	struct bytes b = {0};
	char piece[1000];

	(void)state;
	bytes_add(&b, NULL, 0);
	assert_int_equal(b.n, 0);
	for (size_t n = 0; n <= sizeof(piece); n++) {
		memset(piece, (int)(n & 0xff), n);
		bytes_add(&b, piece, n);
		assert_true(b.room >= b.n);
	}
	assert_int_equal(b.n, 1000 * 1001 / 2);
	for (size_t n = 0, at = 0; n <= sizeof(piece); n++)
		for (size_t i = 0; i < n; i++)
			assert_int_equal(b.data[at++], n & 0xff);
	bytes_free(&b);
	assert_null(b.data);
	assert_int_equal(b.n + b.room, 0);
	bytes_free(&b);
}

static void bytes_drop(void **state)
{
	struct bytes b = {0};

	(void)state;
	bytes_drop_front(&b, 0);
	bytes_add(&b, "abcdef", 6);
	bytes_drop_front(&b, 0);
	assert_int_equal(b.n, 6);
	bytes_drop_front(&b, 2);
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.data, "cdef", 4);
	bytes_drop_front(&b, 4);
	assert_int_equal(b.n, 0);
	bytes_add(&b, "gh", 2);
	assert_int_equal(b.n, 2);
	assert_memory_equal(b.data, "gh", 2);
	bytes_free(&b);
}

/* ---- files ---- */

static char directory[] = "/tmp/grader_base.XXXXXX", path[64];

static void write_file(const char *content, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, n), n);
	close(fd);
}

static void assert_slurped(size_t most, const char *expected)
{
	char *s = slurp(path, most);

	assert_non_null(s);
	assert_string_equal(s, expected);
	free(s);
}

static void slurp_reads_a_file(void **state)
{
	char *s;

	(void)state;
	write_file("one\ntwo", 7);
	assert_slurped(100, "one\ntwo");
	assert_slurped(7, "one\ntwo");
	assert_slurped(6, "one\ntw");
	assert_slurped(0, "");
	write_file("", 0);
	assert_slurped(100, "");
	s = slurp("/proc/self/stat", 4096); /* its size is said to be 0 */
	assert_non_null(s);
	assert_int_equal(atoi(s), getpid());
	free(s);
}

static void slurp_reads_more_than_one_block(void **state)
{
	char *big = calloc(1, 200001), *s;

	(void)state;
	memset(big, 'x', 200000);
	write_file(big, 200000);
	s = slurp(path, 1000000);
	assert_string_equal(s, big);
	free(s);
	free(big);
}

static void slurp_says_what_is_wrong(void **state)
{
	(void)state;
	errno = 0;
	assert_null(slurp("/nowhere/at/all", 100));
	assert_int_equal(errno, ENOENT);
	assert_null(slurp(directory, 100));
	assert_int_equal(errno, EISDIR);
}

static void slurp_waits_for_nobody(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_slurped(100, "");
	unlink(path);
}

static void put_file_writes_to_what_is_there(void **state)
{
	(void)state;
	write_file("", 0);
	assert_int_equal(put_file(path, "0 1000 1"), 0);
	assert_slurped(100, "0 1000 1");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(put_file(path, "x"), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(put_file("/dev/full", "x"), -1);
	assert_int_equal(errno, ENOSPC);
}

static void files_are_closed(void **state)
{
	int before = probe_descriptors(getpid());

	(void)state;
	write_file("x", 1);
	assert_slurped(100, "x");
	assert_null(slurp(directory, 100));
	put_file(path, "y");
	put_file("/dev/full", "y");
	assert_int_equal(probe_descriptors(getpid()), before);
}

/* ---- text, memory, time, the end ---- */

static void text_is_made(void **state)
{
	char *s = text("%s has %d of %zu", "it", -1, (size_t)7), *copy;
	const char *zeroed;

	(void)state;
	assert_string_equal(s, "it has -1 of 7");
	copy = must_strdup(s);
	assert_string_equal(copy, s);
	assert_ptr_not_equal(copy, s);
	free(s);
	free(copy);
	s = must_strdup("100%s");
	assert_string_equal(s, "100%s");
	free(s);
	zeroed = s = must_calloc(100, 10);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(zeroed[i], 0);
	free(s);
}

static uint64_t monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void now_is_monotonic_nanoseconds(void **state)
{
	uint64_t before = monotonic(), now = now_ns(), after = monotonic();

	(void)state;
	assert_true(before <= now && now <= after);
}

static void assert_last_words(void (*body)(void), int status, const char *line)
{
	struct ending end = end_of(body);

	assert_string_equal(end.said, line);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), status);
}

static void call_die(void)
{
	die("this is %s", "it");
}

static void call_die_errno(void)
{
	errno = ENOENT;
	die_errno("opening %d", 7);
}

static void call_die_usage(void)
{
	die_usage("no lab %s", "17");
}

static void dies_with_a_line(void **state)
{
	(void)state;
	assert_last_words(call_die, 3, "grade: this is it\n");
	assert_last_words(call_die_errno, 3,
			  "grade: opening 7: No such file or directory\n");
	assert_last_words(call_die_usage, 2, "grade: no lab 17\n");
}

static void die_of_a_name(void)
{
	errno = ENOENT;
	die_errno("%s", "a\nb\033[2J\r\177\377");
}

static void die_of_much(void)
{
	char much[3000];

	memset(much, 'x', sizeof(much) - 1);
	much[sizeof(much) - 1] = 0;
	die("%s", much);
}

/* A file may have any name. */
static void last_words_are_one_line(void **state)
{
	struct ending end = end_of(die_of_much);

	(void)state;
	assert_last_words(die_of_a_name, 3,
			  "grade: a?b?[2J???: No such file or directory\n");
	assert_ptr_equal(strchr(end.said, '\n'),
			 end.said + strlen(end.said) - 1);
	assert_memory_equal(end.said, "grade: xxx", 10);
}

static void assert_made_printable(const char *s, const char *expected)
{
	char copy[64];

	snprintf(copy, sizeof(copy), "%s", s);
	make_printable(copy);
	assert_string_equal(copy, expected);
}

static void makes_printable(void **state)
{
	(void)state;
	assert_made_printable("", "");
	assert_made_printable("plain ~text", "plain ~text");
	assert_made_printable("a\nb\tc\033d\177e", "a?b?c?d?e");
	/* UTF-8 may stay, but not the control characters in it. */
	assert_made_printable("na\xc3\xafve", "na\xc3\xafve");
	assert_made_printable("\xc2\x9b"
			      "31m\xc2\xa0",
			      "??31m\xc2\xa0");
	/* Nor what makes it read the other way round. */
	assert_made_printable("\xe2\x80\xae|\xe2\x80\xac", "???|???");
	assert_made_printable("\xe2\x81\xa6|\xe2\x81\xa9", "???|???");
	assert_made_printable("\xe2\x80\xa6\xe2\x81\xaa",
			      "\xe2\x80\xa6\xe2\x81\xaa");
	assert_made_printable("\xc2", "?");
	assert_made_printable("\xc3\xaf\xff", "???");
}

static void want_text(void)
{
	no_memory = true;
	text("x");
}

static void want_copy(void)
{
	no_memory = true;
	must_strdup("x");
}

static void want_array(void)
{
	no_memory = true;
	must_calloc(1, 1);
}

static void want_bytes(void)
{
	struct bytes b = {0};

	no_memory = true;
	bytes_add(&b, "x", 1);
}

static void dies_without_memory(void **state)
{
	void (*const wants[])(void) = {want_text, want_copy, want_array,
				       want_bytes};

	(void)state;
	for (size_t i = 0; i < sizeof(wants) / sizeof(*wants); i++)
		assert_last_words(wants[i], 3, "grade: out of memory\n");
}

static int begin(void **state)
{
	(void)state;
	alarm(HANGS_AFTER_SECONDS);
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/file", directory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readable_quotes_text),
		cmocka_unit_test(readable_escapes),
		cmocka_unit_test(readable_is_a_literal_of_the_same_bytes),
		cmocka_unit_test(readable_cuts),
		cmocka_unit_test(bytes_grow),
		cmocka_unit_test(bytes_drop),
		cmocka_unit_test(slurp_reads_a_file),
		cmocka_unit_test(slurp_reads_more_than_one_block),
		cmocka_unit_test(slurp_says_what_is_wrong),
		cmocka_unit_test(slurp_waits_for_nobody),
		cmocka_unit_test(put_file_writes_to_what_is_there),
		cmocka_unit_test(files_are_closed),
		cmocka_unit_test(text_is_made),
		cmocka_unit_test(now_is_monotonic_nanoseconds),
		cmocka_unit_test(dies_with_a_line),
		cmocka_unit_test(last_words_are_one_line),
		cmocka_unit_test(makes_printable),
		cmocka_unit_test(dies_without_memory),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
