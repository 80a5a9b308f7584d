/* SPDX-License-Identifier: MIT */
/* open_loop.h - round trips at a fixed rate; traffic.h says how. */
#ifndef LOAD_OPEN_LOOP_H
#define LOAD_OPEN_LOOP_H

#include "traffic.h"

void open_loop(struct traffic *t);

/* What the ways to run traffic have in common (traffic.c). */
bool traffic_begins(struct traffic *t, uint64_t now);
void traffic_is_over(struct traffic *t, uint64_t now);
void traffic_count(struct traffic *t, const struct connection *c, uint64_t now);

#endif
