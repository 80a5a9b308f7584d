/* SPDX-License-Identifier: MIT */
/* options.h - what the command line of load asks for. */
#ifndef LOAD_OPTIONS_H
#define LOAD_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct options {
	struct sockaddr_in server; /* its port is 0 with ceiling */
	bool local; /* by AF_UNIX: it is at the abstract name echo-PORT */
	size_t connections, active, in_flight;
	uint64_t bytes;	      /* of one round trip */
	double seconds;	      /* 0 if round_trips says when to end */
	double warm_up;	      /* seconds */
	uint64_t round_trips; /* 0 if seconds says when to end */
	double rate;	      /* of an open loop, per second, else 0 */
	double patience;      /* seconds without any news */
	bool churn, ceiling, json;
	pid_t server_pid;   /* 0: not told */
	const char *output; /* NULL: stdout */
};

/* Reads the command line.  Ends the program after bad usage (status 2), --help
 * and --version. */
struct options parse_options(int argc, char *argv[]);

/* The server's address, as it was given. */
void name_server(const struct options *o, char name[INET_ADDRSTRLEN]);

#endif
