/* SPDX-License-Identifier: MIT */
/* wrap_poll.h - waiting for several descriptors; wrap.h tells the contract. */
#ifndef COMMON_WRAP_POLL_H
#define COMMON_WRAP_POLL_H

#include <poll.h>

/* poll(2): returns how many of the n descriptors are ready, 0 when the time
 * is up.  Interrupted, it goes on for what is left of timeout_ms, so signals
 * that keep coming cannot put the end off.  Negative waits for ever. */
int Poll(struct pollfd *fds, nfds_t n, int timeout_ms);

#endif
