/* SPDX-License-Identifier: MIT */
/* wrap_memory.c - memory from the heap; wrap.h tells the contract. */
#include "wrap_memory.h"

#include "sys_err.h"

void *Malloc(size_t size)
{
	void *p = malloc(size);

	if (p == NULL && size > 0)
		sys_err("malloc");
	return p;
}

void *Calloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL && n > 0 && size > 0)
		sys_err("calloc");
	return p;
}

void *Realloc(void *old, size_t size)
{
	void *p = realloc(old, size);

	if (p == NULL && size > 0)
		sys_err("realloc");
	return p;
}
