/* SPDX-License-Identifier: MIT */
/* json.c - the result as it is, for programs */
#include "report.h"

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	(void)style;
	json_dumpf(result, out, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	fputc('\n', out);
}

const struct report report_json = {
	.name = "json", .keeps_hidden = true, .whole = whole};
