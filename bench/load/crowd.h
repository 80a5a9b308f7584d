/* SPDX-License-Identifier: MIT */
/* crowd.h - all connections, and the one place to wait for news of them. */
#ifndef LOAD_CROWD_H
#define LOAD_CROWD_H

#include "connection.h"
#include "faults.h"
#include "options.h"
#include "sources.h"

struct crowd {
	const struct options *o;
	struct connection *all; /* o->connections of them */
	struct sources sources;
	int epoll;
	uint32_t streams; /* begun so far */
	size_t pending;	  /* connections that something must still come for */
	uint64_t
		quiet_ns; /* since when nothing has come; 0: something just has */
	struct faults faults;
};

/* Nothing is opened yet, but all memory there, and touched. */
struct crowd crowd_of(const struct options *o);
void crowd_free(struct crowd *crowd); /* closes all */

/* The j-th of those that send: they are evenly spread. */
struct connection *crowd_active(const struct crowd *crowd, size_t j);

/* Connect c, which is GONE.  false with errno: it still is. */
bool crowd_open(struct crowd *crowd, struct connection *c, uint64_t now);

/* Begin a round trip of so many bytes that was due then.  If the connection is
 * lost by that, it is GONE, and counted. */
void crowd_begin(struct crowd *crowd, struct connection *c, uint64_t bytes,
		 uint64_t due, uint64_t now);

/* Say that c, which is IDLE, ends.  As above. */
void crowd_leave(struct crowd *crowd, struct connection *c);

/* Is told the news of a connection.  After ENDED, WRONG and LOST it is GONE;
 * the last two have been counted. */
typedef void take_news(void *context, struct connection *c, enum news news,
		       uint64_t now);

#define NO_END UINT64_MAX

/*
 * Waits for news, until `until` at most, and hands out what there is.  If
 * nothing comes at all for as long as the patience lasts while something
 * should, all those pending are lost.
 */
void crowd_wait(struct crowd *crowd, uint64_t until, take_news *take,
		void *context);

#endif
