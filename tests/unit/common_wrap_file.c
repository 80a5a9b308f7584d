/* SPDX-License-Identifier: MIT */
/* common_wrap_file.c - tests of the wrappers for descriptors and paths. */
/* wrap: open read write close dup2 pipe */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"
#include "common_fault.h"

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
ssize_t __real_read(int fd, void *buf, size_t n);
ssize_t __wrap_read(int fd, void *buf, size_t n);
ssize_t __real_write(int fd, const void *buf, size_t n);
ssize_t __wrap_write(int fd, const void *buf, size_t n);
int __real_close(int fd);
int __wrap_close(int fd);
int __real_dup2(int old_fd, int new_fd);
int __wrap_dup2(int old_fd, int new_fd);
int __real_pipe(int fd[2]);
int __wrap_pipe(int fd[2]);

int __wrap_open(const char *path, int flags, mode_t mode)
{
	return must_fail("open") ? -1 : __real_open(path, flags, mode);
}

ssize_t __wrap_read(int fd, void *buf, size_t n)
{
	return must_fail("read") ? -1 : __real_read(fd, buf, n);
}

ssize_t __wrap_write(int fd, const void *buf, size_t n)
{
	return must_fail("write") ? -1 : __real_write(fd, buf, n);
}

/* As on Linux: the descriptor is gone, whatever close says. */
int __wrap_close(int fd)
{
	int result = __real_close(fd);

	return must_fail("close") ? -1 : result;
}

int __wrap_dup2(int old_fd, int new_fd)
{
	return must_fail("dup2") ? -1 : __real_dup2(old_fd, new_fd);
}

int __wrap_pipe(int fd[2])
{
	return must_fail("pipe") ? -1 : __real_pipe(fd);
}

/* ---- What ends the program ---- */

static void opens_what_is_missing(void)
{
	Open("/no/such/file", O_RDONLY);
}

static void makes_a_file_in_no_place(void)
{
	Open("/no/such/dir/file", O_WRONLY | O_CREAT, 0600);
}

static void reads_from_nowhere(void)
{
	char c;

	Read(-1, &c, 1);
}

static void writes_to_nowhere(void)
{
	Write(-1, "x", 1);
}

static void closes_nothing(void)
{
	Close(-1);
}

static void closes_with_loss(void)
{
	plan_fault("close", EIO, 1);
	Close(Open("/dev/null", O_RDONLY));
}

static void pipes_without_descriptors(void)
{
	int fd[2];

	plan_fault("pipe", EMFILE, 1);
	Pipe(fd);
}

static void dups_nothing(void)
{
	Dup2(-1, STDIN_FILENO);
}

static void fcntls_nothing(void)
{
	Fcntl(-1, F_GETFL);
}

static void unlinks_what_is_missing(void)
{
	Unlink("/no/such/file");
}

static void makes_a_fifo_twice(void)
{
	Mkfifo("/dev/null", 0600);
}

/* ---- What goes on ---- */

static void interrupted_calls_go_on(void **state)
{
	char c = 0;
	int fd[2], null;

	(void)state;
	plan_fault("open", EINTR, 2);
	null = Open("/dev/null", O_RDONLY);
	assert_int_equal(calls_made(), 3);
	Pipe(fd);
	plan_fault("write", EINTR, 2);
	assert_int_equal(Write(fd[1], "x", 1), 1);
	assert_int_equal(calls_made(), 3);
	plan_fault("read", EINTR, 2);
	assert_int_equal(Read(fd[0], &c, 1), 1);
	assert_int_equal(calls_made(), 3);
	assert_int_equal(c, 'x');
	plan_fault("dup2", EINTR, 2);
	assert_int_equal(Dup2(null, fd[0]), fd[0]);
	assert_int_equal(calls_made(), 3);
	Close(fd[0]);
	Close(fd[1]);
	Close(null);
}

static void interrupted_close_is_not_repeated(void **state)
{
	int fd = Open("/dev/null", O_RDONLY);

	(void)state;
	plan_fault("close", EINTR, 1);
	Close(fd);
	assert_int_equal(calls_made(), 1);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void read_may_be_short_and_0_at_the_end(void **state)
{
	char buf[8] = "";
	int fd[2];

	(void)state;
	Pipe(fd);
	assert_int_equal(Write(fd[1], "abc", 3), 3);
	assert_int_equal(Read(fd[0], buf, sizeof(buf)), 3);
	assert_string_equal(buf, "abc");
	Close(fd[1]);
	assert_int_equal(Read(fd[0], buf, sizeof(buf)), 0);
	Close(fd[0]);
}

static void open_passes_the_mode_on(void **state)
{
	char dir[] = "/tmp/wrap_file.XXXXXX", path[64], fifo[64];
	mode_t mask = umask(022);
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	Close(Open(path, O_WRONLY | O_CREAT | O_EXCL, 0640));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	Mkfifo(fifo, 0600);
	assert_int_equal(stat(fifo, &st), 0);
	assert_int_equal(st.st_mode, S_IFIFO | 0600);
	Unlink(path);
	assert_int_equal(stat(path, &st), -1);
	Unlink(fifo);
	rmdir(dir);
	umask(mask);
}

static void fcntl_sets_and_gets(void **state)
{
	int fd[2], flags, copy;

	(void)state;
	Pipe(fd);
	flags = Fcntl(fd[0], F_GETFL);
	assert_int_equal(flags & O_NONBLOCK, 0);
	Fcntl(fd[0], F_SETFL, flags | O_NONBLOCK);
	assert_int_equal(Fcntl(fd[0], F_GETFL), flags | O_NONBLOCK);
	assert_int_equal(Fcntl(fd[0], F_GETFD), 0);
	Fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	assert_int_equal(Fcntl(fd[0], F_GETFD), FD_CLOEXEC);
	copy = Fcntl(fd[0], F_DUPFD, 40);
	assert_true(copy >= 40);
	Close(copy);
	Close(fd[0]);
	Close(fd[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(opens_what_is_missing, "open /no/such/file", ENOENT),
		ENDS(makes_a_file_in_no_place, "open /no/such/dir/file",
		     ENOENT),
		ENDS(reads_from_nowhere, "read", EBADF),
		ENDS(writes_to_nowhere, "write", EBADF),
		ENDS(closes_nothing, "close", EBADF),
		ENDS(closes_with_loss, "close", EIO),
		ENDS(pipes_without_descriptors, "pipe", EMFILE),
		ENDS(dups_nothing, "dup2", EBADF),
		ENDS(fcntls_nothing, "fcntl", EBADF),
		ENDS(unlinks_what_is_missing, "unlink /no/such/file", ENOENT),
		ENDS(makes_a_fifo_twice, "mkfifo /dev/null", EEXIST),
		cmocka_unit_test(interrupted_calls_go_on),
		cmocka_unit_test(interrupted_close_is_not_repeated),
		cmocka_unit_test(read_may_be_short_and_0_at_the_end),
		cmocka_unit_test(open_passes_the_mode_on),
		cmocka_unit_test(fcntl_sets_and_gets),
	};

	return cmocka_run_group_tests_name("wrap_file", tests, NULL, NULL);
}
