/* SPDX-License-Identifier: MIT */
/* connection.h - one connection: what it has sent, and whether that came back. */
#ifndef LOAD_CONNECTION_H
#define LOAD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connection_state {
	GONE,	    /* closed, or not yet opened: fd is -1 */
	CONNECTING, /* until its socket can be written to */
	IDLE,
	BUSY,	 /* in a round trip: it has sent what is not all back yet */
	LEAVING, /* has said that it ends, waits for the server to do so */
};

struct connection {
	int fd;
	enum connection_state state;
	uint32_t number;	 /* of its stream (pattern.h) */
	uint64_t sent, received; /* bytes of the stream, so far */
	uint64_t target;	 /* both, when the round trip is done */
	uint64_t due_ns;	 /* when the round trip should have begun */
	uint64_t began_ns;	 /* when it, or the connecting, did begin */
	int error;		 /* why it was lost; 0: closed by the server */
};

/* What came of an event. */
enum news {
	NOTHING_YET,
	CONNECTED,  /* now IDLE */
	ROUND_TRIP, /* done, every byte was right; now IDLE */
	ENDED,	    /* the server closed after we had; still LEAVING */
	WRONG,	    /* bytes came that should not have */
	LOST,	    /* reset, or closed by the server; errno says which */
};

/* What was wrong, for who tells of it. */
struct wrong {
	uint64_t offset; /* in the stream, of the first byte that is wrong */
	uint64_t bytes;	 /* that were wrong, of those received at once */
	bool unasked;	 /* they came though nothing was due */
	size_t n;	 /* of `seen` */
	unsigned char seen[8];
};

/* Sends what the socket takes now; what it does not, connection_go_on()
 * sends later.  false with errno if the connection is lost. */
bool connection_begin(struct connection *c, uint64_t bytes, uint64_t now);

/* Says that no more will come (shutdown(2)).  false with errno as above. */
bool connection_leave(struct connection *c);

/*
 * Does what these events of epoll(7) allow.  They are edge-triggered, so it
 * goes on until the socket has nothing more, or the round trip is done and the
 * events tell of no end.  `wrong` is filled in if it returns WRONG.
 */
enum news connection_go_on(struct connection *c, uint32_t events,
			   struct wrong *wrong);

#endif
