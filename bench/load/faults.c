/* SPDX-License-Identifier: MIT */
/* faults.c - what went wrong with connections: how often, and the first in words. */
#include "faults.h"

#include "pattern.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(struct faults *f, size_t i, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(struct faults *f, size_t i, const char *fmt, ...)
{
	va_list args;
	int n;

	if (f->first[0] != '\0')
		return;
	n = snprintf(f->first, sizeof f->first, "connection %zu ", i);
	va_start(args, fmt);
	vsnprintf(f->first + n, sizeof f->first - (size_t)n, fmt, args);
	va_end(args);
}

static bool has_sent(const struct connection *c, uint64_t offset)
{
	return c->sent > 0 && offset < c->sent;
}

/* Whose bytes these are, as the end of a sentence: " (...)" or nothing.  Long
 * streams come by every place of the pattern, so they are a guess: the
 * connection itself first, then the only other one. */
static void whose(char *text, size_t size, const struct connection *all,
		  size_t n, size_t i, const struct wrong *w)
{
	long place = pattern_find(w->seen, w->n);
	size_t others = 0, other = 0;

	text[0] = '\0';
	if (place < 0)
		return;

	uint64_t own = pattern_offset(all[i].number, place);
	if (has_sent(&all[i], own)) {
		snprintf(text, size, " (they look like its byte %" PRIu64 ")",
			 own);
		return;
	}
	for (size_t j = 0; j < n; j++)
		if (j != i &&
		    has_sent(&all[j], pattern_offset(all[j].number, place))) {
			other = j;
			others++;
		}
	if (others == 1)
		snprintf(text, size,
			 " (they look like byte %" PRIu64 " of connection %zu)",
			 pattern_offset(all[other].number, place), other);
}

void faults_wrong(struct faults *f, const struct connection *all, size_t n,
		  size_t i, const struct wrong *w)
{
	char from[80];

	f->wrong_bytes += w->bytes;
	if (f->first[0] != '\0')
		return;
	whose(from, sizeof from, all, n, i, w);
	if (w->unasked)
		tell(f, i, "got more than it had sent, %" PRIu64 " bytes%s",
		     all[i].sent, from);
	else
		tell(f, i,
		     "got a wrong byte, number %" PRIu64
		     ": 0x%02x instead of 0x%02x%s",
		     w->offset, w->seen[0],
		     pattern_at(all[i].number, w->offset)[0], from);
}

void faults_lost(struct faults *f, const struct connection *c, size_t i,
		 int error)
{
	f->lost++;
	if (error != 0)
		tell(f, i, "is lost: %s, after %" PRIu64 " bytes",
		     strerror(error), c->received);
	else
		tell(f, i,
		     "was closed by the server after %" PRIu64 " bytes, "
		     "before its client had ended",
		     c->received);
}

void faults_silent(struct faults *f, const struct connection *c, size_t i,
		   double seconds)
{
	f->lost++;
	if (c->state == CONNECTING)
		tell(f, i,
		     "is not accepted, nor is any other, for %g s: is the queue "
		     "of listen(2) full, or net.core.somaxconn small?",
		     seconds);
	else if (c->state == LEAVING)
		tell(f, i,
		     "has ended, but the server does not close it for %g s",
		     seconds);
	else
		tell(f, i,
		     "has %" PRIu64 " of %" PRIu64
		     " bytes back, and nothing comes "
		     "for %g s: are some lost, or does the server wait for another?",
		     c->received, c->sent, seconds);
}
