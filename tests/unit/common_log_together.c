/* SPDX-License-Identifier: MIT */
/* common_log_together.c - tests of several who log at once. */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "log.h"

#include "common_child.h"
#include "common_log_dir.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { WRITERS = 4, LINES = 400 };

/* A message that shows whether it is whole: "4 cccc" and the like. */
static void log_numbered(int writer, int i)
{
	int n = i * 37 % 800 + 1;
	char letters[801];

	memset(letters, 'a' + writer, (size_t)n);
	letters[n] = '\0';
	log_info("%d %s", n, letters);
}

/* All lines are there, whole, and each writer's in order. */
static void assert_numbered(void)
{
	int seen[WRITERS] = {0};
	char *left = text_of(file);

	for (int i = 0; i < WRITERS * LINES; i++) {
		char *message = next_message(&left, "info"), *letters;
		long n = strtol(message, &letters, 10);
		int writer = letters[1] - 'a';

		assert_in_range(writer, 0, WRITERS - 1);
		assert_int_equal(n, seen[writer]++ * 37 % 800 + 1);
		for (long k = 0; k < n; k++)
			assert_int_equal(letters[1 + k], 'a' + writer);
		assert_int_equal(letters[1 + n], '\0');
	}
	assert_string_equal(left, "");
}

/* All begin together: when the parent closes its end of the pipe. */
static void lines_of_processes_do_not_mix(void **state)
{
	int start[2], status;
	char c;

	(void)state;
	assert_int_equal(pipe(start), 0);
	for (int writer = 0; writer < WRITERS; writer++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid > 0)
			continue;
		close(start[1]);
		if (log_to_file(file) < 0 || read(start[0], &c, 1) != 0)
			_exit(1);
		for (int i = 0; i < LINES; i++)
			log_numbered(writer, i);
		_exit(0);
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_numbered();
}

static void *log_as_thread(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_numbered(*(const int *)arg, i);
	return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
	pthread_t thread[WRITERS];
	int number[WRITERS];

	(void)state;
	for (int i = 0; i < WRITERS; i++) {
		number[i] = i;
		assert_int_equal(pthread_create(&thread[i], NULL, log_as_thread,
						&number[i]),
				 0);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(thread[i], NULL);
	assert_numbered();
}

static atomic_bool stop;

static void *log_until_told(void *arg)
{
	while (!atomic_load(&stop))
		log_debug("thread");
	return arg;
}

/* A child forked while a thread is in the middle of a line must not wait for
 * what that thread was holding: it is not there to let go. */
static void a_child_forked_meanwhile_can_log(void **state)
{
	pthread_t thread[2];
	int status = 0;

	(void)state;
	assert_int_equal(log_to_file("/dev/null"), 0);
	atomic_store(&stop, false);
	for (int i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, log_until_told, NULL);
	for (int i = 0; i < 100 && status == 0; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			alarm(HANGS_AFTER_SECONDS);
			log_info("child");
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(lines_of_processes_do_not_mix),
		IN_DIR(lines_of_threads_do_not_mix),
		IN_DIR(a_child_forked_meanwhile_can_log),
	};

	return cmocka_run_group_tests_name("log_together", tests, NULL, NULL);
}
