/* SPDX-License-Identifier: MIT */
/* ordered_atomic.c - atomic operations, by the names that the compiler calls them by */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#include "ordered.h"

#include <stdbool.h>
#include <stddef.h>

/* The names are the compiler's own, and it insists on types of its own. */
#define NAMED(name) __asm__(name)

#define OPERATION(type, size, name, before, after)                    \
	type name##_##size(volatile void *p, type v, int order)       \
		NAMED("__atomic_" #name "_" #size);                   \
	type name##_##size(volatile void *p, type v, int order)       \
	{                                                             \
		struct held h = hold_address(p);                      \
		type old = *(volatile type *)p, new = (type)(before); \
                                                                      \
		(void)order;                                          \
		(void)v;                                              \
		*(volatile type *)p = new;                            \
		release(&h);                                          \
		return after;                                         \
	}

#define OPERATIONS(type, size)                                                 \
	OPERATION(type, size, exchange, v, old)                                \
	OPERATION(type, size, fetch_add, old + v, old)                         \
	OPERATION(type, size, fetch_sub, old - v, old)                         \
	OPERATION(type, size, fetch_and, old &v, old)                          \
	OPERATION(type, size, fetch_or, old | v, old)                          \
	OPERATION(type, size, fetch_xor, old ^ v, old)                         \
	OPERATION(type, size, fetch_nand, ~(old & v), old)                     \
	OPERATION(type, size, add_fetch, old + v, new)                         \
	OPERATION(type, size, sub_fetch, old - v, new)                         \
	OPERATION(type, size, and_fetch, old &v, new)                          \
	OPERATION(type, size, or_fetch, old | v, new)                          \
	OPERATION(type, size, xor_fetch, old ^ v, new)                         \
	OPERATION(type, size, nand_fetch, ~(old & v), new)                     \
                                                                               \
	type load_##size(const volatile void *p, int order)                    \
		NAMED("__atomic_load_" #size);                                 \
	type load_##size(const volatile void *p, int order)                    \
	{                                                                      \
		struct held h = hold_address(p);                               \
		type v = *(const volatile type *)p;                            \
                                                                               \
		(void)order;                                                   \
		release(&h);                                                   \
		return v;                                                      \
	}                                                                      \
                                                                               \
	void store_##size(volatile void *p, type v, int order)                 \
		NAMED("__atomic_store_" #size);                                \
	void store_##size(volatile void *p, type v, int order)                 \
	{                                                                      \
		exchange_##size(p, v, order);                                  \
	}                                                                      \
                                                                               \
	bool compare_exchange_##size(volatile void *p, void *expected, type v, \
				     int success, int failure)                 \
		NAMED("__atomic_compare_exchange_" #size);                     \
	bool compare_exchange_##size(volatile void *p, void *expected, type v, \
				     int success, int failure)                 \
	{                                                                      \
		struct held h = hold_address(p);                               \
		bool same = *(volatile type *)p == *(type *)expected;          \
                                                                               \
		(void)success;                                                 \
		(void)failure;                                                 \
		if (same)                                                      \
			*(volatile type *)p = v;                               \
		else                                                           \
			*(type *)expected = *(volatile type *)p;               \
		release(&h);                                                   \
		return same;                                                   \
	}

__extension__ typedef unsigned __int128 uint128;

OPERATIONS(uint8_t, 1)
OPERATIONS(uint16_t, 2)
OPERATIONS(uint32_t, 4)
OPERATIONS(uint64_t, 8)
OPERATIONS(uint128, 16)

/* Objects of any other size, as a struct that is _Atomic. */
void load_n(size_t n, const void *p, void *to, int order)
	NAMED("__atomic_load");
void store_n(size_t n, void *p, const void *from, int order)
	NAMED("__atomic_store");
void exchange_n(size_t n, void *p, const void *from, void *to, int order)
	NAMED("__atomic_exchange");
bool compare_exchange_n(size_t n, void *p, void *expected, const void *from,
			int success, int failure)
	NAMED("__atomic_compare_exchange");

void load_n(size_t n, const void *p, void *to, int order)
{
	struct held h = hold_address(p);

	(void)order;
	memcpy(to, p, n);
	release(&h);
}

void store_n(size_t n, void *p, const void *from, int order)
{
	struct held h = hold_address(p);

	(void)order;
	memcpy(p, from, n);
	release(&h);
}

void exchange_n(size_t n, void *p, const void *from, void *to, int order)
{
	struct held h = hold_address(p);

	(void)order;
	memcpy(to, p, n);
	memcpy(p, from, n);
	release(&h);
}

bool compare_exchange_n(size_t n, void *p, void *expected, const void *from,
			int success, int failure)
{
	struct held h = hold_address(p);
	bool same = memcmp(p, expected, n) == 0;

	(void)success;
	(void)failure;
	memcpy(same ? p : expected, same ? from : p, n);
	release(&h);
	return same;
}
