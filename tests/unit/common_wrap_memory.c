/* SPDX-License-Identifier: MIT */
/* common_wrap_memory.c - tests of the wrappers for memory. */
/* wrap: malloc calloc realloc */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"
#include "common_fault.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
	return must_fail("malloc") ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return must_fail("calloc") ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return must_fail("realloc") ? NULL : __real_realloc(old, size);
}

static void mallocs_in_vain(void)
{
	plan_fault("malloc", ENOMEM, 1);
	free(Malloc(1));
}

static void callocs_in_vain(void)
{
	plan_fault("calloc", ENOMEM, 1);
	free(Calloc(1, 1));
}

static void reallocs_in_vain(void)
{
	plan_fault("realloc", ENOMEM, 1);
	free(Realloc(NULL, 1));
}

static void what_is_given_can_be_used(void **state)
{
	char *p = Malloc(100);

	(void)state;
	memset(p, 'm', 100);
	p = Realloc(p, 10000);
	assert_int_equal(p[99], 'm');
	memset(p, 'r', 10000);
	free(p);
	p = Calloc(100, 100);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(p[i], 0);
	free(p);
}

/* Some C libraries give NULL for nothing: that is no failure. */
static void nothing_asked_may_give_null(void **state)
{
	(void)state;
	plan_fault("malloc", ENOMEM, 1);
	assert_null(Malloc(0));
	plan_fault("calloc", ENOMEM, 2);
	assert_null(Calloc(0, 5));
	assert_null(Calloc(5, 0));
	plan_fault("realloc", ENOMEM, 1);
	assert_null(Realloc(NULL, 0));
	assert_int_equal(calls_made(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(mallocs_in_vain, "malloc", ENOMEM),
		ENDS(callocs_in_vain, "calloc", ENOMEM),
		ENDS(reallocs_in_vain, "realloc", ENOMEM),
		cmocka_unit_test(what_is_given_can_be_used),
		cmocka_unit_test(nothing_asked_may_give_null),
	};

	return cmocka_run_group_tests_name("wrap_memory", tests, NULL, NULL);
}
