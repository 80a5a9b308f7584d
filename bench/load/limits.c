/* SPDX-License-Identifier: MIT */
/* limits.c - what this machine does not let us have, and what to raise. */
#include "limits.h"

#include "instrument.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

/* Beside the connections: stdio, epoll, files in /proc. */
enum { OTHER_DESCRIPTORS = 16 };

void need_descriptors(const struct options *o)
{
	rlim_t needed = o->connections + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		die_errno("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		die_errno("setrlimit");
	if (limit.rlim_max < needed)
		die("%zu connections need %llu descriptors, and the hard limit is %llu: "
		    "as root, `ulimit -Hn %llu` raises it in this shell (fs.nr_open is the most)",
		    o->connections, (unsigned long long)needed,
		    (unsigned long long)limit.rlim_max,
		    (unsigned long long)needed);
}

bool is_own_limit(int error)
{
	return error == EMFILE || error == ENFILE || error == EADDRNOTAVAIL ||
	       error == ENOBUFS || error == ENOMEM;
}

static const char *advice(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return "nobody listens there";
	case ECONNRESET:
		return "is net.ipv4.tcp_abort_on_overflow set, and the queue of "
		       "listen(2) full?";
	case ETIMEDOUT:
		return "is the queue of listen(2) full, or net.core.somaxconn small?";
	case EADDRNOTAVAIL:
		return "no port is free: sysctl net.ipv4.ip_local_port_range "
		       "gives more";
	case EMFILE:
		return "ulimit -n gives more descriptors";
	case ENFILE:
		return "sysctl fs.file-max gives more";
	case ENOBUFS:
	case ENOMEM:
		return "sysctl net.ipv4.tcp_mem gives more";
	default:
		return NULL;
	}
}

void cannot_connect(const struct options *o, int error)
{
	char address[INET_ADDRSTRLEN];
	const char *more = advice(error);

	name_server(o, address);
	die("cannot connect to %s:%d: %s%s%s", address,
	    ntohs(o->server.sin_port), strerror(error), more ? "; " : "",
	    more ? more : "");
}
