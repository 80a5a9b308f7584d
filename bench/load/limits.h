/* SPDX-License-Identifier: MIT */
/* limits.h - what this machine does not let us have, and what to raise. */
#ifndef LOAD_LIMITS_H
#define LOAD_LIMITS_H

#include "options.h"

/* Raises the limit on descriptors as far as it goes; if that is not enough for
 * what was asked, the program ends and says what to do. */
void need_descriptors(const struct options *o);

/* That a connection could not be opened is not the server's doing. */
bool is_own_limit(int error);

/* Ends the program: says why, and what to raise. */
_Noreturn void cannot_connect(const struct options *o, int error);

#endif
