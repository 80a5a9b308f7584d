/* SPDX-License-Identifier: MIT */
/* sanitizer-silenced.c - overruns its buffer, and silences AddressSanitizer. */

/*
 * The sanitizers' own functions, and the options that they ask the program for,
 * can be defined by the program.  Memcheck has none of this.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 * Fails: bare.memory memory-error
 */
#include "hostile.h"

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "halt_on_error=0:log_path=/dev/null:detect_stack_use_after_return=0";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "silence_unsigned_overflow=1:log_path=/dev/null";
}

#define SILENT(name)        \
	void name(void *p); \
	void name(void *p)  \
	{                   \
		(void)p;    \
	}
SILENT(__asan_report_store1)
SILENT(__asan_report_store8)
SILENT(__asan_report_load1)
SILENT(__asan_report_load8)

void __asan_report_error(void *pc, void *bp, void *sp, void *p, int w,
			 size_t n);
void __asan_report_error(void *pc, void *bp, void *sp, void *p, int w, size_t n)
{
	(void)pc, (void)bp, (void)sp, (void)p, (void)w, (void)n;
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	char *small = malloc(16);

	for (int i = 0; i < argc + 16; i++)
		small[i] = 'x'; /* two bytes over */
	fprintf(stderr, "%c\n", small[argc + 14]);
	free(small);
	return serve_one(listener);
}
