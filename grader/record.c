/* SPDX-License-Identifier: MIT */
/* record.c - what the witness has written down, as evidence */
#include "record.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

uint32_t witness_recorded(struct trial *t)
{
	uint32_t next = 0;

	if (t->witness < 0 ||
	    pread(t->witness, &next, sizeof(next),
		  offsetof(struct witness, next)) != sizeof(next))
		return 0;
	return next;
}

/* The program may write there what it likes, so a slot that makes no sense is
 * only passed over. */
bool witness_slot(struct trial *t, uint32_t i, struct witness_event *e)
{
	if (i >= WITNESS_EVENTS || i >= witness_recorded(t))
		return false;
	return pread(t->witness, e, sizeof(*e),
		     (off_t)(offsetof(struct witness, event) +
			     i * sizeof(*e))) == sizeof(*e);
}

/* The record as it is now, for who has to go through it again and again. */
static struct witness_event copy[WITNESS_EVENTS];

static uint32_t take_copy(struct trial *t)
{
	ssize_t n = pread(t->witness, copy, sizeof(copy),
			  offsetof(struct witness, event));
	uint32_t whole = n < 0 ? 0 : (uint32_t)((size_t)n / sizeof(*copy));
	uint32_t recorded = witness_recorded(t);

	return recorded < whole ? recorded : whole;
}

static bool saw_from(struct trial *t, uint32_t i, enum witness_call call,
		     int error)
{
	struct witness_event e;

	for (; witness_slot(t, i, &e); i++)
		if (e.state == EVENT_RETURNED && e.call == call &&
		    e.error == error)
			return true;
	return false;
}

bool witness_saw(struct trial *t, enum witness_call call, int error)
{
	return saw_from(t, 0, call, error);
}

bool witness_saw_lately(struct trial *t, enum witness_call call, int error)
{
	return saw_from(t, t->recorded, call, error);
}

bool witness_saw_success(struct trial *t, enum witness_call call)
{
	struct witness_event e;

	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++)
		if (e.state == EVENT_RETURNED && e.call == call &&
		    e.result >= 0)
			return true;
	return false;
}

unsigned witness_count(struct trial *t, pid_t inner, enum witness_call call)
{
	struct witness_event e;
	unsigned n = 0;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++)
		n += e.call == call && e.pid == inner;
	return n;
}

bool witness_saw_spinning(struct trial *t, pid_t inner)
{
	struct witness_event e;
	unsigned all = 0, in_vain = 0;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++) {
		if (e.pid != inner)
			continue;
		all++;
		in_vain += e.call == CALL_READ && e.error == EAGAIN;
	}
	return in_vain >= 100 && in_vain > all / 2;
}

static bool is_socket(uint32_t from, uint32_t end, int64_t fd)
{
	for (uint32_t i = from; i < end; i++)
		if (copy[i].call == CALL_SOCKET && copy[i].result == fd)
			return true;
	return false;
}

bool witness_saw_received(struct trial *t)
{
	uint32_t end = take_copy(t);

	for (uint32_t i = t->recorded; i < end; i++)
		if (copy[i].call == CALL_READ &&
		    copy[i].state == EVENT_RETURNED && copy[i].result > 0 &&
		    is_socket(t->recorded, end, copy[i].arg[0]))
			return true;
	return false;
}

static bool is_shmget(const struct witness_event *e)
{
	static const char name[] = {'s', 'h', 'm', 'g', 'e', 't'};

	return e->call == CALL_SHM && e->n_bytes == sizeof(name) &&
	       memcmp(e->bytes, name, sizeof(name)) == 0;
}

bool witness_saw_shmget(struct trial *t, int error)
{
	struct witness_event e;

	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++)
		if (is_shmget(&e) && e.state == EVENT_RETURNED &&
		    e.error == error)
			return true;
	return false;
}

unsigned witness_saw_other_mode(struct trial *t)
{
	struct witness_event e;
	int64_t mode;

	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++) {
		if (e.call == CALL_MKFIFO)
			mode = e.arg[1];
		else if (is_shmget(&e) && (e.arg[2] & IPC_CREAT))
			mode = e.arg[2] & 0777;
		else
			continue;
		if (mode != 0600)
			return (unsigned)mode;
	}
	return 0;
}

bool witness_saw_other_key(struct trial *t, int64_t key)
{
	struct witness_event e;
	bool other = false;

	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++) {
		if (!is_shmget(&e))
			continue;
		if (e.arg[0] == key)
			return false;
		other = true;
	}
	return other;
}

/* Of the address that bind() or connect() was called with; IPv6 has its port
 * where IPv4 has it, and bind() takes no family at all for IPv4.  0: it has
 * none. */
static uint16_t port_in(const struct witness_event *e)
{
	struct sockaddr_in address;

	if (e->n_bytes < sizeof(address))
		return 0;
	memcpy(&address, e->bytes, sizeof(address));
	return address.sin_family == AF_INET ||
			       address.sin_family == AF_INET6 ||
			       (address.sin_family == AF_UNSPEC &&
				e->call == CALL_BIND)
		       ? ntohs(address.sin_port)
		       : 0;
}

uint16_t witness_called_port(struct trial *t)
{
	struct witness_event e;
	uint16_t port = 0;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++)
		if (e.call == CALL_CONNECT && port_in(&e))
			port = port_in(&e);
	return port;
}

static bool has_bound(const struct witness_event *e)
{
	return e->call == CALL_BIND && e->state == EVENT_RETURNED &&
	       e->result == 0;
}

bool witness_saw_bound(struct trial *t, uint16_t port)
{
	struct witness_event e;

	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++)
		if (has_bound(&e) && port_in(&e) == port)
			return true;
	return false;
}

bool witness_saw_bound_at(struct trial *t, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct witness_event e;
	size_t n = offsetof(struct sockaddr_un, sun_path) + strlen(path);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (n > sizeof(e.bytes))
		n = sizeof(e.bytes);
	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++)
		if (has_bound(&e) && e.n_bytes >= n &&
		    memcmp(e.bytes, &at, n) == 0)
			return true;
	return false;
}

bool witness_saw_late_reuseaddr(struct trial *t)
{
	int64_t bound = -1;
	int32_t pid = 0;
	struct witness_event e;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++) {
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

/* All events of what one call has found ready; 0: of another, or nothing. */
static short ready_in(const struct witness_event *e)
{
	struct pollfd one;
	short events = 0;

	if (e->call != CALL_POLL || e->result <= 0)
		return 0;
	for (size_t at = 0; at + sizeof(one) <= e->n_bytes &&
			    at + sizeof(one) <= sizeof(e->bytes);
	     at += sizeof(one)) {
		memcpy(&one, e->bytes + at, sizeof(one));
		events |= one.revents;
	}
	return events;
}

short witness_saw_ready(struct trial *t)
{
	struct witness_event e;
	short events = 0;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++)
		if (ready_in(&e))
			events = ready_in(&e);
	return events;
}

short witness_ever_saw_ready(struct trial *t)
{
	struct witness_event e;
	short events = 0;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++)
		events |= ready_in(&e);
	return events;
}

int witness_last_error(struct trial *t, enum witness_call call)
{
	struct witness_event e;
	int error = 0;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++)
		if (e.state == EVENT_RETURNED && e.call == call)
			error = e.error;
	return error;
}

bool witness_saw_kill_everyone(struct trial *t)
{
	struct witness_event e;

	for (uint32_t i = 0; witness_slot(t, i, &e); i++)
		if (e.call == CALL_KILL && e.arg[0] == -1)
			return true;
	return false;
}

/* Its descriptor, which accept() gave, is not open when it is closed. */
bool witness_saw_closed_twice(struct trial *t)
{
	static bool accepted[1024];
	struct witness_event e;

	memset(accepted, 0, sizeof(accepted));
	for (uint32_t i = t->recorded; witness_slot(t, i, &e); i++) {
		if (e.state != EVENT_RETURNED)
			continue;
		if (e.call == CALL_ACCEPT && e.result >= 0 && e.result < 1024)
			accepted[e.result] = true;
		if (e.call == CALL_CLOSE && e.error == EBADF && e.arg[0] >= 0 &&
		    e.arg[0] < 1024 && accepted[e.arg[0]])
			return true;
	}
	return false;
}

/* Who was the last to close it, in these slots?  0: nobody. */
static int32_t closer_of(uint32_t from, uint32_t end, int64_t fd)
{
	for (uint32_t i = end; i > from; i--) {
		const struct witness_event *e = &copy[i - 1];

		if (e->state == EVENT_RETURNED && e->call == CALL_CLOSE &&
		    e->error == 0 && e->arg[0] == fd)
			return e->tid;
	}
	return 0;
}

static bool is_listening(uint32_t from, uint32_t end, int64_t fd)
{
	for (uint32_t i = from; i < end; i++)
		if (copy[i].call == CALL_LISTEN && copy[i].arg[0] == fd)
			return true;
	return false;
}

/* To close a client's connection once more is another mistake. */
bool witness_saw_closed_by_another(struct trial *t)
{
	uint32_t from = t->recorded, end = take_copy(t);

	for (uint32_t i = from; i < end; i++) {
		const struct witness_event *e = &copy[i];
		int32_t closer;

		if (e->state != EVENT_RETURNED || e->error != EBADF)
			continue;
		if (e->call != CALL_READ && e->call != CALL_WRITE &&
		    e->call != CALL_ACCEPT &&
		    (e->call != CALL_CLOSE ||
		     !is_listening(from, end, e->arg[0])))
			continue;
		closer = closer_of(from, i, e->arg[0]);
		if (closer && closer != e->tid)
			return true;
	}
	return false;
}

/* How many threads have tried to read from it?  2 stands for any more. */
static int readers_of(uint32_t from, uint32_t end, int64_t fd)
{
	int32_t first = 0;

	for (uint32_t i = from; i < end; i++) {
		if (copy[i].call != CALL_READ || copy[i].arg[0] != fd)
			continue;
		if (first && copy[i].tid != first)
			return 2;
		first = copy[i].tid;
	}
	return first != 0;
}

bool witness_saw_shared_connection(struct trial *t)
{
	uint32_t since = 0, end = take_copy(t);
	int64_t before = -1;

	for (uint32_t i = t->recorded; i < end; i++) {
		const struct witness_event *e = &copy[i];

		if (e->call != CALL_ACCEPT || e->state != EVENT_RETURNED ||
		    e->result < 0)
			continue;
		if (before >= 0 && readers_of(since, end, before) == 0 &&
		    readers_of(i, end, e->result) == 2)
			return true;
		before = e->result;
		since = i;
	}
	return false;
}
