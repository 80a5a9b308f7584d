/* SPDX-License-Identifier: MIT */
/* record.c - what the witness has written down, as evidence */
#include "record.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

uint32_t witness_recorded(struct trial *t)
{
	uint32_t next = 0;

	if (t->witness < 0 || pread(t->witness, &next, sizeof(next),
				    offsetof(struct witness, next)) !=
				      sizeof(next))
		return 0;
	return next;
}

/* Copy slot i; false at the end of the record.  The program may write there
 * what it likes, so a slot that makes no sense is only passed over. */
static bool slot(struct trial *t, uint32_t i, struct witness_event *e)
{
	if (i >= WITNESS_EVENTS || i >= witness_recorded(t))
		return false;
	return pread(t->witness, e, sizeof(*e),
		     (off_t)(offsetof(struct witness, event) +
			     i * sizeof(*e))) == sizeof(*e);
}

bool witness_saw(struct trial *t, enum witness_call call, int error)
{
	struct witness_event e;

	for (uint32_t i = 0; slot(t, i, &e); i++)
		if (e.state == EVENT_RETURNED && e.call == call &&
		    e.error == error)
			return true;
	return false;
}

bool witness_saw_success(struct trial *t, enum witness_call call)
{
	struct witness_event e;

	for (uint32_t i = t->recorded; slot(t, i, &e); i++)
		if (e.state == EVENT_RETURNED && e.call == call &&
		    e.result >= 0)
			return true;
	return false;
}

unsigned witness_count(struct trial *t, pid_t inner, enum witness_call call)
{
	struct witness_event e;
	unsigned n = 0;

	for (uint32_t i = 0; slot(t, i, &e); i++)
		n += e.call == call && e.pid == inner;
	return n;
}

bool witness_saw_spinning(struct trial *t, pid_t inner)
{
	struct witness_event e;
	unsigned all = 0, in_vain = 0;

	for (uint32_t i = 0; slot(t, i, &e); i++) {
		if (e.pid != inner)
			continue;
		all++;
		in_vain += e.call == CALL_READ && e.error == EAGAIN;
	}
	return in_vain >= 100 && in_vain > all / 2;
}

bool witness_saw_other_key(struct trial *t, int64_t key)
{
	static const char name[] = {'s', 'h', 'm', 'g', 'e', 't'};
	struct witness_event e;
	bool other = false;

	for (uint32_t i = t->recorded; slot(t, i, &e); i++) {
		if (e.call != CALL_SHM || e.n_bytes != sizeof(name) ||
		    memcmp(e.bytes, name, sizeof(name)) != 0)
			continue;
		if (e.arg[0] == key)
			return false;
		other = true;
	}
	return other;
}

uint16_t witness_called_port(struct trial *t)
{
	struct witness_event e;
	struct sockaddr_in to;
	uint16_t port = 0;

	for (uint32_t i = 0; slot(t, i, &e); i++) {
		if (e.call != CALL_CONNECT || e.n_bytes < sizeof(to))
			continue;
		memcpy(&to, e.bytes, sizeof(to));
		if (to.sin_family == AF_INET)
			port = ntohs(to.sin_port);
	}
	return port;
}

bool witness_saw_late_reuseaddr(struct trial *t)
{
	int64_t bound = -1;
	int32_t pid = 0;
	struct witness_event e;

	for (uint32_t i = 0; slot(t, i, &e); i++) {
		if (e.call == CALL_BIND) {
			bound = e.arg[0];
			pid = e.pid;
		}
		if (e.call == CALL_SETSOCKOPT && e.pid == pid &&
		    e.arg[0] == bound && e.arg[1] == SOL_SOCKET &&
		    e.arg[2] == SO_REUSEADDR)
			return true;
	}
	return false;
}

bool witness_saw_kill_everyone(struct trial *t)
{
	struct witness_event e;

	for (uint32_t i = 0; slot(t, i, &e); i++)
		if (e.call == CALL_KILL && e.arg[0] == -1)
			return true;
	return false;
}
