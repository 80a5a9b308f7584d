/* SPDX-License-Identifier: MIT */
/* wrap_memory.h - memory from the heap; wrap.h tells the contract. */
#ifndef COMMON_WRAP_MEMORY_H
#define COMMON_WRAP_MEMORY_H

#include <stdlib.h>

/* malloc(3), calloc(3), realloc(3): the caller frees.  NULL is returned only
 * where nothing was asked for: for a size of 0. */
void *Malloc(size_t size);
void *Calloc(size_t n, size_t size);
void *Realloc(void *old, size_t size);

#endif
