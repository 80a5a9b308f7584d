/* SPDX-License-Identifier: MIT */
/* report.c - the formats, by name */
#include "report.h"

#include <string.h>

static const struct report *const formats[] = {
	&report_text,	  &report_json,		&report_html,
	&report_junit,	  &report_tap,		&report_gradescope,
	&report_github,	  &report_classroom50,	&report_autolab,
	&report_exercism, &report_prairielearn,
};

const struct report *find_report(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

const char *report_names(void)
{
	static char names[256];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s",
				      i ? ", " : "", formats[i]->name);
	return names;
}
