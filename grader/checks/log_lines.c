/* SPDX-License-Identifier: MIT */
/* log_lines.c - the line that a server logs of each client */
#include "log_lines.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct log_line line_for(struct trial *t, int n)
{
	struct log_line l;

	snprintf(l.port, sizeof(l.port), "%u",
		 ntohs(conn(t, n)->local.sin_port));
	snprintf(l.pid, sizeof(l.pid), "%d",
		 (int)probe_inner_pid(serving_process(t, n)));
	return l;
}

/* As a whole number in the line, not as a part of a longer one. */
static bool names(const char *line, const char *number)
{
	size_t n = strlen(number);

	for (const char *p = line; (p = strstr(p, number)); p++) {
		bool starts = p == line || p[-1] < '0' || p[-1] > '9';

		if (starts && (p[n] < '0' || p[n] > '9'))
			return true;
	}
	return false;
}

static size_t copies_of(char *const *lines, size_t n, const char *line)
{
	size_t copies = 0;

	for (size_t i = 0; i < n; i++)
		copies += strcmp(lines[i], line) == 0;
	return copies;
}

struct log_count count_log(struct trial *t, const struct log_line *l)
{
	const struct bytes *b = &t->server->printed;
	char *all = must_calloc(1, b->n + 1), *state, *lines[256];
	struct log_count count = {0};
	size_t n = 0;

	if (b->n)
		memcpy(all, b->data, b->n);
	for (char *line = strtok_r(all, "\n", &state); line && n < 256;
	     line = strtok_r(NULL, "\n", &state)) {
		if (!names(line, l->port))
			continue;
		lines[n++] = line;
		count.right += names(line, l->pid) && names(line, "127.0.0.1");
	}
	count.any = n;
	for (size_t i = 0; i < n; i++) {
		size_t copies = copies_of(lines, n, lines[i]);

		if (copies > count.copies)
			count.copies = copies;
	}
	free(all);
	return count;
}
