/* SPDX-License-Identifier: MIT */
/* sockets.h - every TCP socket of this network namespace, by sock_diag(7) */
#ifndef GRADER_SOCKETS_H
#define GRADER_SOCKETS_H

#include <netinet/tcp.h> /* TCP_ESTABLISHED and the other states */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SOCKETS_MAX 4096

struct tcp_socket {
	uint8_t state;
	uint16_t local, remote; /* ports, host byte order */
	uint32_t local_addr,
		remote_addr; /* IPv4, or the last 4 bytes of IPv6 */
	uint32_t unread; /* bytes received; LISTEN: connections not accepted */
	uint32_t unsent; /* bytes not acknowledged; LISTEN: the backlog */
	uint32_t inode;	 /* 0: no process has it open */
};

struct tcp_sockets {
	size_t n;
	struct tcp_socket s[SOCKETS_MAX];
};

/* Those that have `port` on one side; 0: all.  More than SOCKETS_MAX are cut.
 * Dies if the kernel does not answer. */
void tcp_sockets_read(struct tcp_sockets *all, uint16_t port);

/* Is anything on its way inside the kernel, so that a process blocked now may
 * be woken by it without anybody's doing?  See the .c file for the cases.
 * False of a table that was cut. */
bool tcp_in_flight(const struct tcp_sockets *all);

/* Bytes that have not arrived, of all together: the other side has no room for
 * them, or not enough for a whole segment.  Then a timer of the kernel's may move
 * some of them on later. */
uint64_t tcp_held_back(const struct tcp_sockets *all);

/* Would a client who calls this port now find no room in the queue? */
bool tcp_queue_full(uint16_t port);

/* Does one of the processes hold this socket? */
bool holds_socket(const pid_t *pids, size_t n, uint32_t inode);

#endif
