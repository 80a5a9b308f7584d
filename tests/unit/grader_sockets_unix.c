/* SPDX-License-Identifier: MIT */
/* grader_sockets_unix.c - tests of what is known of UNIX sockets. */
#define _GNU_SOURCE 1
#include "sockets_unix.h"

#include "common_child.h"

#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct unix_sockets all;
static char dir[] = "/tmp/grader_sockets_unix.XXXXXX";

static int in_a_directory(void **state)
{
	(void)state;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

static int bound(int type, const char *name, size_t n)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	socklen_t start = offsetof(struct sockaddr_un, sun_path);
	int fd = socket(AF_UNIX, type, 0);

	memcpy(at.sun_path, name, n);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, start + (socklen_t)n),
			 0);
	return fd;
}

static uint32_t inode_of(int fd)
{
	struct stat about;

	assert_int_equal(fstat(fd, &about), 0);
	return (uint32_t)about.st_ino;
}

/* The one that a process has open as fd. */
static const struct unix_socket *find(int fd)
{
	unix_sockets_read(&all);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].inode == inode_of(fd))
			return &all.s[i];
	return NULL;
}

static void knows_who_listens(void **state)
{
	int fd = bound(SOCK_STREAM, "here", 4);
	struct stat file;

	(void)state;
	assert_int_equal(stat("here", &file), 0);
	assert_non_null(find(fd));
	assert_int_not_equal(find(fd)->state, TCP_LISTEN);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(find(fd)->state, TCP_LISTEN);
	assert_int_equal(find(fd)->type, SOCK_STREAM);
	assert_true(is_bound_to(find(fd), &file, "no such name"));
	close(fd);
	assert_int_equal(unlink("here"), 0);
}

static void knows_a_file_by_any_name(void **state)
{
	int one = bound(SOCK_DGRAM, "one", 3),
	    two = bound(SOCK_DGRAM, "two", 3);
	struct stat file;

	(void)state;
	assert_int_equal(rename("one", "moved"), 0);
	assert_int_equal(stat("moved", &file), 0);
	assert_true(is_bound_to(find(one), &file, "moved"));
	assert_false(is_bound_to(find(two), &file, "moved"));
	/* Where the numbers do not agree the name has to do, all of it. */
	file.st_ino++;
	assert_true(is_bound_to(find(one), &file, "one"));
	assert_false(is_bound_to(find(one), &file, "on"));
	assert_false(is_bound_to(find(one), &file, "one more"));
	close(one);
	close(two);
	assert_int_equal(unlink("moved") | unlink("two"), 0);
}

static void knows_abstract_names(void **state)
{
	int fd = bound(SOCK_DGRAM, "\0a\0b", 4);

	(void)state;
	assert_int_equal(find(fd)->length, 4);
	assert_memory_equal(find(fd)->name, "\0a\0b", 4);
	assert_int_equal(find(fd)->file, 0);
	close(fd);
}

static void knows_whose_sending_has_ended(void **state)
{
	int end[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
	assert_int_equal(find(end[0])->ended, 0);
	assert_int_equal(shutdown(end[1], SHUT_WR), 0);
	assert_int_equal(find(end[0])->ended, RCV_SHUTDOWN);
	assert_int_equal(find(end[1])->ended, SEND_SHUTDOWN);
	close(end[1]);
	assert_int_equal(find(end[0])->ended, RCV_SHUTDOWN | SEND_SHUTDOWN);
	close(end[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_who_listens),
		cmocka_unit_test(knows_a_file_by_any_name),
		cmocka_unit_test(knows_abstract_names),
		cmocka_unit_test(knows_whose_sending_has_ended),
	};

	return cmocka_run_group_tests(tests, in_a_directory, remove_directory);
}
