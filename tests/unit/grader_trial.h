/* SPDX-License-Identifier: MIT */
/* grader_trial.h - a trial in a child of its own, and the verdict it ends in. */
#ifndef TESTS_GRADER_TRIAL_H
#define TESTS_GRADER_TRIAL_H

/*
 * A verdict ends the process that reaches it, so a trial's words are tried in
 * a forked child; its verdict goes into a file in memory, which cannot fill up
 * like a pipe.  A body that comes back is ended by pass(), as a check's is.
 */
#include "trial.h"

#include "common_child.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

/* cmocka's macros; here these are words of a trial. */
#undef fail
#undef skip

/* What a trial is like unless its body changes it: nothing is confined. */
static const struct settings plain_settings = {.factor = 1, .room = "/nowhere"};

static const char *const trial_programs[] = {"server", "client", NULL};
static const struct lab trial_lab = {.name = "09-trial",
				     .programs = trial_programs};

static void (*trial_body)(struct trial *t);
static int trial_report = -1;

static inline struct trial new_trial(void)
{
	return (struct trial){
		.set = &plain_settings,
		.lab = &trial_lab,
		.dir = "trial",
		.report = trial_report,
		.began = now_ns(),
		.control = -1,
		.patience = 1,
		.witness = -1,
		.listener = -1,
		.notes = -1,
		.connection = must_calloc(CONNECTIONS_MAX + 1,
					  sizeof(struct connection *)),
		.steps = json_array(),
		.faults = json_array(),
	};
}

static inline void play_trial(void)
{
	struct trial *t = must_calloc(1, sizeof(*t));

	signal(SIGPIPE, SIG_IGN);
	/* What is left of a trial without a room is found by this. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	*t = new_trial();
	trial_body(t);
	pass(t);
}

/* How the trial's process ended, and what it said on stderr; *verdict is NULL
 * if it reported none. */
static inline struct ending end_of_trial(void (*body)(struct trial *t),
					 json_t **verdict)
{
	struct ending end;

	trial_body = body;
	trial_report = memfd_create("report", MFD_CLOEXEC);
	assert_true(trial_report >= 0);
	end = end_of(play_trial);
	lseek(trial_report, 0, SEEK_SET);
	*verdict = json_loadfd(trial_report, 0, NULL);
	close(trial_report);
	trial_report = -1;
	return end;
}

/* The verdict of a trial that went as it should; the caller's to drop. */
static inline json_t *verdict_of(void (*body)(struct trial *t))
{
	json_t *verdict;
	struct ending end = end_of_trial(body, &verdict);

	assert_string_equal(end.said, "");
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 0);
	assert_non_null(verdict);
	return verdict;
}

static inline const char *word_of(const json_t *verdict, const char *key)
{
	const char *s = json_string_value(json_object_get(verdict, key));

	return s ? s : "(none)";
}

#define assert_word(verdict, key, s) \
	assert_string_equal(word_of((verdict), (key)), (s))

#endif
