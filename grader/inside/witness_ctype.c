/* SPDX-License-Identifier: MIT */
/* witness_ctype.c - <ctype.h> for arguments that the C standard does not allow. */

/*
 * These functions are for the values of unsigned char, and EOF (C17 7.4).  The
 * GNU library also has answers for negative ones, so a program that hands over
 * a plain char seems to be right; another library reads outside its tables.
 * Here the negative half of the tables can be made as wrong as it may be.
 *
 * The tables are the thread's own, made anew at each call, since the locale may
 * have changed: as slow as it is simple.
 */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "passage.h"

#include <ctype.h>
#include <string.h>

#undef toupper

/* The tables go from -128 to 255; EOF is -1. */
#define NEGATIVE 128
#define ENTRIES (NEGATIVE + 256)
#define ALLOWED (NEGATIVE - 1) /* from here on, EOF included */
#define WRONG '?'

const int32_t **__ctype_toupper_loc(void)
{
	static __thread int32_t table[ENTRIES];
	static __thread const int32_t *zero;
	const int32_t **real = NEXT(__ctype_toupper_loc)();

	if (!witness_strikes(CALL_TOUPPER))
		return real;
	memcpy(table + ALLOWED, *real - 1,
	       sizeof(table) - sizeof(*table) * ALLOWED);
	for (int i = 0; i < ALLOWED; i++)
		table[i] = WRONG;
	zero = table + NEGATIVE;
	return &zero;
}

int toupper(int c)
{
	if (c < -1 && witness_strikes(CALL_TOUPPER))
		return WRONG;
	return NEXT(toupper)(c);
}
