/* SPDX-License-Identifier: MIT */
/* options.c - what the command line of `grade` asks for */
#include "options.h"

#include "base.h"
#include "moment.h"

#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VERSION "1.0"

static const char usage[] =
	"usage: grade [options] LAB...\n"
	"LAB: a number (03), a name (03-fork), or all\n"
	"  -s, --submission DIR     the student's files: the lab's own folder, a\n"
	"                           folder of such folders, or a whole checkout\n"
	"                           with labs/ in it (default: this checkout)\n"
	"  -c, --check ID           only this check (may be repeated)\n"
	"  -l, --list               print the checks, their points and claims; in\n"
	"                           json with hints and diagnoses\n"
	"      --explain NAME       say what a diagnosis, or a check, is about\n"
	"      --say TEXT           print a text of the course in your language\n"
	"  -f, --format FORMAT      text (default), json, html, junit, tap, or what a\n"
	"                           platform reads: gradescope, github (Classroom),\n"
	"                           classroom50, autolab, exercism, prairielearn\n"
	"      --render FILE        grade nothing: tell the result that is in FILE, a\n"
	"                           report in json, in another format\n"
	"  -o, --output FILE        write the report there (default: stdout)\n"
	"      --policy FILE        weights, hidden checks, lateness, attempts as\n"
	"                           this file says (grader/policy.ini explains it)\n"
	"      --submitted TIME     when the submission came, for the policy:\n"
	"                           2027-03-01T23:59:00+01:00\n"
	"      --attempt N          its number, from 1 on, for the policy\n"
	"  -j, --jobs N             trials at once (default: as many as cores)\n"
	"      --seed N             for the test data (default: 1)\n"
	"      --stop-at-failure    tell the first failure at once, and end\n"
	"      --timeline           show how it went, of checks that pass too\n"
	"      --timeout-factor X   multiply every deadline (default: 1)\n"
	"      --require-sandbox    refuse to run without one\n"
	"      --no-sandbox         run without one: for your own code only\n"
	"  -h, --help               print this\n"
	"      --version            print the version\n"
	"exit status: 0 full marks, 1 something failed, 2 bad usage,\n"
	"             3 the grader could not do its job; of --render: 0 done, 2, 3\n";

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

static _Noreturn void say_and_exit(const char *s)
{
	if (fputs(s, stdout) == EOF || fflush(stdout) == EOF)
		die_errno("stdout");
	exit(EXIT_FULL);
}

/* Which option is it that getopt_long() could not take? */
static char *culprit(const struct option *longs, char **argv)
{
	for (; longs->name; longs++)
		if (longs->val == optopt)
			return text("--%s", longs->name);
	return optopt ? text("-%c", optopt) : must_strdup(argv[optind - 1]);
}

static void take_submitted(struct options *o, const char *s)
{
	if (!parse_moment(s, &o->when.submitted_at))
		die_usage("--submitted %s: not a date with its time zone, "
			  "like " MOMENT_EXAMPLES,
			  s);
	o->when.submitted = s;
}

static void take_option(struct options *o, int c, const char *option)
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
	case 'P':
		policy_free(&o->policy);
		policy_read(&o->policy, optarg);
		o->has_policy = true;
		break;
	case 'W':
		take_submitted(o, optarg);
		break;
	case 'A':
		o->when.attempt =
			(int)parse_number("--attempt", optarg, 1, 1000000);
		break;
	case 'S':
		o->seed = parse_number("--seed", optarg, 0, UINT64_MAX);
		break;
	case 'E':
		o->explain = optarg;
		break;
	case 'Y':
		o->say = optarg;
		break;
	case 'D':
		o->render = optarg;
		break;
	case 'F':
		o->stop_at_failure = true;
		break;
	case 'L':
		o->timelines = true;
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
		say_and_exit(usage);
	case 'V':
		say_and_exit("grade " VERSION "\n");
	case ':':
		die_usage("%s needs a value (--help prints the options)",
			  option);
	default:
		die_usage("there is no option %s, or not with a value (--help "
			  "prints them)",
			  option);
	}
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

void parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{"submission", required_argument, NULL, 's'},
		{"check", required_argument, NULL, 'c'},
		{"list", no_argument, NULL, 'l'},
		{"format", required_argument, NULL, 'f'},
		{"output", required_argument, NULL, 'o'},
		{"jobs", required_argument, NULL, 'j'},
		{"policy", required_argument, NULL, 'P'},
		{"submitted", required_argument, NULL, 'W'},
		{"attempt", required_argument, NULL, 'A'},
		{"seed", required_argument, NULL, 'S'},
		{"explain", required_argument, NULL, 'E'},
		{"say", required_argument, NULL, 'Y'},
		{"render", required_argument, NULL, 'D'},
		{"stop-at-failure", no_argument, NULL, 'F'},
		{"timeline", no_argument, NULL, 'L'},
		{"timeout-factor", required_argument, NULL, 'T'},
		{"require-sandbox", no_argument, NULL, 'R'},
		{"no-sandbox", no_argument, NULL, 'N'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int c;

	*o = (struct options){
		.format = &report_text,
		.jobs = (int)sysconf(_SC_NPROCESSORS_ONLN),
		.seed = 1,
		.factor = 1,
		.policy = course_policy,
		.when.now = time(NULL),
	};
	opterr = 0; /* the words of complaint are ours */
	while ((c = getopt_long(argc, argv, ":s:c:lf:o:j:h", longs, NULL)) !=
	       -1)
		take_option(o, c,
			    c == ':' || c == '?' ? culprit(longs, argv) : NULL);
	if (o->stop_at_failure && !o->format->failure)
		die_usage("--stop-at-failure is for the format text only");
	if (!o->has_policy && (o->when.submitted || o->when.attempt))
		die_usage("--submitted and --attempt are for --policy FILE");
	if (o->render && optind < argc)
		die_usage("--render tells all labs of a result; %s is one too "
			  "many",
			  argv[optind]);
	if (optind == argc && !o->explain && !o->say && !o->render)
		die_usage("which lab? Name one, or all (--help prints more)");
	for (; optind < argc; optind++)
		add_labs(o, argv[optind]);
	resolve_checks(o);
	find_places(o);
}
