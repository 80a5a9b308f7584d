/* SPDX-License-Identifier: MIT */
/* excerpt.c - fuzzes what a tool says of a source, and the source that it quotes. */

/*
 * An input is what was said up to the first NUL, then server.c.
 */
#include "excerpt.h"

#include "target.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const programs[] = {"server", NULL};
	static const struct lab lab = {.name = "01-bare", .programs = programs};
	char *said = must_calloc(n + 1, 1);
	size_t length;
	struct staged_file file = {.path = (char *)"src/01-bare/server.c"};
	struct stage stage = {.file = &file, .n = 1};
	json_t *all, *one;
	size_t i;

	memcpy(said, data, n);
	length = strlen(said);
	if (length < n)
		bytes_add(&file.content, data + length + 1, n - length - 1);
	all = excerpts(&stage, &lab, said);
	must(all);
	json_array_foreach(all, i, one)
	{
		must(json_array_size(json_object_get(one, "lines")) <= 5);
		must(json_integer_value(json_object_get(one, "first")) <=
		     json_integer_value(json_object_get(one, "line")));
	}
	json_decref(all);
	bytes_free(&file.content);
	free(said);
	return 0;
}
