/* SPDX-License-Identifier: MIT */
/* common_child.h - how a piece of code ends the program, and what it says. */
#ifndef TESTS_COMMON_CHILD_H
#define TESTS_COMMON_CHILD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The status of a child whose piece of code came back. */
enum { CAME_BACK = 42 };

/* A test of something that hangs is to fail, not to hang; but none is to fail
 * because the machine is slow. */
enum { HANGS_AFTER_SECONDS = 600 };

struct ending {
	int status; /* as of waitpid(2) */
	char said[8192];
};

/* Runs body in a forked child, with its stderr in a pipe.  Nothing in body
 * may assert: the child would go on with the rest of the tests. */
static inline struct ending end_of(void (*body)(void))
{
	struct ending end = {0};
	size_t n = 0;
	ssize_t got;
	int err[2];
	pid_t pid;

	fflush(NULL);
	assert_int_equal(pipe(err), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(HANGS_AFTER_SECONDS);
		dup2(err[1], STDERR_FILENO);
		close(err[0]);
		close(err[1]);
		body();
		_exit(CAME_BACK);
	}
	close(err[1]);
	while ((got = read(err[0], end.said + n, sizeof(end.said) - 1 - n)) > 0)
		n += (size_t)got;
	close(err[0]);
	assert_int_equal(waitpid(pid, &end.status, 0), pid);
	return end;
}

/* body must exit with 1 after one line: "program: what: reason". */
static inline void assert_ends(void (*body)(void), const char *what, int error)
{
	struct ending end = end_of(body);
	char line[1024];

	snprintf(line, sizeof(line), "%s: %s: %s\n",
		 program_invocation_short_name, what, strerror(error));
	assert_string_equal(end.said, line);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 1);
}

/* A piece of code that must end the program, and what is to be said of it. */
struct last_call {
	void (*body)(void);
	const char *what;
	int error;
};

static inline void ends_program(void **state)
{
	const struct last_call *c = *state;

	assert_ends(c->body, c->what, c->error);
}

/* The test of that, under the name of the piece of code. */
#define ENDS(body, what, error)                                      \
	{                                                            \
#body, ends_program, NULL, NULL, &(struct last_call) \
		{                                                    \
			body, what, error                            \
		}                                                    \
	}

#endif
