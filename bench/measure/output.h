/* SPDX-License-Identifier: MIT */
/* output.h - where a result goes: a file gets all of it, or is left as it was. */
#ifndef MEASURE_OUTPUT_H
#define MEASURE_OUTPUT_H

#include "histogram.h"

#include <jansson.h>
#include <stdio.h>

struct output {
	const char *path; /* NULL: stdout */
	FILE *stream;	  /* what is to come out is written here */
	char *text;
	size_t size;
};

/* Says at the start if the file cannot be: bad usage (instrument.h).  `path` may be
 * NULL or "-", for stdout, and must stay. */
void output_open(struct output *out, const char *path);

/* What was written comes out, by rename(2): who reads the file at any time sees
 * the old one or the new one.  Dies if that fails. */
void output_close(struct output *out);

/* {"min":...,"mean":...,"p50":...,"p90":...,"p99":...,"p99_9":...,"max":...}
 * in microseconds, or null if the histogram is empty.  A new reference. */
json_t *latency_us(const struct histogram *h);

/* Indented, numbers to seven digits.  Drops the reference. */
void put_json(struct output *out, json_t *result);

#endif
