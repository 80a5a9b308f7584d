/* SPDX-License-Identifier: MIT */
/* grader_ordered.c - tests that ordered.so's atomic operations do what they are called. */

/*
 * What helgrind makes of it is proved by the alternatives of lab 04.  The
 * library is in $BUILD (build), as ordered.so.
 */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 2000

static void *library;

/* A function that is not there is a failure. */
static void find(const char *name, void *function)
{
	void *address = dlsym(library, name);

	if (!address)
		print_error("%s is not there\n", name);
	assert_non_null(address);
	memcpy(function, &address, sizeof(address));
}

static void every_size_is_there(void **state)
{
	static const char *const operations[] = {
		"load",	     "store",	   "exchange",	"compare_exchange",
		"fetch_add", "fetch_sub",  "fetch_and", "fetch_or",
		"fetch_xor", "fetch_nand", "add_fetch", "sub_fetch",
		"and_fetch", "or_fetch",   "xor_fetch", "nand_fetch"};
	void (*function)(void);
	char name[64];

	(void)state;
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		for (int size = 1; size <= 16; size *= 2) {
			snprintf(name, sizeof(name), "__atomic_%s_%d",
				 operations[i], size);
			find(name, &function);
		}
	}
	find("__atomic_load", &function);
	find("__atomic_store", &function);
	find("__atomic_exchange", &function);
	find("__atomic_compare_exchange", &function);
}

static void old_and_new_values(void **state)
{
	uint32_t (*operation)(volatile void *, uint32_t, int);
	static const struct {
		const char *name;
		uint32_t result, left;
	} cases[] = {
		{"__atomic_fetch_add_4", 12, 22},
		{"__atomic_add_fetch_4", 22, 22},
		{"__atomic_fetch_sub_4", 12, 2},
		{"__atomic_sub_fetch_4", 2, 2},
		{"__atomic_fetch_and_4", 12, 8},
		{"__atomic_and_fetch_4", 8, 8},
		{"__atomic_fetch_or_4", 12, 14},
		{"__atomic_or_fetch_4", 14, 14},
		{"__atomic_fetch_xor_4", 12, 6},
		{"__atomic_xor_fetch_4", 6, 6},
		{"__atomic_exchange_4", 12, 10},
		{"__atomic_nand_fetch_4", ~8u, ~8u},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t v = 12;

		find(cases[i].name, &operation);
		assert_int_equal(operation(&v, 10, 5), cases[i].result);
		assert_int_equal(v, cases[i].left);
	}
}

static void compares_before_it_exchanges(void **state)
{
	bool (*compare)(volatile void *, void *, uint16_t, int, int);
	bool (*compare_n)(size_t, void *, void *, const void *, int, int);
	uint16_t v = 7, expected = 6;
	char text[12] = "twelve here", other[12] = "something e",
	     new[12] = "eleven more";

	(void)state;
	find("__atomic_compare_exchange_2", &compare);
	assert_false(compare(&v, &expected, 9, 5, 5));
	assert_int_equal(v, 7);
	assert_int_equal(expected, 7);
	assert_true(compare(&v, &expected, 9, 5, 5));
	assert_int_equal(v, 9);
	find("__atomic_compare_exchange", &compare_n);
	assert_false(compare_n(sizeof(text), text, other, new, 5, 5));
	assert_string_equal(other, "twelve here");
	assert_true(compare_n(sizeof(text), text, other, new, 5, 5));
	assert_string_equal(text, "eleven more");
}

static uint64_t (*add)(volatile void *, uint64_t, int);
static uint64_t total;

static void *add_many(void *unused)
{
	for (int i = 0; i < ROUNDS; i++)
		add(&total, 3, 5);
	return unused;
}

static void no_update_is_lost(void **state)
{
	pthread_t thread[4];

	(void)state;
	find("__atomic_fetch_add_8", &add);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&thread[i], NULL, add_many, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(total, 4 * ROUNDS * 3);
}

static int begin(void **state)
{
	const char *build = getenv("BUILD");
	char wanted[PATH_MAX], path[PATH_MAX];

	(void)state;
	snprintf(wanted, sizeof(wanted), "%s/ordered.so",
		 build ? build : "build");
	if (!realpath(wanted, path))
		return -1;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	return library ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_there),
		cmocka_unit_test(old_and_new_values),
		cmocka_unit_test(compares_before_it_exchanges),
		cmocka_unit_test(no_update_is_lost),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
