/* SPDX-License-Identifier: MIT */
/* transcript.c - what a trial did, step by step, and how it ended */
#include "diagnoses.h"
#include "language.h"
#include "room.h"
#include "timeline/timeline.h"
#include "trial.h"
#include "verdict.h"
#include "words/meeting.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS_MAX 200 /* of a transcript that is kept… */
#define STEPS_HEAD 20 /* …in which these stay, and the latest */
#define SAID_MAX 600  /* bytes of a program's stderr shown with a failure */

void step(struct trial *t, const char *fmt, ...)
{
	double ms = (double)(now_ns() - t->began) / NS_PER_MS;
	va_list args;
	json_t *here;
	char *what, *says;

	va_start(args, fmt);
	what = vtext(fmt, args);
	va_end(args);
	va_start(args, fmt);
	says = vtext(gettext(fmt), args);
	va_end(args);
	if (json_array_size(t->steps) == STEPS_MAX)
		json_array_remove(t->steps, STEPS_HEAD);
	here = json_pack("{s:I, s:f, s:s, s:b}", "n",
			 (json_int_t)++t->step_number, "ms", ms, "what", what,
			 "experiment", t->experimenting);
	if (strcmp(what, says) != 0)
		json_object_set_new(here, "says", json_string(says));
	json_array_append_new(t->steps, here);
	free(what);
	free(says);
}

/* What the programs wrote to stderr: often the answer. */
static json_t *complaints(const struct trial *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->programs; i++) {
		const struct program *p = t->program[i];
		char *said;

		if (!p->complained.n || p->tool != PLAIN)
			continue;
		said = readable(p->complained.data, p->complained.n, SAID_MAX);
		json_array_append_new(list, json_pack("{s:s, s:s}", "program",
						      p->line, "stderr", said));
		free(said);
	}
	return list;
}

void finish(struct trial *t, json_t *verdict)
{
	double seconds = (double)(now_ns() - t->began) / NS_PER_S;
	char *line;

	json_object_set_new(verdict, "seconds", json_real(seconds));
	json_object_set(verdict, "transcript", t->steps);
	json_object_set(verdict, "faults", t->faults);
	line = json_dumps(verdict, JSON_COMPACT | JSON_ENSURE_ASCII);
	for (size_t put = 0, n = strlen(line); put < n;) {
		ssize_t w = write(t->report, line + put, n - put);

		if (w < 0)
			_exit(EXIT_GRADER);
		put += (size_t)w;
	}
	if (!t->set->sandbox) {
		room_kill_descendants();
		forget_meeting(t);
	}
	_exit(0);
}

void pass(struct trial *t)
{
	json_t *v = json_pack("{s:s}", "status", VERDICT_PASS);

	if (t->check && t->set->timelines)
		json_object_set_new(v, "timeline", timeline(t));
	finish(t, v);
}

void skip(struct trial *t, const char *reason)
{
	finish(t, json_pack("{s:s, s:s}", "status", VERDICT_SKIP, "message",
			    translated(reason)));
}

void give_up(struct trial *t, char *why)
{
	finish(t, json_pack("{s:s, s:s}", "status", VERDICT_ERROR, "message",
			    why));
}

static const struct diagnosis *first_confirmed(
	struct trial *t, const struct diagnosis *const *suspects)
{
	for (; suspects && *suspects; suspects++)
		if ((*suspects)->holds && (*suspects)->holds(t))
			return *suspects;
	return NULL;
}

/* The first suspect whose experiment confirms it, else the symptom's name. */
static const struct diagnosis *diagnose(struct trial *t)
{
	const struct diagnosis *d = NULL;

	t->experimenting = true;
	if (t->seen.symptom == GREEDY)
		return &uses_up_everything; /* whatever it meant to do */
	if (t->check)
		d = first_confirmed(t, t->check->suspects);
	if (!d)
		d = first_confirmed(t, t->lab->suspects);
	return d ? d : symptom_diagnosis(&t->seen);
}

void fail_as(struct trial *t, const struct diagnosis *d, enum symptom symptom,
	     char *expected, char *seen)
{
	/* Before an experiment adds to them. */
	json_t *said = complaints(t), *v;
	json_int_t failed_at = t->step_number;
	json_t *story = t->check ? timeline(t) : NULL;

	t->seen.symptom = symptom;
	t->seen.expected = expected;
	t->seen.seen = seen;
	if (!d)
		d = diagnose(t);
	v = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:I}", "status",
		      VERDICT_FAIL, "diagnosis", d->id, "message", _(d->title),
		      "explanation", _(d->text), "expected", expected, "got",
		      seen, "stderr", said, "failed_step", failed_at);
	if (!v)
		die("a verdict that is not UTF-8: %s / %s", expected, seen);
	if (symptom == NEVER_LISTENS)
		json_object_set_new(v, "never_listens", json_true());
	if (story)
		json_object_set_new(v, "timeline", story);
	finish(t, v);
}

void fail(struct trial *t, enum symptom symptom, char *expected, char *seen)
{
	fail_as(t, NULL, symptom, expected, seen);
}
