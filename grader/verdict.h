/* SPDX-License-Identifier: MIT */
/* verdict.h - the words in which a trial's outcome is told */
#ifndef GRADER_VERDICT_H
#define GRADER_VERDICT_H

#include "language.h"

#define VERDICT_PASS N_("pass")
#define VERDICT_FAIL N_("fail")
#define VERDICT_SKIP N_("skip") /* a precondition fell: see its message */
#define VERDICT_ERROR \
	N_("error") /* the grader's failure, never the student's */

#endif
