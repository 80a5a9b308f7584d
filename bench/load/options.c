/* SPDX-License-Identifier: MIT */
/* options.c - what the command line of load asks for. */
#include "options.h"

#include "instrument.h"
#include "parse_port.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: load [options] PORT\n"
	"       load [options] --ceiling\n"
	"Sends bytes to an echo server through many connections, and measures.\n"
	"  -c, --connections N    held open all through (1)\n"
	"  -a, --active M         how many of them send (all), evenly spread\n"
	"  -b, --bytes B          of one round trip (64); 4K and 1M are understood\n"
	"  -t, --seconds S        how long it is measured (1)\n"
	"  -n, --round-trips N    instead: until so many are done; no warm-up\n"
	"      --warm-up S        before, the same without being measured (0.2)\n"
	"  -r, --rate R           open loop: R round trips a second in all, each due\n"
	"                         at its time; latency counts from when it was due\n"
	"      --churn            each active connection connects, makes one round\n"
	"                         trip, closes, and begins again\n"
	"      --in-flight K      connects at once while setting up (64)\n"
	"      --patience S       end when nothing at all comes back for so long (10)\n"
	"  -s, --server PID       measure this process and its descendants, too\n"
	"  -A, --address A        the server's IPv4 address (127.0.0.1); or `unix`: it\n"
	"                         is at the abstract name echo-PORT (unix(7))\n"
	"      --ceiling          measure load itself, against the least of servers\n"
	"  -f, --format F         text (default) or json\n"
	"  -o, --output FILE      write the result there (default: stdout)\n"
	"  -h, --help             print this\n"
	"      --version          print the version\n"
	"exit status: 0 done and every byte was right; 1 bytes were wrong, or\n"
	"             connections lost; 2 bad usage; 3 it could not be measured\n";

enum { WARM_UP = 256, CHURN, IN_FLIGHT, PATIENCE, CEILING, VERSION };

static const struct option long_options[] = {
	{"connections", required_argument, NULL, 'c'},
	{"active", required_argument, NULL, 'a'},
	{"bytes", required_argument, NULL, 'b'},
	{"seconds", required_argument, NULL, 't'},
	{"round-trips", required_argument, NULL, 'n'},
	{"warm-up", required_argument, NULL, WARM_UP},
	{"rate", required_argument, NULL, 'r'},
	{"churn", no_argument, NULL, CHURN},
	{"in-flight", required_argument, NULL, IN_FLIGHT},
	{"patience", required_argument, NULL, PATIENCE},
	{"server", required_argument, NULL, 's'},
	{"address", required_argument, NULL, 'A'},
	{"ceiling", no_argument, NULL, CEILING},
	{"format", required_argument, NULL, 'f'},
	{"output", required_argument, NULL, 'o'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, VERSION},
	{0},
};

static _Noreturn void print_and_end(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) == 0 ? 0 : EXIT_CANNOT);
}

static bool is_json(const char *format)
{
	if (strcmp(format, "json") != 0 && strcmp(format, "text") != 0)
		die_usage("--format %s: text or json", format);
	return strcmp(format, "json") == 0;
}

static void parse_address(struct options *o, const char *text)
{
	o->local = strcmp(text, "unix") == 0;
	if (!o->local && inet_pton(AF_INET, text, &o->server.sin_addr) != 1)
		die_usage("--address %s: not an IPv4 address", text);
}

/* A million connections need more than any machine of a student has. */
enum { CONNECTIONS_MAX = 1000000, BYTES_MAX = 1 << 30 };

static void take_load(struct options *o, int option, const char *text)
{
	switch (option) {
	case 'c':
		o->connections =
			parse_number("--connections", text, 1, CONNECTIONS_MAX);
		break;
	case 'a':
		o->active = parse_number("--active", text, 1, CONNECTIONS_MAX);
		break;
	case 'b':
		o->bytes = parse_bytes("--bytes", text, 1, BYTES_MAX);
		break;
	case 't':
		o->seconds = parse_real("--seconds", text, 0.001, 86400);
		break;
	case 'n':
		o->round_trips = parse_number("--round-trips", text, 1,
					      UINT64_C(1) << 40);
		break;
	case 'r':
		o->rate = parse_real("--rate", text, 0.001, 1e8);
		break;
	}
}

static void take_manner(struct options *o, int option, const char *text)
{
	switch (option) {
	case WARM_UP:
		o->warm_up = parse_real("--warm-up", text, 0, 3600);
		break;
	case CHURN:
		o->churn = true;
		break;
	case CEILING:
		o->ceiling = true;
		break;
	case IN_FLIGHT:
		o->in_flight =
			parse_number("--in-flight", text, 1, CONNECTIONS_MAX);
		break;
	case PATIENCE:
		o->patience = parse_real("--patience", text, 0.001, 3600);
		break;
	case 's':
		o->server_pid =
			(pid_t)parse_number("--server", text, 1, INT32_MAX);
		break;
	case 'A':
		parse_address(o, text);
		break;
	case 'f':
		o->json = is_json(text);
		break;
	case 'o':
		o->output = text;
		break;
	}
}

static void take_port(struct options *o, int argc, char *argv[])
{
	if (o->ceiling) {
		if (optind != argc || o->server_pid != 0)
			die_usage("--ceiling brings a server of its own: "
				  "no PORT, no --server");
		return;
	}
	if (optind != argc - 1)
		die_usage("one PORT is needed; load --help says more");

	int port = parse_port(argv[optind]);
	if (port < 0)
		die_usage("%s: not a port, which is a number from 1 to 65535",
			  argv[optind]);
	o->server.sin_port = htons((in_port_t)port);
}

/* Options that say different things about one. */
static void must_agree(struct options *o)
{
	if (o->active == 0)
		o->active = o->connections;
	if (o->active > o->connections)
		die_usage("--active %zu: there are only %zu connections",
			  o->active, o->connections);
	if (o->churn && o->rate > 0)
		die_usage("--churn goes as fast as it can: no --rate");
	if (o->round_trips > 0 && o->seconds > 0)
		die_usage("--seconds or --round-trips says when to end, "
			  "not both");
	if (o->round_trips > 0)
		o->warm_up = 0;
	else if (o->seconds <= 0)
		o->seconds = 1;
}

struct options parse_options(int argc, char *argv[])
{
	struct options o = {
		.server = {.sin_family = AF_INET,
			   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
		.connections = 1,
		.in_flight = 64,
		.bytes = 64,
		.warm_up = 0.2,
		.patience = 10,
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:a:b:t:n:r:s:A:f:o:h",
				     long_options, NULL)) != -1) {
		if (option == 'h')
			print_and_end(usage);
		if (option == VERSION)
			print_and_end("load 1.0\n");
		if (option == '?')
			exit(EXIT_USAGE);
		if (strchr("cabtnr", option) && option < 256)
			take_load(&o, option, optarg);
		else
			take_manner(&o, option, optarg);
	}
	take_port(&o, argc, argv);
	must_agree(&o);
	return o;
}

void name_server(const struct options *o, char name[INET_ADDRSTRLEN])
{
	if (o->local)
		strcpy(name, "unix");
	else
		inet_ntop(AF_INET, &o->server.sin_addr, name, INET_ADDRSTRLEN);
}
