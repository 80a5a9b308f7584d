/* SPDX-License-Identifier: MIT */
/* thread.h - words about a server's threads */
#ifndef GRADER_WORDS_THREAD_H
#define GRADER_WORDS_THREAD_H

#include "../trial.h"

/* Of the server's main process: its threads, and the mappings of its memory,
 * of which each thread's stack is two. */
size_t count_threads(struct trial *t);
size_t count_mappings(struct trial *t);
/* With fewer threads than clients the check is skipped, since it is about
 * threads. */
void need_threads(struct trial *t, int clients);
/* Let all its threads, those to come as well, run on one and the same processor:
 * then two of them change a variable at the same moment only if one is
 * interrupted in between. */
void on_one_processor(struct trial *t);
/* Helgrind has found none. */
void expect_no_race(struct trial *t);

#endif
