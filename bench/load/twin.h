/* SPDX-License-Identifier: MIT */
/* twin.h - the least that an echo server can do, to measure load itself by. */
#ifndef LOAD_TWIN_H
#define LOAD_TWIN_H

#include <netinet/in.h>
#include <sys/types.h>

/* Starts it as a child, on any core, which ends with its parent.  Puts the port
 * into `server`. */
pid_t twin_start(struct sockaddr_in *server);
void twin_stop(pid_t twin);

#endif
