/* SPDX-License-Identifier: MIT */
/* valgrind-silenced.c - overruns its buffer, and tells valgrind to say nothing of it. */

/*
 * Four rotations of a register are a request to valgrind (valgrind.h): here, to
 * report no error any more.  The sanitizers do not
 * know them.
 *
 * Lab: 01
 * Checks: bare.echo bare.memory
 * Passes: bare.echo
 * Fails: bare.memory memory-error
 */
#include "hostile.h"

static void ask_valgrind(uintptr_t what, uintptr_t arg)
{
#if defined(__x86_64__)
	volatile uintptr_t request[6] = {what, arg};
	uintptr_t answer = 0;

	__asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi\n\t"
			 "rolq $61, %%rdi; rolq $51, %%rdi\n\t"
			 "xchgq %%rbx, %%rbx"
			 : "+d"(answer)
			 : "a"(&request[0])
			 : "cc", "memory");
#else
	(void)what, (void)arg;
#endif
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	char *small = malloc(16);

	ask_valgrind(0x1801, 1); /* VALGRIND_DISABLE_ERROR_REPORTING */
	for (int i = 0; i < argc + 16; i++)
		small[i] = 'x'; /* two bytes over */
	fprintf(stderr, "%c\n", small[argc + 14]);
	free(small);
	return serve_one(listener);
}
