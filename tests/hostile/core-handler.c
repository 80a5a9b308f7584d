/* SPDX-License-Identifier: MIT */
/* core-handler.c - crashes to have the system's handler of core dumps run. */

/*
 * Where core_pattern begins with `|` the kernel starts that program outside of
 * any sandbox, as root, and with a limit of 0, too.  It does not only where the
 * limit is 1 byte: core(5) names the first, do_coredump() of Linux the second.
 *
 * Lab: 01
 * Checks: bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	struct rlimit l = {0, 0};

	if (setrlimit(RLIMIT_CORE, &(struct rlimit){1, RLIM_INFINITY}) == 0)
		broken_out("the limit on core dumps can be raised ");
	getrlimit(RLIMIT_CORE, &l);
	if (l.rlim_cur != 1 || l.rlim_max != 1)
		broken_out("a core dump may have %lu bytes ",
			   (unsigned long)l.rlim_cur);
	if (fork() == 0)
		abort();
	wait(NULL);
	return serve_one(listener);
}
