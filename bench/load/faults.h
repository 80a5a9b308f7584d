/* SPDX-License-Identifier: MIT */
/* faults.h - what went wrong with connections: how often, and the first in words. */
#ifndef LOAD_FAULTS_H
#define LOAD_FAULTS_H

#include "connection.h"

struct faults {
	uint64_t wrong_bytes;
	size_t lost; /* connections: closed, reset, or silent for too long */
	char first[320]; /* a sentence; empty if there was none */
};

/* all[i] got wrong bytes.  The others, all n of them, may have sent them. */
void faults_wrong(struct faults *f, const struct connection *all, size_t n,
		  size_t i, const struct wrong *w);

/* Connection i is lost.  `error` is an errno, or 0 if the server closed it. */
void faults_lost(struct faults *f, const struct connection *c, size_t i,
		 int error);

/* Nothing has come for connection i, nor for any other, for so many seconds. */
void faults_silent(struct faults *f, const struct connection *c, size_t i,
		   double seconds);

#endif
