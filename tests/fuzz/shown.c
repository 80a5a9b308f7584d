/* SPDX-License-Identifier: MIT */
/* shown.c - fuzzes bytes of a submission's on their way to a reader's eyes. */
#include "base.h"

#include "report/html.h"
#include "report/report.h"
#include "target.h"

#include <jansson.h>
#include <string.h>

/* Neither controls nor what is no character. */
static void must_be_harmless(const char *s)
{
	json_t *is_utf8 = json_string(s);

	must(is_utf8);
	json_decref(is_utf8);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		must(c >= 32 && c != 127);
		must(c != 0xc2 || (unsigned char)s[1] >= 0xa0);
	}
}

static void must_not_be_obeyed(const char *s)
{
	char *page = NULL;
	size_t size;
	FILE *out = open_memstream(&page, &size);

	must(out);
	put_text(out, s);
	fclose(out);
	must(!strpbrk(page, "<>\""));
	free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *s = must_calloc(n + 1, 1);
	char *literal = readable(data, n, 80);

	memcpy(s, data, n);
	must_be_harmless(literal);
	for (const char *p = literal; *p; p++)
		must((unsigned char)*p < 127);
	must_not_be_obeyed(s);
	make_printable(s);
	must_be_harmless(s);
	free(literal);
	free(s);
	return 0;
}
