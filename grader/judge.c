/* SPDX-License-Identifier: MIT */
/* judge.c - all jobs of a run, as many at once as asked for */

/*
 * A lab's jobs depend on each other in one way only: a check needs its program
 * built (and, under the sanitizers, built twice), and its lab's gate, the first
 * check that starts a server, to have shown that there is one that listens.
 * What fell is the reason why the others are skipped: one failure, told once.
 */
#include "judge.h"

#include "court.h"
#include "room.h"
#include "run.h"
#include "verdict.h"
#include "language.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A check ends by itself long before; this is for a fault of our own. */
#define JOB_SECONDS_MAX 300

bool is_wanted(const struct order *order, const struct check *check)
{
	const struct check *const *c = order->only;

	while (c && *c && *c != check)
		c++;
	return !c || *c;
}

static void add_task(struct court *c, const struct lab *lab,
		     const struct check *check, const char *program,
		     enum tool tool)
{
	c->task = realloc(c->task, (c->n + 1) * sizeof(*c->task));
	if (!c->task)
		die("out of memory");
	c->task[c->n] = (struct task){
		.job = {.lab = lab,
			.check = check,
			.program = program,
			.tool = tool,
			.number = (int)c->n},
		.report = -1,
	};
	c->n++;
}

static bool any_slow(const struct court *c, const struct lab *lab)
{
	for (const struct check *const *k = lab->checks; *k; k++)
		if ((*k)->slow && is_wanted(c->order, *k))
			return true;
	return false;
}

static bool any_races(const struct court *c, const struct lab *lab)
{
	for (const struct check *const *k = lab->checks; *k; k++)
		if ((*k)->races && is_wanted(c->order, *k))
			return true;
	return false;
}

static void plan(struct court *c, const struct lab *lab)
{
	for (const char *const *p = lab->programs; *p; p++)
		add_task(c, lab, NULL, *p, PLAIN);
	if (any_slow(c, lab))
		for (const char *const *p = lab->programs; *p; p++)
			add_task(c, lab, NULL, *p, SANITIZERS);
	if (any_races(c, lab))
		for (const char *const *p = lab->programs; *p; p++)
			add_task(c, lab, NULL, *p, HELGRIND);
	for (const struct check *const *k = lab->checks; *k; k++)
		if ((*k)->body && is_wanted(c->order, *k))
			add_task(c, lab, *k,
				 (*k)->program ? (*k)->program : "server",
				 PLAIN);
}

static struct task *find_task(struct court *c, const struct lab *lab,
			      const struct check *check)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->task[i].job.lab == lab && c->task[i].job.check == check)
			return &c->task[i];
	return NULL;
}

static struct task *gate_of(struct court *c, const struct lab *lab)
{
	for (const struct check *const *k = lab->checks; *k; k++)
		if ((*k)->gate)
			return find_task(c, lab, *k);
	return NULL;
}

static bool needs(const struct job *j, const char *program)
{
	return j->check->all_programs || strcmp(program, j->program) == 0;
}

static bool builds_done(struct court *c, const struct job *j)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct job *b = &c->task[i].job;

		if (b->lab != j->lab || b->check ||
		    c->task[i].state == FINISHED)
			continue;
		if (b->tool == PLAIN	  ? needs(j, b->program)
		    : b->tool == HELGRIND ? j->check->races
					  : j->check->slow)
			return false;
	}
	return true;
}

static bool is_ready(struct court *c, const struct task *t)
{
	const struct task *gate;

	if (t->state != WAITING)
		return false;
	if (!t->job.check)
		return true;
	gate = gate_of(c, t->job.lab);
	return builds_done(c, &t->job) &&
	       (!gate || gate == t || gate->state == FINISHED);
}

/* Why the check cannot be judged, or NULL.  Also, for those that can, why they
 * will find no server. */
static char *obstacle(struct court *c, struct task *t)
{
	struct task *gate = gate_of(c, t->job.lab);

	for (const char *const *p = t->job.lab->programs; *p; p++) {
		struct task *build = find_build(c, t->job.lab, *p, PLAIN);

		if (needs(&t->job, *p) && !status_is(build, VERDICT_PASS))
			return sentence(
				json_object_get(build->verdict, "missing")
					? N_("%s.c is missing: see %s")
					: N_("%s.c does not compile: see %s"),
				*p, build_check(t->job.lab)->id);
		build = t->job.check->races
				? find_build(c, t->job.lab, *p, HELGRIND)
				: NULL;
		if (build && !status_is(build, VERDICT_PASS))
			return sentence("%s.c cannot be built for helgrind",
					*p);
	}
	if (gate && gate != t && gate->state == FINISHED &&
	    json_object_get(gate->verdict, "never_listens"))
		t->job.skip_serve = sentence(
			"the server never listens where it should: see %s",
			gate->job.check->id);
	return NULL;
}

static bool builds_finished(struct court *c, const struct lab *lab)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->task[i].job.lab == lab && !c->task[i].job.check &&
		    c->task[i].state != FINISHED)
			return false;
	return true;
}

static void finished(struct court *c, struct task *t, json_t *verdict)
{
	const struct lab *lab = t->job.lab;

	t->state = FINISHED;
	t->verdict = verdict;
	if (t->job.check)
		tell_check(c, lab, t->job.check, verdict);
	else if (builds_finished(c, lab) &&
		 is_wanted(c->order, build_check(lab))) {
		json_t *v = verdict_of_build(c, lab);

		tell_check(c, lab, build_check(lab), v);
		json_decref(v);
	}
	tell_if_lab_done(c, lab);
}

static bool has_source(const struct order *o, const struct job *j)
{
	char *path = text("src/%s/%s.c", j->lab->name, j->program);
	bool found = false;

	for (size_t i = 0; i < o->stage.n; i++)
		found |= strcmp(o->stage.file[i].path, path) == 0;
	free(path);
	return found;
}

static json_t *missing(const struct job *j)
{
	return json_pack(
		"{s:s, s:b, s:o}", "status", VERDICT_FAIL, "missing", 1,
		"compiler",
		json_sprintf(_("%s.c: there is no such file\n"), j->program));
}

static void start(struct court *c, struct task *t)
{
	char *why;

	if (!t->job.check && !has_source(c->order, &t->job)) {
		finished(c, t, missing(&t->job));
		return;
	}
	why = t->job.check ? obstacle(c, t) : NULL;
	if (why) {
		finished(c, t,
			 json_pack("{s:s, s:s}", "status", VERDICT_SKIP,
				   "message", why));
		free(why);
		return;
	}
	t->pid = run_job(&c->order->set, &t->job, &t->report);
	t->began = now_ns();
	t->state = RUNNING_NOW;
	c->running++;
}

/* The slow ones first, then the order of the handout. */
static struct task *next_ready(struct court *c)
{
	struct task *first = NULL;

	for (size_t i = 0; i < c->n; i++) {
		struct task *t = &c->task[i];

		if (!is_ready(c, t))
			continue;
		if (t->job.check && t->job.check->slow)
			return t;
		if (!first)
			first = t;
	}
	return first;
}

static json_t *read_verdict(struct task *t, int status)
{
	json_error_t error;
	json_t *v =
		json_loadb((const char *)t->said.data, t->said.n, 0, &error);

	if (v && json_object_get(v, "status"))
		return v;
	json_decref(v);
	return json_pack("{s:s, s:o}", "status", VERDICT_ERROR, "message",
			 json_sprintf("the grader's own process ended without "
				      "a verdict (%s %d)",
				      WIFSIGNALED(status) ? "signal" : "status",
				      WIFSIGNALED(status)
					      ? WTERMSIG(status)
					      : WEXITSTATUS(status)));
}

static void hear(struct court *c, struct task *t)
{
	char block[65536];
	ssize_t n = read(t->report, block, sizeof(block));
	int status = 0;

	if (n > 0) {
		bytes_add(&t->said, block, (size_t)n);
		return;
	}
	if (n < 0 && errno == EINTR)
		return;
	close(t->report);
	t->report = -1;
	/* With its process everything that it started is gone. */
	waitpid(t->pid, &status, 0);
	c->running--;
	finished(c, t, read_verdict(t, status));
	bytes_free(&t->said);
}

static void stop_the_stuck(struct court *c)
{
	double most = JOB_SECONDS_MAX * c->order->set.factor;

	for (size_t i = 0; i < c->n; i++)
		if (c->task[i].state == RUNNING_NOW &&
		    (double)(now_ns() - c->task[i].began) / NS_PER_S > most)
			kill(c->task[i].pid, SIGKILL);
}

static void await_some(struct court *c)
{
	struct pollfd *list = must_calloc(c->n, sizeof(*list));

	for (size_t i = 0; i < c->n; i++)
		list[i] = (struct pollfd){.fd = c->task[i].report,
					  .events = POLLIN};
	poll(list, c->n, 1000);
	for (size_t i = 0; i < c->n; i++)
		if (list[i].revents)
			hear(c, &c->task[i]);
	free(list);
	stop_the_stuck(c);
}

static void furnish(const struct order *o, const char *room)
{
	stage_write(&o->stage, room);
	for (const struct lab *const *lab = o->labs; *lab; lab++) {
		char *out = text("%s/out", room);
		char *own = text("%s/out/%s", room, (*lab)->name);

		mkdir(out, 0755);
		if (mkdir(own, 0755) < 0)
			die_errno("%s", own);
		free(out);
		free(own);
	}
}

static volatile sig_atomic_t told_to_end;

static void on_term(int signal)
{
	(void)signal;
	told_to_end = 1;
}

/* Where the kernel does not do it for us. */
static void leave_nothing(const struct order *o, const char *room)
{
	if (o->set.sandbox)
		return;
	room_kill_descendants();
	room_remove_tree(room);
}

void judge(const struct order *order, const char *room, int out)
{
	struct court c = {.order = order, .out = out};
	struct order mine = *order;

	sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_term}, NULL);
	mine.set.room = room;
	c.order = &mine;
	furnish(&mine, room);
	for (const struct lab *const *lab = mine.labs; *lab; lab++)
		plan(&c, *lab);
	while (!told_to_end) {
		struct task *t;

		while (c.running < (size_t)mine.jobs && (t = next_ready(&c)))
			start(&c, t);
		if (!c.running)
			break;
		tell_progress(&c);
		await_some(&c);
	}
	leave_nothing(&mine, room);
	_exit(told_to_end ? EXIT_GRADER : EXIT_FULL);
}
