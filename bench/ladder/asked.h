/* SPDX-License-Identifier: MIT */
/* asked.h - what the command line of ladder asks for. */
#ifndef LADDER_ASKED_H
#define LADDER_ASKED_H

#include "crossing.h"

enum { RUNGS_MAX = 32, SIZES_MAX = 32 };

struct asked {
	const struct mechanism *mechanism[RUNGS_MAX]; /* NULL at the end */
	size_t bytes[SIZES_MAX];		      /* 0 at the end */
	struct extent extent;			      /* of each way */
	bool same, two;				      /* cores */
	bool cores_are_named; /* then it is an error if there are too few */
	bool json;
	const char *output;
};

/* Ends the program at --help, and where something makes no sense. */
struct asked read_options(int argc, char *argv[]);

#endif
