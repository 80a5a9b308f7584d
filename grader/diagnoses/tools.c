/* SPDX-License-Identifier: MIT */
/* tools.c - diagnoses: what the compiler, memcheck and the sanitizers find */
#include "../diagnoses.h"
const struct diagnosis does_not_compile = {
	.id = "does-not-compile",
	.title = "The program does not compile",
	.text = "The compiler has refused it; the first error it printed is "
		"the one to mend, later ones are often only its echo. Nothing "
		"that needs this program can be judged before.",
};

const struct diagnosis compiler_warnings = {
	.id = "compiler-warnings",
	.title = "The compiler warns",
	.text = "In C a warning nearly always means a mistake that will show "
		"itself at run time: a missing header, a wrong type, a value "
		"that is never set. Read it as an error.",
};

const struct diagnosis memory_error = {
	.id = "memory-error",
	.title = "Memory is used that is not the program's to use",
	.text = "valgrind or AddressSanitizer saw an access outside a buffer, "
		"after free(), or a decision on a value that was never set. "
		"The first report names the line; later ones often follow "
		"from it.",
};

const struct diagnosis sends_uninitialised = {
	.id = "sends-uninitialised",
	.title = "Bytes that were never set are sent to the client",
	.text = "The send() or write() went beyond what recv() had filled in: "
		"whatever lay in memory before, passwords included, goes out "
		"on the wire.",
};
