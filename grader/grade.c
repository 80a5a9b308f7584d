/* SPDX-License-Identifier: MIT */
/* grade.c - the command: options in, report out, exit status */

/*
 * Theory of operation
 *
 * This process reads what is to be judged (stage.h), forks the judge into a
 * room of its own (room.h), and turns the lines that come back into a report.
 * It keeps its user's rights, and no byte of a submission is executed or
 * interpreted here but as JSON strings.  When it ends, by whatever means, the
 * judge and all below it end with it.
 */
#include "base.h"
#include "course.h"
#include "explain.h"
#include "io.h"
#include "judge.h"
#include "language.h"
#include "list.h"
#include "options.h"
#include "policy.h"
#include "report/columns.h"
#include "report/report.h"
#include "room.h"
#include "saved.h"
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_WIDTH 78

/* The output file: complete, or not there.  The report is kept in memory, and
 * written beside the file and renamed when it is whole. */

struct output {
	FILE *stream;
	char *report; /* of a file: what is to be written */
	size_t size;
	bool in_place; /* a terminal, a pipe, a device: written to as it is */
};

static char *directory_of(const char *path)
{
	char *copy = must_strdup(path), *dir = must_strdup(dirname(copy));

	free(copy);
	return dir;
}

static void open_output(struct output *out, const char *path)
{
	struct stat st;
	bool there = path && stat(path, &st) == 0;
	char *dir;

	if (!path || strcmp(path, "-") == 0) {
		out->stream = stdout;
		out->in_place = true;
		return;
	}
	if (there && S_ISDIR(st.st_mode))
		die_usage("%s: %s", path, strerror(EISDIR));
	out->in_place = there && !S_ISREG(st.st_mode);
	dir = directory_of(path);
	if (!out->in_place && access(dir, W_OK | X_OK) < 0)
		die_usage("%s: %s", path, strerror(errno));
	free(dir);
	out->stream = out->in_place ? fopen(path, "we")
				    : open_memstream(&out->report, &out->size);
	if (!out->stream)
		die_usage("%s: %s", path, strerror(errno));
}

static void replace_file(const char *path, const char *report, size_t size)
{
	char *draft = text("%s.XXXXXX", path);
	int fd = mkstemp(draft);
	bool good;

	if (fd < 0)
		die_errno("%s", path);
	good = fchmod(fd, 0644) == 0 && writen(fd, report, size) == 0;
	if (close(fd) < 0 || !good || rename(draft, path) < 0) {
		int error = errno;

		unlink(draft);
		errno = error;
		die_errno("%s", path);
	}
	free(draft);
}

static void close_output(struct output *out, const char *path)
{
	bool bad = fflush(out->stream) != 0 || ferror(out->stream);

	if (bad || (out->stream != stdout && fclose(out->stream) != 0))
		die_errno("%s", path ? path : "stdout");
	if (!out->in_place)
		replace_file(path, out->report, out->size);
	free(out->report);
}

/* Being interrupted: the judge is killed, and everything with it. */

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	interrupted = signal;
}

static void watch_for_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction a = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &a, NULL);
}

static _Noreturn void end_interrupted(pid_t judge, bool sandbox)
{
	kill(judge, sandbox ? SIGKILL : SIGTERM);
	waitpid(judge, NULL, 0);
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	fputs("grade: interrupted\n", stderr);
	signal(interrupted, SIG_DFL);
	raise(interrupted);
	_exit(EXIT_GRADER);
}

/* Listening to the judge. */

struct listener {
	const struct options *o;
	struct order *order;
	FILE *out;
	struct report_style style;
	bool progress;	 /* on a terminal */
	bool secretive;	 /* what is running may have a name to be kept back */
	json_t *results; /* by check id */
	json_t *labs;	 /* finished ones, in the course's order */
	json_t *seconds; /* of each lab, by its name */
	size_t lab;	 /* the one being told */
	size_t told;	 /* of its checks */
	bool stopped;	 /* at the first failure: nobody wants to hear more */
};

static void clear_progress(const struct listener *l)
{
	if (l->progress)
		fputs("\r\033[K", stderr);
}

/* Is it to be kept from the reader of this format? */
static bool is_kept_back(const struct options *o, const struct lab *lab,
			 const struct check *c)
{
	return !o->format->keeps_hidden &&
	       policy_hides(&o->policy, &o->when, lab, c);
}

static void end_lab(struct listener *l, const struct lab *lab)
{
	json_t *result, *checks = json_array();

	for (const struct check *const *c = lab->checks; *c; c++)
		json_array_append(checks,
				  json_object_get(l->results, (*c)->id));
	result = json_pack("{s:s, s:i, s:i, s:O, s:o}", "lab", lab->name,
			   "points", 0, "max_points", 0, "seconds",
			   json_object_get(l->seconds, lab->name), "checks",
			   checks);
	policy_on_lab(&l->o->policy, &l->o->when, lab, result,
		      l->o->format->keeps_hidden);
	json_array_append_new(l->labs, result);
	if (l->o->format->lab)
		l->o->format->lab(l->out, &l->style, result);
}

static bool has_failed(const json_t *result)
{
	const char *s = json_string_value(json_object_get(result, "status"));

	return strcmp(s, "fail") == 0 || strcmp(s, "error") == 0;
}

/* Tell what is known, as far as it goes without a gap. */
static void tell_on(struct listener *l)
{
	while (l->lab < l->o->n_labs) {
		const struct lab *lab = l->o->labs[l->lab];
		const struct check *c = lab->checks[l->told];
		json_t *r;

		if (!c && !json_object_get(l->seconds, lab->name))
			return;
		if (!c) {
			end_lab(l, lab);
			l->lab++;
			l->told = 0;
			continue;
		}
		r = json_object_get(l->results, c->id);
		if (!r && is_wanted(l->order, c))
			return;
		l->told++;
		if (is_kept_back(l->o, lab, c))
			continue;
		if (r && l->o->format->check)
			l->o->format->check(l->out, &l->style, r);
		if (r && l->o->stop_at_failure && has_failed(r)) {
			l->o->format->failure(l->out, &l->style, r);
			l->stopped = true;
			return;
		}
	}
	fflush(l->out);
}

static void show_progress(const struct listener *l, const json_t *line)
{
	if (l->progress)
		fprintf(stderr, _("%d of %d; running: %.60s"),
			(int)json_integer_value(json_object_get(line, "done")),
			(int)json_integer_value(json_object_get(line, "of")),
			l->secretive ? "..."
				     : json_string_value(json_object_get(
					       line, "running")));
}

static void take_check(struct listener *l, const char *lab_name, const char *id,
		       json_t *result)
{
	const struct lab *lab = find_lab(lab_name);

	policy_on_check(&l->o->policy, &l->o->when, lab, find_check(lab, id),
			result);
	json_object_set(l->results, id, result);
}

static void hear_line(struct listener *l, const char *line, size_t n)
{
	json_error_t error;
	json_t *j = json_loadb(line, n, 0, &error);
	const char *check = json_string_value(json_object_get(j, "check"));
	const char *lab = json_string_value(json_object_get(j, "lab"));

	if (!j)
		die("the judge spoke nonsense: %s", error.text);
	clear_progress(l);
	if (json_object_get(j, "running"))
		show_progress(l, j);
	else if (check)
		take_check(l, lab, check, j);
	else if (lab)
		json_object_set(l->seconds, lab, json_object_get(j, "seconds"));
	json_decref(j);
	tell_on(l);
	fflush(l->out);
}

static void listen_to(struct listener *l, int from, pid_t judge)
{
	struct bytes heard = {0};
	struct pollfd p = {.fd = from, .events = POLLIN};
	char block[65536], *end;

	while (!l->stopped) {
		ssize_t n;

		if (interrupted)
			end_interrupted(judge, l->order->set.sandbox);
		if (poll(&p, 1, -1) < 0)
			continue;
		n = read(from, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		bytes_add(&heard, block, (size_t)n);
		while (!l->stopped &&
		       (end = memchr(heard.data, '\n', heard.n))) {
			size_t line = (size_t)(end - (char *)heard.data);

			hear_line(l, (char *)heard.data, line);
			bytes_drop_front(&heard, line + 1);
		}
	}
	if (l->stopped)
		kill(judge, l->order->set.sandbox ? SIGKILL : SIGTERM);
	bytes_free(&heard);
	clear_progress(l);
}

/* The policy lets nothing be tried any more: every check is skipped. */
static void skip_all(struct listener *l, const char *why)
{
	for (size_t i = 0; i < l->o->n_labs; i++) {
		const struct lab *lab = l->o->labs[i];

		for (const struct check *const *c = lab->checks; *c; c++) {
			json_t *r = policy_skipped(lab, *c, why);

			if (is_wanted(l->order, *c))
				take_check(l, lab->name, (*c)->id, r);
			json_decref(r);
		}
		json_object_set_new(l->seconds, lab->name, json_real(0));
	}
	tell_on(l);
}

/* The exit status must not tell of hidden checks, either. */
static bool counts(const struct listener *l, const json_t *result)
{
	return l->o->format->keeps_hidden ||
	       !json_object_get(result, "visibility");
}

static bool is_late(const struct listener *l)
{
	const json_t *lab;
	size_t i;

	json_array_foreach(l->labs, i, lab)
	{
		if (json_object_get(lab, "penalty"))
			return true;
	}
	return false;
}

/* What the run amounts to. */
static int verdict(const struct listener *l)
{
	int worst = is_late(l) ? EXIT_LOST_POINTS : EXIT_FULL;
	const char *id;
	json_t *r;

	if (l->lab < l->o->n_labs && !l->stopped)
		die("the judge ended before it had told everything");
	json_object_foreach(l->results, id, r)
	{
		const char *s = json_string_value(json_object_get(r, "status"));

		if (strcmp(s, "error") == 0)
			worst = EXIT_GRADER;
		else if (strcmp(s, "pass") != 0 && counts(l, r) &&
			 worst == EXIT_FULL)
			worst = EXIT_LOST_POINTS;
	}
	return worst;
}

static bool choose_sandbox(const struct options *o)
{
	const char *why;

	if (o->sandboxing == SWITCHED_OFF)
		return false;
	if (room_possible(&why))
		return true;
	if (o->sandboxing == REQUIRED)
		die("no sandbox: %s", why);
	fprintf(stderr,
		"grade: going on without a sandbox, for your own code only: "
		"%s\n",
		why);
	return false;
}

static struct report_style choose_style(const struct options *o,
					const FILE *out)
{
	return (struct report_style){
		.root = o->root,
		.timelines = o->timelines,
		.colour = out == stdout && isatty(STDOUT_FILENO) &&
			  !getenv("NO_COLOR"),
	};
}

static void have_judged(struct listener *l)
{
	const char *room;
	int report[2];
	pid_t pid;

	for (size_t i = 0; i < l->o->n_labs; i++)
		for (const struct check *const *c = l->o->labs[i]->checks; *c;
		     c++)
			l->secretive |= is_kept_back(l->o, l->o->labs[i], *c);
	if (pipe2(report, O_CLOEXEC) < 0)
		die_errno("pipe");
	watch_for_signals();
	fflush(NULL);
	pid = room_fork_judge(l->order->set.sandbox, &room);
	if (pid == 0) {
		close(report[0]);
		judge(l->order, room, report[1]);
	}
	close(report[1]);
	listen_to(l, report[0], pid);
	waitpid(pid, NULL, 0);
}

static int grade(const struct options *o)
{
	struct order order = {
		.set = {.sandbox = choose_sandbox(o),
			.seed = o->seed,
			.factor = o->factor,
			.timelines = o->timelines},
		.labs = o->labs,
		.only = o->n_only ? o->only : NULL,
		.jobs = o->jobs,
	};
	struct listener l = {
		.o = o,
		.order = &order,
		.progress = isatty(STDERR_FILENO),
		.results = json_object(),
		.labs = json_array(),
		.seconds = json_object(),
	};
	struct output out = {0};
	char *refusal = policy_refusal(&o->policy, &o->when);
	json_t *whole;

	stage_course(&order.stage, o->root, o->build);
	for (size_t i = 0; i < o->n_labs; i++)
		stage_submission(&order.stage, o->submission, o->labs[i],
				 o->n_labs > 1);
	open_output(&out, o->output);
	l.out = out.stream;
	l.style = choose_style(o, out.stream);
	if (refusal)
		skip_all(&l, refusal);
	else
		have_judged(&l);
	free(refusal);
	whole = json_pack("{s:i, s:O}", "version", 1, "labs", l.labs);
	if (o->format->whole)
		o->format->whole(l.out, &l.style, whole);
	close_output(&out, o->output);
	return verdict(&l);
}

static void tell_saved_lab(const struct options *o, FILE *out,
			   const struct report_style *style, const json_t *lab)
{
	const json_t *check;
	size_t i;

	json_array_foreach(json_object_get(lab, "checks"), i, check)
	{
		if (o->format->check)
			o->format->check(out, style, check);
	}
	if (o->format->lab)
		o->format->lab(out, style, lab);
}

static json_t *saved_under_policy(const struct options *o)
{
	json_t *result = read_saved(o->render);

	if (o->has_policy)
		policy_on_saved(&o->policy, &o->when, result,
				o->format->keeps_hidden);
	else if (!o->format->keeps_hidden && has_hidden_checks(result))
		die_usage("%s has checks that a policy hides: name the policy "
			  "(--policy FILE)",
			  o->render);
	return result;
}

/* Tell a result that was saved, as if it were new. */
static int render(const struct options *o)
{
	json_t *result = saved_under_policy(o), *lab;
	struct report_style style;
	struct output out = {0};
	size_t i;

	open_output(&out, o->output);
	style = choose_style(o, out.stream);
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		tell_saved_lab(o, out.stream, &style, lab);
	if (o->format->whole)
		o->format->whole(out.stream, &style, result);
	close_output(&out, o->output);
	json_decref(result);
	return EXIT_FULL;
}

/* What our caller has set for itself is inherited, down to the submission. */
static void forget_the_caller(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	umask(022);
}

/* A closed standard descriptor would be the next thing that is opened. */
static void check_descriptors(void)
{
	if (fcntl(STDERR_FILENO, F_GETFD) < 0)
		exit(EXIT_USAGE); /* there is nowhere to say why */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		die_usage("stdout is closed");
	if (fcntl(STDIN_FILENO, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
		die_errno("/dev/null");
	/* Nothing else that our caller has open is for a submission. */
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
}

/* Nothing is graded. */
static bool only_tells(const struct options *o)
{
	return o->list || o->explain || o->say;
}

static void say(const char *s)
{
	const char *said = translated(s);

	put_wrapped(stdout, said, strlen(said), 0, SAID_WIDTH);
	putchar('\n');
}

static void tell_only(const struct options *o)
{
	if (o->list)
		print_list(o);
	else if (o->explain)
		explain(o, o->explain);
	else
		say(o->say);
}

/* What programs read is in English; so are results that were saved. */
static void choose_texts(const struct options *o)
{
	char *catalogs = text("%s/locale", o->build);

	if (o->render)
		choose_characters();
	else if (o->list || o->format != &report_json)
		choose_language(catalogs);
	free(catalogs);
}

static int run(const struct options *o)
{
	if (o->format->begin)
		o->format->begin();
	return o->render ? render(o) : grade(o);
}

int main(int argc, char **argv)
{
	struct options o;

	check_descriptors();
	forget_the_caller();
	signal(SIGPIPE, SIG_IGN); /* a write that fails says so itself */
	parse_options(&o, argc, argv);
	choose_texts(&o);
	if (!only_tells(&o))
		return run(&o);
	tell_only(&o);
	if (fflush(stdout) == EOF)
		die_errno("stdout");
	return EXIT_FULL;
}
