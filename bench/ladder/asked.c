/* SPDX-License-Identifier: MIT */
/* asked.c - what the command line of ladder asks for. */
#include "asked.h"

#include "instrument.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: ladder [options]\n"
	"Hands messages from one process to another and back, by all ways there are.\n"
	"  -m, --mechanism NAME   only this one; again for more (all)\n"
	"  -b, --bytes B          of a message; again for more (1, 64, 1K, 4K, 64K, 1M)\n"
	"  -t, --seconds S        for each size: half of it to and fro, half one way (0.2)\n"
	"  -n, --times N          instead: so many messages forth and back, so many one way\n"
	"      --cores same|two   both processes on one core, or on one each (both ways)\n"
	"  -f, --format F         text (default) or json\n"
	"  -o, --output FILE      write the result there (default: stdout)\n"
	"  -h, --help             print this\n"
	"exit status: 0 done; 2 bad usage; 3 it could not be measured\n"
	"mechanisms:";

enum { CORES = 256 };

static const struct option long_options[] = {
	{"mechanism", required_argument, NULL, 'm'},
	{"bytes", required_argument, NULL, 'b'},
	{"seconds", required_argument, NULL, 't'},
	{"times", required_argument, NULL, 'n'},
	{"cores", required_argument, NULL, CORES},
	{"format", required_argument, NULL, 'f'},
	{"output", required_argument, NULL, 'o'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static _Noreturn void help(void)
{
	fputs(usage, stdout);
	for (size_t i = 0; mechanisms[i]; i++)
		printf(" %s", mechanisms[i]->name);
	putchar('\n');
	exit(fflush(stdout) == 0 ? 0 : EXIT_CANNOT);
}

static void add_mechanism(struct asked *a, const char *name)
{
	size_t n = 0;

	while (a->mechanism[n])
		n++;
	if (n + 1 == RUNGS_MAX)
		die_usage("--mechanism %s: too many", name);
	a->mechanism[n] = find_mechanism(name);
	if (!a->mechanism[n])
		die_usage("--mechanism %s: there is none; --help lists them",
			  name);
}

static void add_size(struct asked *a, const char *text)
{
	size_t n = 0;

	while (a->bytes[n] > 0)
		n++;
	if (n + 1 == SIZES_MAX)
		die_usage("--bytes %s: too many", text);
	a->bytes[n] = parse_bytes("--bytes", text, 1, 1 << 26);
}

static void choose(bool *first, bool *second, const char *option,
		   const char *text, const char *const name[2])
{
	*first = strcmp(text, name[0]) == 0;
	*second = strcmp(text, name[1]) == 0;
	if (!*first && !*second)
		die_usage("%s %s: %s or %s", option, text, name[0], name[1]);
}

static void take(struct asked *a, int option, const char *text)
{
	bool is_text;

	switch (option) {
	case 'm':
		add_mechanism(a, text);
		break;
	case 'b':
		add_size(a, text);
		break;
	case 't':
		a->extent.seconds =
			parse_real("--seconds", text, 0.001, 3600) / 2;
		break;
	case 'n':
		a->extent.times =
			parse_number("--times", text, 2, UINT64_C(1) << 40);
		break;
	case CORES:
		choose(&a->same, &a->two, "--cores", text,
		       (const char *const[]){"same", "two"});
		a->cores_are_named = true;
		break;
	case 'f':
		choose(&is_text, &a->json, "--format", text,
		       (const char *const[]){"text", "json"});
		break;
	case 'o':
		a->output = text;
		break;
	case 'h':
		help();
	default:
		exit(EXIT_USAGE); /* getopt has said why */
	}
}

/* What nobody has named. */
static void fill_in(struct asked *a)
{
	static const size_t sizes[] = {1, 64, 1024, 4096, 65536, 1 << 20};

	if (!a->mechanism[0])
		for (size_t i = 0; mechanisms[i]; i++)
			a->mechanism[i] = mechanisms[i];
	if (a->bytes[0] == 0)
		memcpy(a->bytes, sizes, sizeof sizes);
	if (a->extent.times == 0 && a->extent.seconds == 0)
		a->extent.seconds = 0.1;
}

struct asked read_options(int argc, char *argv[])
{
	struct asked a = {.same = true, .two = true};
	int option;

	while ((option = getopt_long(argc, argv, "m:b:t:n:f:o:h", long_options,
				     NULL)) != -1)
		take(&a, option, optarg);
	if (optind < argc)
		die_usage("%s: only options are understood", argv[optind]);
	if (a.extent.seconds > 0 && a.extent.times > 0)
		die_usage("--seconds and --times: one of them, not both");
	fill_in(&a);
	return a;
}
