/* SPDX-License-Identifier: MIT */
/* grader_record.c - tests of what is read from a witness's record. */
#define _GNU_SOURCE 1
#include "record.h"

#include "common_child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct trial t;
static struct witness *record; /* the program's view of it */

static int make_record(void **state)
{
	(void)state;
	t.witness = memfd_create("witness", MFD_CLOEXEC);
	if (t.witness < 0 || ftruncate(t.witness, sizeof(*record)) < 0)
		return -1;
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED,
		      t.witness, 0);
	if (record == MAP_FAILED)
		return -1;
	record->magic = WITNESS_MAGIC;
	return 0;
}

static int drop_record(void **state)
{
	(void)state;
	munmap(record, sizeof(*record));
	return close(t.witness);
}

static struct witness_event *note(enum witness_call call, int error)
{
	struct witness_event *e = &record->event[record->next++];

	*e = (struct witness_event){.state = EVENT_RETURNED,
				    .call = (uint16_t)call,
				    .pid = 100,
				    .error = error,
				    .result = error ? -1 : 0};
	return e;
}

static void note_bind(int32_t pid, int fd)
{
	struct witness_event *e = note(CALL_BIND, 0);

	e->pid = pid;
	e->arg[0] = fd;
}

static void note_option(int32_t pid, int fd, int level, int option)
{
	struct witness_event *e = note(CALL_SETSOCKOPT, 0);

	e->pid = pid;
	e->arg[0] = fd;
	e->arg[1] = level;
	e->arg[2] = option;
}

static void sees_failed_calls(void **state)
{
	(void)state;
	assert_false(witness_saw(&t, CALL_ACCEPT, EINTR));
	note(CALL_SOCKET, 0);
	note(CALL_ACCEPT, ECONNABORTED);
	note(CALL_READ, EINTR);
	assert_false(witness_saw(&t, CALL_ACCEPT, EINTR));
	assert_true(witness_saw(&t, CALL_ACCEPT, ECONNABORTED));
	assert_true(witness_saw(&t, CALL_READ, EINTR));
	assert_true(witness_saw(&t, CALL_SOCKET, 0));
	note(CALL_ACCEPT, EINTR)->state = EVENT_ENTERED;
	assert_false(witness_saw(&t, CALL_ACCEPT, EINTR));
	record->event[record->next - 1].state = EVENT_RETURNED;
	assert_true(witness_saw(&t, CALL_ACCEPT, EINTR));
	/* What lies behind the end is not there yet. */
	record->next--;
	assert_false(witness_saw(&t, CALL_ACCEPT, EINTR));
	assert_true(witness_saw_lately(&t, CALL_READ, EINTR));
	t.recorded = record->next;
	assert_false(witness_saw_lately(&t, CALL_READ, EINTR));
	assert_true(witness_saw(&t, CALL_READ, EINTR));
	t.recorded = 0;
}

static void there_may_be_no_record(void **state)
{
	struct trial without = {.witness = -1};

	(void)state;
	assert_false(witness_saw(&without, CALL_NONE, 0));
	assert_false(witness_saw_late_reuseaddr(&without));
	assert_false(witness_saw_kill_everyone(&without));
}

static void a_full_record_ends(void **state)
{
	(void)state;
	while (record->next < WITNESS_EVENTS)
		note(CALL_READ, 0);
	record->event[WITNESS_EVENTS - 1].error = EIO;
	record->next = UINT32_MAX;
	assert_true(witness_saw(&t, CALL_READ, EIO));
	assert_false(witness_saw(&t, CALL_WRITE, EIO));
}

/* The program can do that at any moment. */
static void a_shortened_record_harms_nobody(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		note(CALL_READ, i);
	assert_int_equal(ftruncate(t.witness,
				   (off_t)(offsetof(struct witness, event) +
					   50 * sizeof(record->event[0]) + 7)),
			 0);
	assert_true(witness_saw(&t, CALL_READ, 49));
	assert_false(witness_saw(&t, CALL_READ, 50));
	assert_int_equal(ftruncate(t.witness, 2), 0);
	assert_false(witness_saw(&t, CALL_READ, 1));
	assert_int_equal(ftruncate(t.witness, 0), 0);
	assert_false(witness_saw(&t, CALL_READ, 1));
}

static void knows_an_option_that_came_too_late(void **state)
{
	(void)state;
	note_option(100, 3, SOL_SOCKET, SO_REUSEADDR);
	note_bind(100, 3);
	assert_false(witness_saw_late_reuseaddr(&t));
	note_option(100, 4, SOL_SOCKET, SO_REUSEADDR); /* another socket */
	note_option(100, 3, SOL_SOCKET, SO_KEEPALIVE);
	note_option(100, 3, SOL_SOCKET + 1, SO_REUSEADDR);
	note_option(101, 3, SOL_SOCKET, SO_REUSEADDR); /* another process */
	assert_false(witness_saw_late_reuseaddr(&t));
	note_bind(101, 3); /* that one binds now */
	assert_false(witness_saw_late_reuseaddr(&t));
	note_option(101, 3, SOL_SOCKET, SO_REUSEADDR);
	assert_true(witness_saw_late_reuseaddr(&t));
}

static void knows_a_signal_to_everyone(void **state)
{
	(void)state;
	note(CALL_KILL, 0)->arg[0] = 100;
	note(CALL_WAIT, 0)->arg[0] = -1;
	assert_false(witness_saw_kill_everyone(&t));
	note(CALL_KILL, 0)->arg[0] = -1;
	assert_true(witness_saw_kill_everyone(&t));
}

static void note_ready(short one, short other)
{
	const struct pollfd ready[] = {{3, POLLIN, one}, {4, POLLIN, other}};
	struct witness_event *e = note(CALL_POLL, 0);

	e->result = 2;
	memcpy(e->bytes, ready, sizeof(ready));
	e->n_bytes = sizeof(ready);
}

static void knows_what_was_ready(void **state)
{
	(void)state;
	assert_int_equal(witness_saw_ready(&t), 0);
	note_ready(POLLIN, POLLHUP);
	note_ready(POLLOUT, 0);
	note(CALL_READ, 0)->result = 1;
	note(CALL_POLL, 0); /* timed out */
	note(CALL_POLL, EINTR);
	assert_int_equal(witness_saw_ready(&t), POLLOUT);
	assert_int_equal(witness_ever_saw_ready(&t),
			 POLLIN | POLLHUP | POLLOUT);
}

/* It says that there is more than there is room for. */
static void a_length_that_lies_harms_nobody(void **state)
{
	(void)state;
	note_ready(POLLIN, POLLHUP);
	record->event[0].n_bytes = 255;
	assert_int_equal(witness_saw_ready(&t), POLLIN | POLLHUP);
	record->event[0].n_bytes = 7;
	assert_int_equal(witness_saw_ready(&t), 0);
}

static void knows_how_the_last_call_ended(void **state)
{
	(void)state;
	assert_int_equal(witness_last_error(&t, CALL_POLL), 0);
	note(CALL_POLL, EINTR);
	note(CALL_READ, EAGAIN);
	assert_int_equal(witness_last_error(&t, CALL_POLL), EINTR);
	note(CALL_POLL, ENOMEM)->state = EVENT_ENTERED;
	assert_int_equal(witness_last_error(&t, CALL_POLL), EINTR);
	note(CALL_POLL, 0);
	assert_int_equal(witness_last_error(&t, CALL_POLL), 0);
}

static void note_accept(int fd)
{
	note(CALL_ACCEPT, 0)->result = fd;
}

static void note_read(int32_t tid, int fd)
{
	struct witness_event *e = note(CALL_READ, 0);

	e->tid = tid;
	e->arg[0] = fd;
}

static void knows_what_was_closed_twice(void **state)
{
	(void)state;
	note(CALL_CLOSE, EBADF)->arg[0] = 5; /* never opened */
	note_accept(5);
	note(CALL_CLOSE, 0)->arg[0] = 5;
	note(CALL_CLOSE, EBADF)->arg[0] = 6;
	note(CALL_CLOSE, EBADF)->arg[0] = -1;
	note(CALL_CLOSE, EBADF)->arg[0] = 70000;
	assert_false(witness_saw_closed_twice(&t));
	note(CALL_CLOSE, EBADF)->arg[0] = 5;
	assert_true(witness_saw_closed_twice(&t));
}

static struct witness_event *note_by(int32_t tid, enum witness_call call,
				     int error, int fd)
{
	struct witness_event *e = note(call, error);

	e->tid = tid;
	e->arg[0] = fd;
	return e;
}

static void knows_what_another_thread_has_closed(void **state)
{
	(void)state;
	note_by(100, CALL_LISTEN, 0, 3);
	note_by(101, CALL_READ, EBADF, 5); /* never open */
	note_by(101, CALL_CLOSE, 0, 6);
	note_by(101, CALL_READ, EBADF, 6); /* closed by itself */
	note_by(102, CALL_CLOSE, EBADF, 6);
	assert_false(witness_saw_closed_by_another(&t));
	note_by(102, CALL_WRITE, EBADF, 6);
	assert_true(witness_saw_closed_by_another(&t));
}

static void knows_who_closes_the_listener(void **state)
{
	(void)state;
	note_by(100, CALL_LISTEN, 0, 3);
	note_by(101, CALL_CLOSE, 0, 3);
	assert_false(witness_saw_closed_by_another(&t));
	note_by(102, CALL_CLOSE, EBADF, 3);
	assert_true(witness_saw_closed_by_another(&t));
}

static void knows_what_was_received(void **state)
{
	(void)state;
	note(CALL_READ, 0)->result = 6; /* descriptor 0 */
	note(CALL_SOCKET, 0)->result = 3;
	note_by(100, CALL_READ, 0, 3); /* nothing, or end of file */
	assert_false(witness_saw_received(&t));
	note_by(100, CALL_READ, 0, 3)->result = 6;
	assert_true(witness_saw_received(&t));
}

static void knows_two_threads_on_one_connection(void **state)
{
	(void)state;
	note_accept(5);
	note_accept(6);
	note_read(101, 6);
	assert_false(witness_saw_shared_connection(&t));
	note_read(102, 6);
	assert_true(witness_saw_shared_connection(&t));
	/* Somebody looks after the first one, too. */
	note_read(103, 5);
	assert_false(witness_saw_shared_connection(&t));
}

static void counts_the_calls_of_one_process(void **state)
{
	(void)state;
	note(CALL_SLEEP, 0);
	note(CALL_SLEEP, 0)->pid = 101;
	note(CALL_READ, 0);
	note(CALL_SLEEP, EINTR);
	assert_int_equal(witness_count(&t, 100, CALL_SLEEP), 2);
	assert_int_equal(witness_count(&t, 101, CALL_SLEEP), 1);
	assert_int_equal(witness_count(&t, 102, CALL_SLEEP), 0);
}

/* To ask once more than needed, each time, is no spinning. */
static void knows_spinning(void **state)
{
	(void)state;
	for (int i = 0; i < 300; i++) {
		note(CALL_POLL, 0);
		note(CALL_READ, 0);
		note(CALL_READ, EAGAIN);
	}
	assert_false(witness_saw_spinning(&t, 100));
	for (int i = 0; i < 99; i++)
		note(CALL_READ, EAGAIN)->pid = 101;
	assert_false(witness_saw_spinning(&t, 101));
	note(CALL_READ, EAGAIN)->pid = 101;
	assert_true(witness_saw_spinning(&t, 101));
}

static struct witness_event *note_shm(const char *name, int64_t key)
{
	struct witness_event *e = note(CALL_SHM, 0);

	e->arg[0] = key;
	e->n_bytes = (uint8_t)strlen(name);
	memcpy(e->bytes, name, e->n_bytes);
	return e;
}

static void knows_modes_and_failures_of_shmget(void **state)
{
	(void)state;
	note_shm("shmget", 7)->arg[2] = IPC_CREAT | 0600;
	note_shm("shmget", 7)->arg[2] = 0; /* makes nothing */
	note(CALL_MKFIFO, 0)->arg[1] = 0600;
	note_shm("shmctl", 7)->error = EINVAL;
	assert_int_equal(witness_saw_other_mode(&t), 0);
	assert_false(witness_saw_shmget(&t, EINVAL));
	note_shm("shmget", 7)->error = EINVAL;
	assert_true(witness_saw_shmget(&t, EINVAL));
	note(CALL_MKFIFO, 0)->arg[1] = 0666;
	assert_int_equal(witness_saw_other_mode(&t), 0666);
}

static void knows_another_key(void **state)
{
	(void)state;
	t.recorded = 0;
	assert_false(witness_saw_other_key(&t, 7));
	note_shm("shmctl", 8);
	assert_false(witness_saw_other_key(&t, 7));
	note_shm("shmget", 8);
	assert_true(witness_saw_other_key(&t, 7));
	note_shm("shmget", 7);
	assert_false(witness_saw_other_key(&t, 7));
	/* Of the latest program only. */
	t.recorded = record->next;
	note_shm("shmget", 9);
	assert_true(witness_saw_other_key(&t, 7));
	t.recorded = 0;
}

static struct witness_event *note_address(enum witness_call call, int error,
					  const void *address, size_t n)
{
	struct witness_event *e = note(call, error);

	memcpy(e->bytes, address, n);
	e->n_bytes = (uint8_t)n;
	return e;
}

static void knows_ports_of_both_families(void **state)
{
	const struct sockaddr_in v4 = {.sin_family = AF_INET,
				       .sin_port = htons(7007)};
	const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
					.sin6_port = htons(7008)};
	const struct sockaddr_in none = {.sin_port = htons(7009)};
	const struct sockaddr_un path = {.sun_family = AF_UNIX,
					 .sun_path = {7007 >> 8, 7007 & 0xff}};

	(void)state;
	assert_int_equal(witness_called_port(&t), 0);
	note_address(CALL_CONNECT, 0, &v4, sizeof(v4));
	assert_int_equal(witness_called_port(&t), 7007);
	note_address(CALL_CONNECT, 0, &v6, sizeof(v6));
	note_address(CALL_CONNECT, 0, &path, 20);
	note_address(CALL_CONNECT, EINVAL, &v4, 8);
	note_address(CALL_CONNECT, 0, &none, sizeof(none)); /* disconnects */
	assert_int_equal(witness_called_port(&t), 7008);

	note_address(CALL_BIND, EADDRINUSE, &v4, sizeof(v4));
	note_address(CALL_BIND, 0, &v4, sizeof(v4))->state = EVENT_ENTERED;
	assert_false(witness_saw_bound(&t, 7007));
	note_address(CALL_BIND, 0, &none, sizeof(none));
	assert_true(witness_saw_bound(&t, 7009));
	note_address(CALL_BIND, 0, &v6, sizeof(v6));
	assert_true(witness_saw_bound(&t, 7008));
	note_address(CALL_BIND, 0, &v4, sizeof(v4));
	assert_true(witness_saw_bound(&t, 7007));
	/* Of the latest program only. */
	t.recorded = record->next;
	assert_false(witness_saw_bound(&t, 7007));
	t.recorded = 0;
}

static void knows_paths_by_their_heads(void **state)
{
	const char long_one[] =
		"a path of which the record has but a head, and "
		"no more";
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "s"};

	(void)state;
	note_address(CALL_BIND, EADDRINUSE, &at, sizeof(sa_family_t) + 1);
	assert_false(witness_saw_bound_at(&t, "s"));
	note_address(CALL_BIND, 0, &at, sizeof(sa_family_t) + 1);
	assert_true(witness_saw_bound_at(&t, "s"));
	assert_false(witness_saw_bound_at(&t, "sock"));
	assert_false(witness_saw_bound_at(&t, long_one));
	memcpy(at.sun_path, long_one, sizeof(long_one));
	note_address(CALL_BIND, 0, &at, WITNESS_BYTES);
	assert_true(witness_saw_bound_at(&t, long_one));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_record, drop_record)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sees_failed_calls),
		TEST(there_may_be_no_record),
		TEST(a_full_record_ends),
		TEST(a_shortened_record_harms_nobody),
		TEST(knows_an_option_that_came_too_late),
		TEST(knows_a_signal_to_everyone),
		TEST(knows_what_was_ready),
		TEST(a_length_that_lies_harms_nobody),
		TEST(knows_how_the_last_call_ended),
		TEST(knows_what_was_closed_twice),
		TEST(knows_what_another_thread_has_closed),
		TEST(knows_who_closes_the_listener),
		TEST(knows_what_was_received),
		TEST(knows_two_threads_on_one_connection),
		TEST(counts_the_calls_of_one_process),
		TEST(knows_spinning),
		TEST(knows_another_key),
		TEST(knows_modes_and_failures_of_shmget),
		TEST(knows_ports_of_both_families),
		TEST(knows_paths_by_their_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
