/* SPDX-License-Identifier: MIT */
/* parcel.h - what the words about datagrams share */
#ifndef GRADER_WORDS_PARCEL_H
#define GRADER_WORDS_PARCEL_H

#include "../trial.h"

#include <sys/socket.h>
#include <sys/un.h>

struct parcel {
	int fd, error;
	const void *data;
	size_t n;
	const struct sockaddr_un *to; /* NULL: to the server's path */
	socklen_t size;
};

/* Wait until it is in its receiver's queue; with p->error set, IS_GONE. */
enum outcome deliver(struct trial *t, struct parcel *p);

struct arrival {
	int fd;
	bool came;
	unsigned char *data; /* DATAGRAM_MAX bytes of room */
	size_t n;
	struct sockaddr_un from;
	socklen_t size;
};

/* Wait for the next datagram; the caller frees a->data. */
enum outcome receive(struct trial *t, int fd, struct arrival *a);

/* Fail unless it is this one; frees a->data and `expected`. */
void must_be(struct trial *t, const struct arrival *a, const void *data,
	     size_t n, enum outcome o, char *expected);

#endif
