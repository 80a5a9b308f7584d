/* SPDX-License-Identifier: MIT */
/* handout.c - fuzzes a handout, of which a report shows a section. */

/*
 * An input is the heading's name up to the first newline, then the handout.
 */
#include "../../grader/handout.c" /* NOLINT(bugprone-suspicious-include) */

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *all = must_calloc(n + 1, 1), *handout, *section;

	memcpy(all, data, n);
	handout = strchr(all, '\n');
	if (handout) {
		*handout++ = 0;
		section = find_section(handout, all);
		if (section) {
			size_t length = strlen(section);

			drop_marks(section);
			must(strlen(section) <= length);
		}
	}
	free(all);
	return 0;
}
