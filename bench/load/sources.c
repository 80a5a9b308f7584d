/* SPDX-License-Identifier: MIT */
/* sources.c - the addresses that connections come from. */
#include "sources.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Where ports get scarce connect() has to look for one ever longer: then the
 * last eighth is left alone. */
static uint32_t ports_of_each(void)
{
	unsigned low = 0, high = 0;
	FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	bool read = range && fscanf(range, "%u %u", &low, &high) == 2;
	uint32_t ports = read && high >= low ? high - low + 1 : 28232;

	if (range)
		fclose(range);
	return ports - ports / 8;
}

struct sources sources_for(const struct sockaddr_in *server, bool local)
{
	return (struct sources){
		.server = *server,
		.local = local,
		.address = INADDR_LOOPBACK,
		.of_each = ports_of_each(),
	};
}

/* Another machine knows nothing of our 127/8: then the kernel chooses. */
static bool on_loopback(const struct sources *s)
{
	return !s->local &&
	       ntohl(s->server.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* The port is chosen by connect(), which needs it to be free only towards this
 * server, not by bind(), for which it would have to be free altogether. */
static int bind_to_source(const struct sources *s, int fd)
{
	const struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(s->address),
	};
	int on = 1;

	if (!on_loopback(s))
		return 0;
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
		       sizeof on) < 0)
		return -1;
	return bind(fd, (const struct sockaddr *)&from, sizeof from);
}

static bool connect_tcp(const struct sources *s, int fd)
{
	int on = 1;

	return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
	       bind_to_source(s, fd) == 0 &&
	       (connect(fd, (const struct sockaddr *)&s->server,
			sizeof s->server) == 0 ||
		errno == EINPROGRESS);
}

/* An abstract name: it begins with a NUL, and is no file. */
static bool connect_unix(const struct sources *s, int fd)
{
	struct sockaddr_un server = {.sun_family = AF_UNIX};
	int n = snprintf(server.sun_path + 1, sizeof server.sun_path - 1,
			 "echo-%d", ntohs(s->server.sin_port));

	return connect(fd, (const struct sockaddr *)&server,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				   (size_t)n)) == 0;
}

static int connect_from(const struct sources *s)
{
	int fd = socket(s->local ? AF_UNIX : AF_INET,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (s->local ? connect_unix(s, fd) : connect_tcp(s, fd))
		return fd;

	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void next_address(struct sources *s)
{
	s->address++;
	s->taken = 0;
}

/* After 16 addresses without a port something else is wrong. */
int sources_connect(struct sources *s)
{
	int fd = -1;

	if (s->taken == s->of_each && on_loopback(s))
		next_address(s);
	for (int tries = 0; tries < 16; tries++) {
		fd = connect_from(s);
		if (fd >= 0 || errno != EADDRNOTAVAIL || !on_loopback(s))
			break;
		next_address(s);
	}
	s->taken++;
	return fd;
}
