/* SPDX-License-Identifier: MIT */
/* connection.h - what the words about connections share */
#ifndef GRADER_CONNECTION_H
#define GRADER_CONNECTION_H

#include "trial.h"

#include <netinet/in.h>

#define SHOWN 120 /* bytes of what came, in a failure */
#define SAID 24	  /* bytes of a message, in a step */

/* Exactly these bytes are to arrive on a connection. */
struct want {
	struct connection *c;
	const unsigned char *data;
	size_t n;
};

/* Wait for them, and take them; what else came stays in c->in. */
enum outcome await_bytes(struct trial *t, struct want *w);

/* Fail with what came instead, on connection number n. */
_Noreturn void fail_bytes(struct trial *t, int n, const struct want *w,
			  enum outcome o, char *expected);

/* Number a connected, or connecting, non-blocking socket. */
struct connection *add_connection(struct trial *t, int fd);

/* 127.0.0.1, and this port. */
struct sockaddr_in loopback(uint16_t port);

#endif
