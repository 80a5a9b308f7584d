/* SPDX-License-Identifier: MIT */
/* bench_histogram.c - tests of the histogram, against a sorted list of all values. */
#include "histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct histogram h;

static int empty(void **state)
{
	(void)state;
	h = (struct histogram){0};
	return 0;
}

static void assert_near(double seen, double expected)
{
	double off = seen > expected ? seen - expected : expected - seen;

	if (off > expected / 128)
		fail_msg("%.17g is not within 1/128 of %.17g", seen, expected);
}

static void of_nothing_is_zero(void **state)
{
	(void)state;
	assert_true(histogram_percentile(&h, 50) <= 0);
	assert_true(histogram_mean(&h) <= 0);
}

static void one_value_is_every_percentile(void **state)
{
	(void)state;
	histogram_add(&h, 123456789);
	for (int percent = 0; percent <= 100; percent++)
		assert_true(histogram_percentile(&h, percent) == 123456789.0);
	assert_true(histogram_mean(&h) == 123456789.0);
}

/* The value that `percent` do not exceed, not the one after it. */
static void small_values_are_exact(void **state)
{
	(void)state;
	for (uint64_t ns = 1; ns <= 100; ns++)
		histogram_add(&h, ns);
	for (int percent = 1; percent <= 100; percent++)
		assert_true(histogram_percentile(&h, percent) == percent);
}

static void one_slow_in_a_thousand_is_p99_9_no_more(void **state)
{
	(void)state;
	for (int i = 0; i < 999; i++)
		histogram_add(&h, 10);
	histogram_add(&h, 1000000);
	assert_true(histogram_percentile(&h, 99.9) == 10.0);
	assert_true(histogram_percentile(&h, 99.91) == 1000000.0);
}

/* Around each power of two, where buckets change their width. */
static void every_size_is_near(void **state)
{
	(void)state;
	for (int bit = 1; bit < 63; bit++)
		for (int off = -1; off <= 1; off++) {
			uint64_t ns = (UINT64_C(1) << bit) + (uint64_t)off;

			/* Others beside it: it is not to be clamped to. */
			empty(NULL);
			histogram_add(&h, 0);
			histogram_add(&h, ns);
			histogram_add(&h, UINT64_MAX);
			assert_near(histogram_percentile(&h, 50), (double)ns);
			assert_true(histogram_percentile(&h, 100) ==
				    (double)UINT64_MAX);
		}
}

enum { MANY = 100000 };

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Of all sizes alike, as many have few digits as many. */
static uint64_t any_size(void)
{
	return (uint64_t)random() >> (random() % 31);
}

static void many_are_near_the_sorted_list(void **state)
{
	static uint64_t all[MANY];
	double sum = 0;

	(void)state;
	srandom(1);
	for (size_t i = 0; i < MANY; i++) {
		all[i] = any_size();
		sum += (double)all[i];
		histogram_add(&h, all[i]);
	}
	qsort(all, MANY, sizeof *all, by_size);
	for (size_t rank = MANY / 1000; rank <= MANY; rank += MANY / 1000)
		assert_near(
			histogram_percentile(&h, 100.0 * (double)rank / MANY),
			(double)all[rank - 1]);
	assert_int_equal(h.min_ns, all[0]);
	assert_int_equal(h.max_ns, all[MANY - 1]);
	assert_near(histogram_mean(&h), sum / MANY);
}

#define TEST(f) cmocka_unit_test_setup(f, empty)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_nothing_is_zero),
		TEST(one_value_is_every_percentile),
		TEST(small_values_are_exact),
		TEST(one_slow_in_a_thousand_is_p99_9_no_more),
		TEST(every_size_is_near),
		TEST(many_are_near_the_sorted_list),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
