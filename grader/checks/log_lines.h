/* SPDX-License-Identifier: MIT */
/* log_lines.h - the line that a server logs of each client */
#ifndef GRADER_CHECKS_LOG_LINES_H
#define GRADER_CHECKS_LOG_LINES_H

#include "../check.h"

/* What it must hold for one client. */
struct log_line {
	char port[16], pid[16];
};
struct log_line line_for(struct trial *t, int n);

/* What the lines that name a client's port amount to. */
struct log_count {
	size_t right;  /* with its address and pid too */
	size_t copies; /* of that line which occurs most often */
	size_t any;
};
struct log_count count_log(struct trial *t, const struct log_line *l);

#endif
