/* SPDX-License-Identifier: MIT */
/* wrap.h - system calls that never return an error: they end the program. */
#ifndef COMMON_WRAP_H
#define COMMON_WRAP_H

/*
 * The contract, as in W. R. Stevens' books: Xyz() takes the arguments of xyz()
 * and does what xyz() does.  If that fails, the program says so on stderr,
 * "prog: xyz: reason", and exits with status 1 (sys_err.h).  So the result
 * needs no check, and where xyz() could only have said 0, Xyz() says nothing.
 * Each header notes only what Xyz() does beyond that.
 *
 * Where they suit: calls whose failure is our own fault or the machine's, such
 * as setting up a socket, or running out of memory.
 *
 * Where they do not:
 * - What a peer can cause.  A server with other clients must not end because
 *   one of them reset its connection: there, check read(2), write(2), send(2)
 *   and recv(2), or take io.h.
 * - Noticing a signal.  An interrupted call (EINTR) simply goes on, so a loop
 *   `while (!stop) Accept(...)` never sees `stop`: call accept(2) itself.
 * - Non-blocking descriptors, where EAGAIN is no failure.
 * - A forked child, in that exit(3) is the wrong way out of it (sys_err.h).
 */

#include "wrap_file.h"
#include "wrap_memory.h"
#include "wrap_poll.h"
#include "wrap_process.h"
#include "wrap_socket.h"
#include "wrap_sysv.h"
#include "wrap_thread.h"

#endif
