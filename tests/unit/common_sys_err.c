/* SPDX-License-Identifier: MIT */
/* common_sys_err.c - tests of sys_err and sys_warn. */
/* wrap: write */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "sys_err.h"

#include "common_child.h"

#include <wchar.h>

/* While `caught.on`, writes are caught instead of made. */
static struct {
	int on, fd, calls, error;
	size_t n;
	char text[2048];
} caught;

ssize_t __real_write(int fd, const void *buf, size_t n);
ssize_t __wrap_write(int fd, const void *buf, size_t n);

ssize_t __wrap_write(int fd, const void *buf, size_t n)
{
	if (!caught.on)
		return __real_write(fd, buf, n);
	caught.fd = fd;
	caught.calls++;
	caught.n = n < sizeof(caught.text) ? n : sizeof(caught.text) - 1;
	memcpy(caught.text, buf, caught.n);
	caught.text[caught.n] = '\0';
	if (caught.error == 0)
		return (ssize_t)n;
	errno = caught.error;
	return -1;
}

static int catch_writes(void **state)
{
	(void)state;
	memset(&caught, 0, sizeof(caught));
	caught.on = 1;
	return 0;
}

static int let_writes_go(void **state)
{
	(void)state;
	caught.on = 0;
	return 0;
}

static void assert_said(const char *rest)
{
	char line[2048];

	snprintf(line, sizeof(line), "%s: %s\n", program_invocation_short_name,
		 rest);
	assert_string_equal(caught.text, line);
}

static void warns_in_one_write_to_stderr(void **state)
{
	(void)state;
	errno = ENOENT;
	sys_warn("open %s, try %d", "notes.txt", 3);
	assert_int_equal(caught.calls, 1);
	assert_int_equal(caught.fd, STDERR_FILENO);
	assert_said("open notes.txt, try 3: No such file or directory");
}

static void warning_keeps_errno(void **state)
{
	(void)state;
	caught.error = EBADF;
	errno = EADDRINUSE;
	sys_warn("bind");
	assert_int_equal(caught.calls, 1);
	assert_int_equal(errno, EADDRINUSE);
}

/* Through a pointer, or gcc -Wpedantic finds that %m is not ISO C. */
static void percent_m_is_the_reason_too(void **state)
{
	void (*const warn)(const char *, ...) = sys_warn;

	(void)state;
	errno = EACCES;
	warn("%m");
	assert_said("Permission denied: Permission denied");
}

static void unknown_errno_has_its_number(void **state)
{
	(void)state;
	errno = 9999;
	sys_warn("call");
	assert_said("call: Unknown error 9999");
}

static void long_text_is_cut_and_reason_stays(void **state)
{
	char text[4000], rest[1024];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = EPIPE;
	sys_warn("%s", text);
	snprintf(rest, sizeof(rest), "%.511s: Broken pipe", text);
	assert_said(rest);
}

static void long_program_name_is_cut(void **state)
{
	char *name = program_invocation_short_name;
	char longer[4000], what[4000], line[1024];

	(void)state;
	memset(longer, 'p', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	memset(what, 'w', sizeof(what) - 1);
	what[sizeof(what) - 1] = '\0';
	program_invocation_short_name = longer;
	errno = EPIPE;
	sys_warn("%s", what);
	program_invocation_short_name = name;
	snprintf(line, sizeof(line), "%.128s: %.511s: Broken pipe\n", longer,
		 what);
	assert_string_equal(caught.text, line);
}

/* No character of the C locale has this number, so vsnprintf fails. */
static void unprintable_text_is_replaced_by_its_format(void **state)
{
	(void)state;
	errno = EPIPE;
	sys_warn("odd %lc", (wint_t)0x10ffff);
	assert_said("odd %lc: Broken pipe");
}

static void fails_to_open(void)
{
	errno = ENOENT;
	sys_err("open %s", "nowhere");
}

static void err_says_so_and_exits_1(void **state)
{
	(void)state;
	assert_ends(fails_to_open, "open nowhere", ENOENT);
}

static void fails_after_output(void)
{
	dup2(STDERR_FILENO, STDOUT_FILENO);
	printf("from stdio\n");
	errno = EIO;
	sys_err("read");
}

static void err_writes_out_what_stdio_holds(void **state)
{
	struct ending end = end_of(fails_after_output);

	(void)state;
	assert_non_null(strstr(end.said, ": read: Input/output error\n"));
	assert_non_null(strstr(end.said, "from stdio\n"));
}

static void fails_unheard(void)
{
	close(STDERR_FILENO);
	errno = EIO;
	sys_err("read");
}

static void err_exits_1_even_unheard(void **state)
{
	struct ending end = end_of(fails_unheard);

	(void)state;
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 1);
}

#define CAUGHT(test) \
	cmocka_unit_test_setup_teardown(test, catch_writes, let_writes_go)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CAUGHT(warns_in_one_write_to_stderr),
		CAUGHT(warning_keeps_errno),
		CAUGHT(percent_m_is_the_reason_too),
		CAUGHT(unknown_errno_has_its_number),
		CAUGHT(long_text_is_cut_and_reason_stays),
		CAUGHT(long_program_name_is_cut),
		CAUGHT(unprintable_text_is_replaced_by_its_format),
		cmocka_unit_test(err_says_so_and_exits_1),
		cmocka_unit_test(err_writes_out_what_stdio_holds),
		cmocka_unit_test(err_exits_1_even_unheard),
	};

	return cmocka_run_group_tests_name("sys_err", tests, NULL, NULL);
}
