/* SPDX-License-Identifier: MIT */
/* histogram.c - how long things took: counts in buckets that grow with the value. */
#include "histogram.h"

#include <stddef.h>

/* How many bits are cut off so that what is left is below 2 * HISTOGRAM_CUTS. */
static unsigned shift_of(uint64_t ns)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(ns | 1);

	return bits > 7 ? bits - 7 : 0;
}

static size_t bucket_of(uint64_t ns)
{
	unsigned shift = shift_of(ns);

	return (size_t)shift * HISTOGRAM_CUTS + (size_t)(ns >> shift);
}

/* The first two rows of buckets are one value wide. */
static double middle_of(size_t bucket)
{
	if (bucket < 2 * HISTOGRAM_CUTS)
		return (double)bucket;

	size_t shift = bucket / HISTOGRAM_CUTS - 1;
	size_t cut = bucket - shift * HISTOGRAM_CUTS;

	return ((double)cut + 0.5) * (double)(UINT64_C(1) << shift);
}

void histogram_add(struct histogram *h, uint64_t ns)
{
	if (h->n == 0 || ns < h->min_ns)
		h->min_ns = ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
	h->n++;
	h->sum_ns += ns;
	h->count[bucket_of(ns)]++;
}

/* The middle of a bucket may lie beyond all that was seen in it. */
static double within(const struct histogram *h, double ns)
{
	if (ns < (double)h->min_ns)
		return (double)h->min_ns;
	return ns > (double)h->max_ns ? (double)h->max_ns : ns;
}

/* 99.9 is a little more than that in binary: it is not to be the next rank. */
static uint64_t rank_of(double percent, uint64_t n)
{
	double exact = percent / 100 * (double)n * (1 - 1e-12);
	uint64_t rank = (uint64_t)exact;

	rank += (double)rank < exact;
	if (rank < 1)
		return 1;
	return rank < n ? rank : n;
}

double histogram_percentile(const struct histogram *h, double percent)
{
	uint64_t rank, up_to = 0;

	if (h->n == 0)
		return 0;
	rank = rank_of(percent, h->n);
	if (rank == 1)
		return (double)h->min_ns;
	if (rank == h->n)
		return (double)h->max_ns;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		up_to += h->count[i];
		if (up_to >= rank)
			return within(h, middle_of(i));
	}
	return (double)h->max_ns;
}

double histogram_mean(const struct histogram *h)
{
	return h->n > 0 ? (double)h->sum_ns / (double)h->n : 0;
}
