/* SPDX-License-Identifier: MIT */
/* bench_crossing.c - tests of what ladder measures, and of what it does with wrong bytes. */
#include "crossing.h"

#include "instrument.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { BYTES = 100, TIMES = 7 };

static int receive_with_a_wrong_end(struct link *l)
{
	int result = by_pipe.receive(l);

	l->message[l->bytes - 1] ^= 1;
	return result;
}

static int receive_what_was_there(struct link *l)
{
	unsigned char old[BYTES];

	memcpy(old, l->message, sizeof old);
	int result = by_pipe.receive(l);
	memcpy(l->message, old, sizeof old);
	return result;
}

/* Side 0 is left waiting for an answer. */
static int send_or_die(struct link *l)
{
	if (l->side == 1)
		abort();
	return by_pipe.send(l);
}

/* By pipe, with another way to receive or to send; how ladder ends. */
static int status_with(int (*receive)(struct link *l),
		       int (*send)(struct link *l), char *said, size_t size)
{
	struct mechanism odd = by_pipe;
	struct cores cores;
	struct link l;
	int status, err[2];

	odd.receive = receive ? receive : odd.receive;
	odd.send = send ? send : odd.send;
	assert_int_equal(pipe(err), 0);
	assert_int_equal(link_open(&l, &odd, BYTES), 0);
	assert_true(choose_cores(&cores, false));
	pid_t pid = fork();
	if (pid == 0) {
		dup2(err[1], STDERR_FILENO);
		cross_both_ways(&l, cores, (struct extent){.times = TIMES});
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	link_close(&l);
	close(err[1]);
	ssize_t n = read(err[0], said, size - 1);
	close(err[0]);
	assert_true(n >= 0);
	said[n] = '\0';
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_wrong_byte_is_found(void **state)
{
	char said[200];

	(void)state;
	assert_int_equal(
		status_with(receive_with_a_wrong_end, NULL, said, sizeof said),
		EXIT_CANNOT);
	assert_non_null(
		strstr(said, "pipe: a message of 100 bytes arrived wrong"));
}

static void an_old_message_is_found(void **state)
{
	char said[200];

	(void)state;
	assert_int_equal(
		status_with(receive_what_was_there, NULL, said, sizeof said),
		EXIT_CANNOT);
	assert_non_null(strstr(said, "arrived wrong"));
}

static void a_side_that_dies_ends_the_other(void **state)
{
	char said[200];

	(void)state;
	assert_int_equal(status_with(NULL, send_or_die, said, sizeof said),
			 EXIT_CANNOT);
	assert_non_null(strstr(said, "killed by signal 6"));
}

static void just_so_many_are_measured(void **state)
{
	struct cores cores;
	struct link l;

	(void)state;
	assert_true(choose_cores(&cores, false));
	for (size_t i = 0; mechanisms[i]; i++) {
		if (mechanisms[i]->spins)
			continue;
		assert_int_equal(link_open(&l, mechanisms[i], BYTES), 0);
		const struct crossing *c = cross_both_ways(
			&l, cores, (struct extent){.times = TIMES});
		assert_int_equal(c->round_trip.n, TIMES);
		assert_int_equal(c->messages,
				 TIMES - 1); /* from the first to the last */
		assert_true(c->cpu_ns > 0 && c->one_way_ns > 0);
		link_close(&l);
	}
}

static void each_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; mechanisms[i]; i++)
		assert_ptr_equal(find_mechanism(mechanisms[i]->name),
				 mechanisms[i]);
	assert_null(find_mechanism("rope"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_byte_is_found),
		cmocka_unit_test(an_old_message_is_found),
		cmocka_unit_test(a_side_that_dies_ends_the_other),
		cmocka_unit_test(just_so_many_are_measured),
		cmocka_unit_test(each_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
