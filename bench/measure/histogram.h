/* SPDX-License-Identifier: MIT */
/* histogram.h - how long things took: counts in buckets that grow with the value. */
#ifndef MEASURE_HISTOGRAM_H
#define MEASURE_HISTOGRAM_H

#include <stdint.h>

/*
 * Every value gets into a bucket, so that a percentile is never that of a
 * sample.  Up to 128 ns each value has a bucket of its own; beyond, each power
 * of two is cut into 64 buckets of one width.  So a bucket is at most 1/64 of
 * its values wide, and what is read from the middle of it is off by less than
 * 0.8 %, from nanoseconds to the 584 years that 64 bits of them last.  It is
 * the layout of HdrHistogram with its 2 digits, for which Debian 12 has no
 * package.
 */
enum {
	HISTOGRAM_CUTS = 64,
	HISTOGRAM_BUCKETS = HISTOGRAM_CUTS * (64 - 6 + 1),
};

struct histogram {
	uint64_t n, sum_ns, min_ns, max_ns;
	uint64_t count[HISTOGRAM_BUCKETS];
};

/* One that is all zeros is empty; min_ns has no meaning then. */
void histogram_add(struct histogram *h, uint64_t ns);

/* The smallest value that `percent` of all values do not exceed, in ns, as
 * exact as its bucket; the extremes are exact.  0 when there are none. */
double histogram_percentile(const struct histogram *h, double percent);

/* In ns, exact.  0 when there are none. */
double histogram_mean(const struct histogram *h);

#endif
