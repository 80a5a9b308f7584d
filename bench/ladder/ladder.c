/* SPDX-License-Identifier: MIT */
/* ladder.c - what it costs two processes to hand messages to one another, rung by rung. */

/*
 * The mechanisms are in by_descriptor.c and by_memory.c, behind the one struct of
 * mechanism.h; crossing.c measures whatever is behind it.  Here it is decided
 * what is measured, and the result is told.
 */

#include "asked.h"
#include "crossing.h"
#include "instrument.h"
#include "output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A message of one size, by one mechanism, on one core or two. */
struct rung {
	const struct mechanism *by;
	size_t bytes;
	bool two;
	const char *reason; /* why it was left out; NULL if it was not */
	const struct crossing *crossing;
};

static double us_of(const struct rung *r, double percent)
{
	return histogram_percentile(&r->crossing->round_trip, percent) / 1e3;
}

static double cpu_us(const struct rung *r)
{
	return (double)r->crossing->cpu_ns / 1e3 /
	       (double)r->crossing->round_trip.n;
}

/* Bytes in a microsecond are megabytes in a second. */
static double mb_per_second(const struct rung *r)
{
	return (double)r->crossing->messages * (double)r->bytes /
	       ((double)r->crossing->one_way_ns / 1e3);
}

static const char *cores_name(const struct rung *r)
{
	return r->two ? "two" : "same";
}

static json_t *as_json(const struct rung *r)
{
	json_t *o =
		json_pack("{s:s, s:I, s:s}", "mechanism", r->by->name, "bytes",
			  (json_int_t)r->bytes, "cores", cores_name(r));

	if (r->reason) {
		json_object_set_new(o, "reason", json_string(r->reason));
		return o;
	}
	json_object_set_new(o, "latency_us",
			    latency_us(&r->crossing->round_trip));
	json_object_set_new(o, "cpu_us_per_round_trip", json_real(cpu_us(r)));
	json_object_set_new(
		o, "round_trips",
		json_integer((json_int_t)r->crossing->round_trip.n));
	json_object_set_new(o, "throughput_mb_per_second",
			    json_real(mb_per_second(r)));
	json_object_set_new(o, "messages",
			    json_integer((json_int_t)r->crossing->messages));
	return o;
}

static void tell(FILE *out, const struct rung *r)
{
	fprintf(out, "%-18s %8zu  %-5s ", r->by->name, r->bytes, cores_name(r));
	if (r->reason)
		fprintf(out, "left out: %s\n", r->reason);
	else
		fprintf(out, "%9.2f %9.2f %9.2f %9.2f %11.1f\n", us_of(r, 50),
			us_of(r, 90), us_of(r, 99), cpu_us(r),
			mb_per_second(r));
}

static struct rung measure(const struct mechanism *by, size_t bytes, bool two,
			   struct extent extent)
{
	struct rung r = {.by = by, .bytes = bytes, .two = two};
	struct cores cores;
	struct link link;

	if (!choose_cores(&cores, two)) {
		r.reason = "there is only one core for it";
	} else if (by->spins && !two) {
		r.reason = "who spins keeps the other one from the core";
	} else if (link_open(&link, by, bytes) < 0) {
		r.reason = strerror(errno);
	} else {
		r.crossing = cross_both_ways(&link, cores, extent);
		link_close(&link);
	}
	return r;
}

/* Where the result goes, in one of its two forms. */
struct result {
	struct output out;
	json_t *rungs, *left_out; /* NULL for text */
};

static void add(struct result *result, const struct rung *r)
{
	if (!result->rungs)
		tell(result->out.stream, r);
	else
		json_array_append_new(r->reason ? result->left_out
						: result->rungs,
				      as_json(r));
}

static void climb(const struct asked *a, struct result *result, bool two)
{
	for (size_t m = 0; a->mechanism[m]; m++)
		for (size_t b = 0; a->bytes[b] > 0; b++) {
			struct rung r = measure(a->mechanism[m], a->bytes[b],
						two, a->extent);
			add(result, &r);
		}
}

int main(int argc, char *argv[])
{
	struct asked a = read_options(argc, argv);
	struct result result = {0};
	struct cores cores;

	if (a.cores_are_named && a.two && !choose_cores(&cores, true))
		die("--cores two: this process may run on one core only");
	output_open(&result.out, a.output);
	if (a.json) {
		result.rungs = json_array();
		result.left_out = json_array();
	} else {
		fprintf(result.out.stream,
			"%-18s %8s  %-5s %9s %9s %9s %9s %11s\n", "mechanism",
			"bytes", "cores", "p50 us", "p90 us", "p99 us",
			"CPU us", "MB/s");
	}
	if (a.two)
		climb(&a, &result, true);
	if (a.same)
		climb(&a, &result, false);
	if (a.json)
		put_json(&result.out,
			 json_pack("{s:i, s:o, s:o}", "version", 1, "ladder",
				   result.rungs, "left_out", result.left_out));
	output_close(&result.out);
	return 0;
}
