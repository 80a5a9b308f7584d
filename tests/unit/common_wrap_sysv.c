/* SPDX-License-Identifier: MIT */
/* common_wrap_sysv.c - tests of the wrappers for shared memory. */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"

enum { NO_SEGMENT = -1, SIZE = 4096 };

static void makes_a_key_of_nothing(void)
{
	Ftok("/no/such/file", 110);
}

static void gets_a_segment_of_no_size(void)
{
	Shmget(IPC_PRIVATE, 0, 0600);
}

static void attaches_nothing(void)
{
	Shmat(NO_SEGMENT, NULL, 0);
}

static void detaches_nothing(void)
{
	static int not_attached;

	Shmdt(&not_attached);
}

static void removes_nothing(void)
{
	Shmctl(NO_SEGMENT, IPC_RMID, NULL);
}

static void a_path_and_a_number_make_a_key(void **state)
{
	(void)state;
	assert_int_equal(Ftok("/", 110), ftok("/", 110));
	assert_int_not_equal(Ftok("/", 110), Ftok("/", 111));
}

static void two_mappings_show_the_same_bytes(void **state)
{
	int id = Shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
	char *one = Shmat(id, NULL, 0);
	const char *other = Shmat(id, NULL, SHM_RDONLY);
	struct shmid_ds info;

	(void)state;
	assert_int_equal(Shmctl(id, IPC_RMID, NULL), 0);
	assert_ptr_not_equal(one, other);
	memcpy(one, "hello", 6);
	assert_string_equal(other, "hello");
	assert_int_equal(Shmctl(id, IPC_STAT, &info), 0);
	assert_int_equal(info.shm_segsz, SIZE);
	assert_int_equal(info.shm_nattch, 2);
	Shmdt(other);
	Shmdt(one);
	assert_int_equal(shmctl(id, IPC_STAT, &info), -1);
}

/* The kernel will not write there for us either. */
static void read_only_is_read_only(void **state)
{
	int id = Shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
	char *bytes = Shmat(id, NULL, SHM_RDONLY);
	int fd[2];

	(void)state;
	Shmctl(id, IPC_RMID, NULL);
	Pipe(fd);
	Write(fd[1], "x", 1);
	assert_int_equal(read(fd[0], bytes, 1), -1);
	assert_int_equal(errno, EFAULT);
	Close(fd[0]);
	Close(fd[1]);
	Shmdt(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(makes_a_key_of_nothing, "ftok /no/such/file", ENOENT),
		ENDS(gets_a_segment_of_no_size, "shmget", EINVAL),
		ENDS(attaches_nothing, "shmat", EINVAL),
		ENDS(detaches_nothing, "shmdt", EINVAL),
		ENDS(removes_nothing, "shmctl", EINVAL),
		cmocka_unit_test(a_path_and_a_number_make_a_key),
		cmocka_unit_test(read_only_is_read_only),
		cmocka_unit_test(two_mappings_show_the_same_bytes),
	};

	return cmocka_run_group_tests_name("wrap_sysv", tests, NULL, NULL);
}
