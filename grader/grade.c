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
#include "judge.h"
#include "report/report.h"
#include "room.h"
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define VERSION "1.0"

static const char usage[] =
	"usage: grade [options] LAB...\n"
	"LAB: a number (03), a name (03-fork), or all\n"
	"  -s, --submission DIR     the student's files: the lab's own folder, a\n"
	"                           folder of such folders, or a whole checkout\n"
	"                           with labs/ in it (default: this checkout)\n"
	"  -c, --check ID           only this check (may be repeated)\n"
	"  -l, --list               print the checks, their points and claims\n"
	"  -f, --format FORMAT      text (default) or json\n"
	"  -o, --output FILE        write the report there (default: stdout)\n"
	"  -j, --jobs N             trials at once (default: as many as cores)\n"
	"      --seed N             for the test data (default: 1)\n"
	"      --timeout-factor X   multiply every deadline (default: 1)\n"
	"      --require-sandbox    refuse to run without one\n"
	"      --no-sandbox         run without one: for your own code only\n"
	"  -h, --help               print this\n"
	"      --version            print the version\n"
	"exit status: 0 full marks, 1 something failed, 2 bad usage,\n"
	"             3 the grader could not do its job\n";

enum sandboxing { WHERE_POSSIBLE, REQUIRED, SWITCHED_OFF };

struct options {
	const struct lab *labs[32];
	const struct check *only[64];
	const char *only_id[64];
	size_t n_labs, n_only;
	const char *submission, *output, *root, *build;
	const struct report *format;
	bool list;
	int jobs;
	uint64_t seed;
	double factor;
	enum sandboxing sandboxing;
};

/* Numbers and names */

static uint64_t parse_number(const char *what, const char *s, uint64_t least,
			     uint64_t most)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(s, &end, 10);
	if (!*s || *s == '-' || *end || errno || v < least || v > most)
		die_usage("%s %s: not a number from %llu to %llu", what, s,
			  (unsigned long long)least, (unsigned long long)most);
	return v;
}

static double parse_factor(const char *s)
{
	char *end;
	double v = strtod(s, &end);

	if (!*s || *end || !(v >= 0.1 && v <= 1000))
		die_usage("--timeout-factor %s: not a number from 0.1 to 1000",
			  s);
	return v;
}

static void add_lab(struct options *o, const struct lab *lab)
{
	for (size_t i = 0; i < o->n_labs; i++)
		if (o->labs[i] == lab)
			return;
	o->labs[o->n_labs++] = lab;
}

static char *lab_names(void)
{
	char *names = must_strdup(course[0]->name);

	for (const struct lab *const *l = course + 1; *l; l++) {
		char *more = text("%s, %s", names, (*l)->name);

		free(names);
		names = more;
	}
	return names;
}

static void add_labs(struct options *o, const char *name)
{
	const struct lab *lab;

	if (strcmp(name, "all") == 0) {
		for (const struct lab *const *l = course; *l; l++)
			add_lab(o, *l);
		return;
	}
	lab = find_lab(name);
	if (!lab)
		die_usage("no lab is called \"%s\"; there are: %s, all", name,
			  lab_names());
	add_lab(o, lab);
}

static void resolve_checks(struct options *o)
{
	for (size_t i = 0; i < o->n_only; i++) {
		for (size_t j = 0; j < o->n_labs && !o->only[i]; j++)
			o->only[i] = find_check(o->labs[j], o->only_id[i]);
		if (!o->only[i])
			die_usage("no check is called %s in %s; --list prints "
				  "them",
				  o->only_id[i],
				  o->n_labs == 1 ? o->labs[0]->name
						 : "these labs");
	}
}

static void take_option(struct options *o, int c)
{
	switch (c) {
	case 's':
		o->submission = optarg;
		break;
	case 'c':
		if (o->n_only + 1 == sizeof(o->only) / sizeof(*o->only))
			die_usage("too many checks");
		o->only_id[o->n_only++] = optarg;
		break;
	case 'l':
		o->list = true;
		break;
	case 'f':
		o->format = find_report(optarg);
		if (!o->format)
			die_usage("no format is called %s; there are: %s",
				  optarg, report_names());
		break;
	case 'o':
		o->output = optarg;
		break;
	case 'j':
		o->jobs = (int)parse_number("--jobs", optarg, 1, 1024);
		break;
	case 'S':
		o->seed = parse_number("--seed", optarg, 0, UINT64_MAX);
		break;
	case 'T':
		o->factor = parse_factor(optarg);
		break;
	case 'R':
		o->sandboxing = REQUIRED;
		break;
	case 'N':
		o->sandboxing = SWITCHED_OFF;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(EXIT_FULL);
	case 'V':
		puts("grade " VERSION);
		exit(EXIT_FULL);
	default:
		fputs("(--help prints the options)\n", stderr);
		exit(EXIT_USAGE);
	}
}

static void parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{"submission", required_argument, NULL, 's'},
		{"check", required_argument, NULL, 'c'},
		{"list", no_argument, NULL, 'l'},
		{"format", required_argument, NULL, 'f'},
		{"output", required_argument, NULL, 'o'},
		{"jobs", required_argument, NULL, 'j'},
		{"seed", required_argument, NULL, 'S'},
		{"timeout-factor", required_argument, NULL, 'T'},
		{"require-sandbox", no_argument, NULL, 'R'},
		{"no-sandbox", no_argument, NULL, 'N'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "s:c:lf:o:j:h", longs, NULL)) != -1)
		take_option(o, c);
	if (optind == argc)
		die_usage("which lab? Name one, or all (--help prints more)");
	for (; optind < argc; optind++)
		add_labs(o, argv[optind]);
	resolve_checks(o);
}

/* Where things are: the grader is ROOT/BUILD/grade. */

static void find_places(struct options *o)
{
	char *self = realpath("/proc/self/exe", NULL);

	if (!self)
		die_errno("/proc/self/exe");
	o->build = must_strdup(dirname(self));
	free(self);
	o->root = getenv("COURSE");
	if (!o->root || !*o->root) {
		char *up = text("%s/..", o->build);

		o->root = realpath(up, NULL);
		free(up);
	}
	if (!o->root)
		die_errno("the course's directory");
	if (!o->submission)
		o->submission = o->root;
}

/* The list of checks. */

static void print_list(const struct options *o)
{
	for (size_t i = 0; i < o->n_labs; i++) {
		const struct lab *lab = o->labs[i];

		printf("%s%s: %s\n", i ? "\n" : "", lab->name, lab->title);
		for (const struct check *const *c = lab->checks; *c; c++)
			printf("  %-22s %3d  %s\n", (*c)->id, (*c)->points,
			       (*c)->claim);
	}
}

/* The output file: complete, or not there. */

static char *unfinished; /* what is to be removed when interrupted */

static FILE *open_output(const struct options *o)
{
	char *name;
	FILE *f;
	int fd;

	if (!o->output || strcmp(o->output, "-") == 0)
		return stdout;
	name = text("%s.XXXXXX", o->output);
	fd = mkstemp(name);
	if (fd < 0)
		die_usage("%s: %s", o->output, strerror(errno));
	unfinished = name;
	fchmod(fd, 0644);
	f = fdopen(fd, "w");
	if (!f)
		die_errno("%s", o->output);
	return f;
}

static void close_output(const struct options *o, FILE *out)
{
	bool bad = fflush(out) != 0 || ferror(out);

	if (out == stdout) {
		if (bad)
			die("stdout: %s", strerror(errno));
		return;
	}
	bad |= fclose(out) != 0;
	if (bad || rename(unfinished, o->output) < 0) {
		int saved = errno;

		unlink(unfinished);
		errno = saved;
		die_errno("%s", o->output);
	}
	free(unfinished);
	unfinished = NULL;
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
	signal(SIGPIPE, SIG_IGN);
}

static _Noreturn void end_interrupted(pid_t judge, bool sandbox)
{
	kill(judge, sandbox ? SIGKILL : SIGTERM);
	waitpid(judge, NULL, 0);
	if (unfinished)
		unlink(unfinished);
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
	json_t *results; /* by check id */
	json_t *labs;	 /* finished ones, in the course's order */
	json_t *seconds; /* of each lab, by its name */
	size_t lab;	 /* the one being told */
	size_t told;	 /* of its checks */
};

static void clear_progress(const struct listener *l)
{
	if (l->progress)
		fputs("\r\033[K", stderr);
}

static void end_lab(struct listener *l, const struct lab *lab)
{
	json_t *result, *checks = json_array();
	json_int_t points = 0, most = 0;

	for (const struct check *const *c = lab->checks; *c; c++) {
		json_t *r = json_object_get(l->results, (*c)->id);

		if (!r)
			continue;
		points += json_integer_value(json_object_get(r, "points"));
		most += (*c)->points;
		json_array_append(checks, r);
	}
	result = json_pack("{s:s, s:I, s:I, s:O, s:o}", "lab", lab->name,
			   "points", points, "max_points", most, "seconds",
			   json_object_get(l->seconds, lab->name), "checks",
			   checks);
	json_array_append_new(l->labs, result);
	if (l->o->format->lab)
		l->o->format->lab(l->out, &l->style, result);
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
		if (r && l->o->format->check)
			l->o->format->check(l->out, &l->style, r);
		l->told++;
	}
	fflush(l->out);
}

static void show_progress(const struct listener *l, const json_t *line)
{
	if (l->progress)
		fprintf(stderr, "\r\033[K%d of %d; running: %.60s",
			(int)json_integer_value(json_object_get(line, "done")),
			(int)json_integer_value(json_object_get(line, "of")),
			json_string_value(json_object_get(line, "running")));
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
		json_object_set(l->results, check, j);
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

	for (;;) {
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
		while ((end = memchr(heard.data, '\n', heard.n))) {
			size_t line = (size_t)(end - (char *)heard.data);

			hear_line(l, (char *)heard.data, line);
			bytes_drop_front(&heard, line + 1);
		}
	}
	bytes_free(&heard);
	clear_progress(l);
}

/* What the run amounts to. */
static int verdict(const struct listener *l)
{
	int worst = EXIT_FULL;
	const char *id;
	json_t *r;

	if (l->lab < l->o->n_labs)
		die("the judge ended before it had told everything");
	json_object_foreach(l->results, id, r)
	{
		const char *s = json_string_value(json_object_get(r, "status"));

		if (strcmp(s, "error") == 0)
			worst = EXIT_GRADER;
		else if (strcmp(s, "pass") != 0 && worst == EXIT_FULL)
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

static int grade(const struct options *o)
{
	struct order order = {
		.set = {.sandbox = choose_sandbox(o),
			.seed = o->seed,
			.factor = o->factor},
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
	const char *room;
	int report[2];
	pid_t pid;
	json_t *whole;

	stage_course(&order.stage, o->root, o->build);
	for (size_t i = 0; i < o->n_labs; i++)
		stage_submission(&order.stage, o->submission, o->labs[i],
				 o->n_labs > 1);
	l.out = open_output(o);
	l.style.colour = isatty(fileno(l.out)) && !getenv("NO_COLOR");
	if (pipe2(report, O_CLOEXEC) < 0)
		die_errno("pipe");
	watch_for_signals();
	fflush(NULL);
	pid = room_fork_judge(order.set.sandbox, &room);
	if (pid == 0) {
		close(report[0]);
		judge(&order, room, report[1]);
	}
	close(report[1]);
	listen_to(&l, report[0], pid);
	waitpid(pid, NULL, 0);
	whole = json_pack("{s:i, s:O}", "version", 1, "labs", l.labs);
	if (o->format->whole)
		o->format->whole(l.out, &l.style, whole);
	close_output(o, l.out);
	return verdict(&l);
}

int main(int argc, char **argv)
{
	struct options o = {
		.format = &report_text,
		.jobs = (int)sysconf(_SC_NPROCESSORS_ONLN),
		.seed = 1,
		.factor = 1,
	};

	parse(&o, argc, argv);
	if (o.list) {
		print_list(&o);
		return EXIT_FULL;
	}
	find_places(&o);
	return grade(&o);
}
