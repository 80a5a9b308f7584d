/* SPDX-License-Identifier: MIT */
/* crowd.h - words about many clients of one thread */
#ifndef GRADER_WORDS_CROWD_H
#define GRADER_WORDS_CROWD_H

#include "../trial.h"

/* Keep what the kernel buffers of a connection small, so that it fills up soon:
 * in the trial's own network, for connections made from now on. */
void narrow_buffers(struct trial *t);
/* Start the server, connect clients 1 to n and have a word with each.  Where they
 * are served by threads or processes of their own the check is skipped, since it
 * is about one that serves them all. */
void serve_together(struct trial *t, int n);
/* crowd(), for those whom nobody may accept: they are not waited for, and they
 * are fewer than n if the queue is full and stays so.  Each says who he is. */
void call_out(struct trial *t, int n);
/* Threads of all the submission's processes; resident bytes of them. */
size_t count_all_threads(struct trial *t);
uint64_t resident_memory(struct trial *t);
/* From now on the server may have so many descriptors open. */
void limit_descriptors(struct trial *t, unsigned n);

#endif
