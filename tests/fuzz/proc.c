/* SPDX-License-Identifier: MIT */
/* proc.c - fuzzes the lines of /proc that a process has its name in, or its call. */
#include "../../grader/probe.c" /* NOLINT(bugprone-suspicious-include) */

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct stat_line s = {0};
	char *line = must_calloc(n + 1, 1);
	struct call c;

	memcpy(line, data, n);
	if (parse_stat(line, &s)) {
		must(s.state != ' ');
		must(s.ended || s.state != 'Z');
	}
	c = parse_call(line);
	awaits_event(&c);
	timeout_of(-1, &c); /* of no process: nobody's memory is read */
	free(line);
	return 0;
}
