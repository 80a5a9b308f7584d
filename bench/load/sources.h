/* SPDX-License-Identifier: MIT */
/* sources.h - the addresses that connections come from. */
#ifndef LOAD_SOURCES_H
#define LOAD_SOURCES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * To one port of the server, a source address has only as many connections as
 * there are ports for it: some 28,000 of ip_local_port_range.  But all of 127/8
 * is this machine.  So the first connections come from 127.0.0.1, and when its
 * ports get scarce those that follow come from 127.0.0.2, and so on.
 */
struct sources {
	struct sockaddr_in server;
	bool local;	  /* by AF_UNIX, where all this is no matter */
	uint32_t address; /* of the next connection, in host order */
	uint32_t taken;	  /* connections made from it */
	uint32_t of_each; /* made from one before the next is taken */
};

struct sources sources_for(const struct sockaddr_in *server, bool local);

/* A non-blocking socket on its way to the server (connect(2), EINPROGRESS), or
 * -1 with errno. */
int sources_connect(struct sources *s);

#endif
