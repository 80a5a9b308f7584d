/* SPDX-License-Identifier: MIT */
/* common.h - bodies of checks that several labs have */
#ifndef GRADER_CHECKS_COMMON_H
#define GRADER_CHECKS_COMMON_H

#include "../check.h"

/* `server` refuses every bad set of arguments. */
void refuses_bad_usage(struct trial *t);

/* `server PORT` says so when the port is taken. */
void reports_busy_port(struct trial *t);

/* Messages of all telling sizes on one connection each way of ending, under a
 * tool; then SIGTERM.  False: not every byte came back as it was sent. */
bool telling_session(struct trial *t, enum tool tool);

#endif
