/* SPDX-License-Identifier: MIT */
/* tell.c - what the judge tells: a line of JSON for each thing that is known */
#include "court.h"

#include "diagnoses.h"
#include "excerpt.h"
#include "language.h"
#include "run.h"
#include "verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct task *find_build(struct court *c, const struct lab *lab,
			const char *program, enum tool tool)
{
	for (size_t i = 0; i < c->n; i++) {
		struct job *j = &c->task[i].job;

		if (j->lab == lab && !j->check && j->tool == tool &&
		    strcmp(j->program, program) == 0)
			return &c->task[i];
	}
	return NULL;
}

static const char *word(const struct task *t, const char *key)
{
	const char *s = json_string_value(json_object_get(t->verdict, key));

	return s ? s : "";
}

bool status_is(const struct task *t, const char *status)
{
	return t->state == FINISHED && strcmp(word(t, "status"), status) == 0;
}

const struct check *build_check(const struct lab *lab)
{
	return lab->checks[0]; /* by convention; tested */
}

static void tell(struct court *c, json_t *line)
{
	char *s = json_dumps(line, JSON_COMPACT);

	if (!s)
		die("a result that is no JSON");
	for (size_t put = 0, n = strlen(s); put <= n;) {
		ssize_t w = write(c->out, put < n ? s + put : "\n",
				  put < n ? n - put : 1);

		if (w < 0 && errno != EINTR)
			die_errno("telling a result");
		put += w > 0 ? (size_t)w : 0;
	}
	free(s);
	json_decref(line);
}

static void describe(json_t *line, const struct lab *lab, const struct check *k)
{
	const char *id = json_string_value(json_object_get(line, "diagnosis"));
	const struct diagnosis *d = id ? find_diagnosis(id) : NULL;
	const char *status = json_string_value(json_object_get(line, "status"));

	json_object_set_new(line, "lab", json_string(lab->name));
	json_object_set_new(line, "check", json_string(k->id));
	json_object_set_new(line, "id", json_string(k->id));
	json_object_set_new(line, "title", json_string(_(k->claim)));
	json_object_set_new(line, "max_points", json_integer(k->points));
	json_object_set_new(line, "points",
			    json_integer(strcmp(status, VERDICT_PASS) == 0
						 ? k->points
						 : 0));
	if (strcmp(status, VERDICT_FAIL) != 0)
		return;
	json_object_set_new(line, "hint", json_string(_(k->hint)));
	if (d)
		json_object_set_new(line, "handout",
				    json_string(taught_at(d, lab)));
}

/* Where the compiler had the sources: SOURCES and the lab's name, a slash. */
#define SOURCES "/src/"

/* A word of what the compiler said: sources by the name that they have in a
 * checkout, which terminals and editors can follow, and nothing of the linker's
 * temporary files, whose names are others each time.  Is anything left of it? */
static bool add_word(struct bytes *to, const char *word, size_t n,
		     const char *of_source, const char *place)
{
	const char *end = word + n;
	const char *own = memmem(word, n, ".o:", 3);

	if (own && strncmp(word, "/tmp/cc", 7) == 0)
		word = own + 3;
	own = memmem(word, (size_t)(end - word), of_source, strlen(of_source));
	if (own && *word == '/') {
		word = own + strlen(of_source);
		bytes_add(to, place, strlen(place));
	}
	bytes_add(to, word, (size_t)(end - word));
	return word < end;
}

static void add_line(struct bytes *to, char *line, const struct lab *lab,
		     const char *file)
{
	char *place = text("labs/%s/", lab->name);
	char *of_source = text(SOURCES "%s/", lab->name);
	char *by_chance = strstr(line, " bytes after a total of ");

	if (by_chance) /* cc1 is out of memory */
		by_chance[strlen(" bytes")] = 0;
	if (strncmp(line, file, strlen(file)) == 0)
		bytes_add(to, place, strlen(place));
	while (*line) {
		size_t blanks = strspn(line, " "), n;

		bytes_add(to, line, blanks);
		line += blanks;
		n = strcspn(line, " ");
		if (!add_word(to, line, n, of_source, place) && line[n])
			n++; /* nor of the blank behind it */
		line += n;
	}
	free(of_source);
	free(place);
}

static void add_said(struct bytes *to, const char *s, const struct lab *lab,
		     const char *program)
{
	char *file = text("%s.c:", program);

	while (*s) {
		size_t n = strcspn(s, "\n");
		char *line = text("%.*s", (int)n, s);

		add_line(to, line, lab, file);
		free(line);
		if (s[n])
			bytes_add(to, "\n", 1);
		s += n + (s[n] == '\n');
	}
	free(file);
}

json_t *verdict_of_build(struct court *c, const struct lab *lab)
{
	const struct diagnosis *d = NULL;
	struct bytes said = {0};
	const char *culprit = NULL;
	json_t *v;

	for (const char *const *p = lab->programs; *p; p++) {
		struct task *b = find_build(c, lab, *p, PLAIN);
		const char *s = word(b, "compiler");

		if (status_is(b, VERDICT_ERROR))
			return json_incref(b->verdict);
		if (!status_is(b, VERDICT_PASS) && d != &does_not_compile) {
			d = &does_not_compile;
			culprit = *p;
		} else if (!d && strstr(s, "warning:")) {
			d = &compiler_warnings;
			culprit = *p;
		}
		add_said(&said, s, lab, *p);
	}
	if (!d)
		return json_pack("{s:s}", "status", VERDICT_PASS);
	bytes_add(&said, "", 1);
	v = json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:s, s:[{s:i, s:s}]}", "status",
		VERDICT_FAIL, "diagnosis", d->id, "message", _(d->title),
		"explanation", _(d->text), "expected",
		json_sprintf(_("%s.c compiles without a warning"), culprit),
		"got", (const char *)said.data, "transcript", "n", 1, "what",
		text("cc %s %s.c", compiler_flags, culprit));
	bytes_free(&said);
	return v;
}

static void show_source(json_t *line, const struct lab *lab,
			const struct stage *s)
{
	const char *got = json_string_value(json_object_get(line, "got"));
	json_t *all = got ? excerpts(s, lab, got) : NULL;

	if (json_array_size(all))
		json_object_set(line, "source", all);
	json_decref(all);
}

/* A check's result, from its verdict. */
void tell_check(struct court *c, const struct lab *lab, const struct check *k,
		json_t *verdict)
{
	json_t *line = json_deep_copy(verdict);

	describe(line, lab, k);
	if (k != build_check(lab)) /* the compiler shows them itself */
		show_source(line, lab, &c->order->stage);
	tell(c, line);
}

void tell_if_lab_done(struct court *c, const struct lab *lab)
{
	uint64_t now = now_ns(), began = now;

	for (size_t i = 0; i < c->n; i++) {
		const struct task *t = &c->task[i];

		if (t->job.lab != lab)
			continue;
		if (t->state != FINISHED)
			return;
		if (t->began && t->began < began)
			began = t->began;
	}
	tell(c, json_pack("{s:s, s:f}", "lab", lab->name, "seconds",
			  (double)(now - began) / NS_PER_S));
}

void tell_progress(struct court *c)
{
	char *names = must_strdup("");
	size_t done = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct task *t = &c->task[i];
		char *more;

		done += t->state == FINISHED;
		if (t->state != RUNNING_NOW)
			continue;
		more = text("%s%s%s", names, *names ? ", " : "",
			    t->job.check ? t->job.check->id : "cc");
		free(names);
		names = more;
	}
	tell(c, json_pack("{s:s, s:I, s:I}", "running", names, "done",
			  (json_int_t)done, "of", (json_int_t)c->n));
	free(names);
}
