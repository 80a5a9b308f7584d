/* SPDX-License-Identifier: MIT */
/* verdict.h - the words in which a trial's outcome is told */
#ifndef GRADER_VERDICT_H
#define GRADER_VERDICT_H

#define VERDICT_PASS "pass"
#define VERDICT_FAIL "fail"
#define VERDICT_SKIP "skip"   /* a precondition fell: see its message */
#define VERDICT_ERROR "error" /* the grader's failure, never the student's */

#endif
