/* SPDX-License-Identifier: MIT */
/* sockets.c - every TCP socket of this network namespace, by sock_diag(7) */
#include "sockets.h"

#include "base.h"
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int diag_socket(void)
{
	static int fd = -1;
	static pid_t owner;

	if (fd < 0 || owner != getpid()) {
		fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			    NETLINK_SOCK_DIAG);
		owner = getpid();
		if (fd < 0)
			die_errno("sock_diag");
	}
	return fd;
}

static void ask(int fd, uint8_t family, uint32_t states)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} q = {
		.header = {.nlmsg_len = sizeof(q),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = family,
			 .sdiag_protocol = IPPROTO_TCP,
			 .idiag_states = states},
	};

	if (send(fd, &q, sizeof(q), 0) < 0)
		die_errno("sock_diag");
}

static void keep(struct tcp_sockets *all, const struct inet_diag_msg *m,
		 uint16_t port)
{
	uint16_t local = ntohs(m->id.idiag_sport);
	uint16_t remote = ntohs(m->id.idiag_dport);
	int word = m->idiag_family == AF_INET ? 0 : 3;

	if ((port && local != port && remote != port) || all->n == SOCKETS_MAX)
		return;
	all->s[all->n++] = (struct tcp_socket){
		.state = m->idiag_state,
		.local = local,
		.remote = remote,
		.local_addr = m->id.idiag_src[word],
		.remote_addr = m->id.idiag_dst[word],
		.unread = m->idiag_rqueue,
		.unsent = m->idiag_wqueue,
		.inode = m->idiag_inode,
	};
}

/* True when the dump is complete. */
static bool take(struct tcp_sockets *all, const char *block, size_t n,
		 uint16_t port)
{
	const struct nlmsghdr *h = (const void *)block;

	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return true;
		if (h->nlmsg_type == NLMSG_ERROR)
			return true; /* no IPv6 in this kernel, say */
		keep(all, NLMSG_DATA(h), port);
	}
	return false;
}

static void dump(struct tcp_sockets *all, uint8_t family, uint16_t port,
		 uint32_t states)
{
	_Alignas(struct nlmsghdr) char block[32768];
	int fd = diag_socket();

	ask(fd, family, states);
	for (;;) {
		ssize_t n = recv(fd, block, sizeof(block), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno("sock_diag");
		if (take(all, block, (size_t)n, port))
			return;
	}
}

/* All up to TCP_NEW_SYN_RECV of <net/tcp_states.h>, but not what is only bound:
 * for those the kernel would walk a large table of its own. */
#define EVERY_STATE ((1u << 13) - 1)

void tcp_sockets_read(struct tcp_sockets *all, uint16_t port)
{
	all->n = 0;
	dump(all, AF_INET, port, EVERY_STATE);
	dump(all, AF_INET6, port, EVERY_STATE);
}

static const struct tcp_socket *peer_of(const struct tcp_sockets *all,
					const struct tcp_socket *s)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct tcp_socket *p = &all->s[i];

		if (p->local == s->remote && p->remote == s->local &&
		    p->local_addr == s->remote_addr &&
		    p->remote_addr == s->local_addr)
			return p;
	}
	return NULL;
}

static bool accept_queue_full(const struct tcp_sockets *all, uint16_t port)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct tcp_socket *p = &all->s[i];

		if (p->state == TCP_LISTEN && p->local == port)
			return p->unread > p->unsent;
	}
	return false;
}

bool tcp_queue_full(uint16_t port)
{
	static struct tcp_sockets all;

	/* Only those that listen: quick, however many are connected. */
	all.n = 0;
	dump(&all, AF_INET, port, 1u << TCP_LISTEN);
	dump(&all, AF_INET6, port, 1u << TCP_LISTEN);
	return accept_queue_full(&all, port);
}

static bool moves(const struct tcp_sockets *all, const struct tcp_socket *s)
{
	const struct tcp_socket *peer = peer_of(all, s);

	switch (s->state) {
	case TCP_LISTEN:
	case TCP_TIME_WAIT:
		return false;
	case TCP_SYN_SENT:
		/* Retransmitted until it gets in; never, if nobody accepts. */
		return !accept_queue_full(all, s->remote);
	case TCP_SYN_RECV:
		return !accept_queue_full(all, s->local);
	case TCP_ESTABLISHED:
		if (!peer)
			return true; /* its reset is on the way */
		if (peer->state == TCP_SYN_RECV)
			return !accept_queue_full(all, peer->local);
		break;
	case TCP_FIN_WAIT1:
	case TCP_LAST_ACK:
	case TCP_CLOSING:
		/* It is there, and its acknowledgement, which may take its
		 * time, wakes nobody: no process has this socket any more. */
		if (peer && peer->state == TCP_CLOSE_WAIT && !s->inode)
			return false;
		/* The end is on the way, unless data before it are stuck. */
		if (!peer || peer->unread == 0)
			return peer != NULL;
		return peer->state == TCP_ESTABLISHED && s->unsent <= 1;
	default:
		break;
	}
	/* Sent and neither arrived nor stuck behind a reader who does not
	 * read: a segment, or an acknowledgement that Nagle waits for. */
	return s->unsent > 0 && peer && peer->unread == 0;
}

bool tcp_in_flight(const struct tcp_sockets *all)
{
	if (all->n == SOCKETS_MAX)
		return false; /* cut off: nothing is known of the peers */
	for (size_t i = 0; i < all->n; i++)
		if (moves(all, &all->s[i]))
			return true;
	return false;
}

uint64_t tcp_held_back(const struct tcp_sockets *all)
{
	uint64_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->s[i].state != TCP_LISTEN)
			n += all->s[i].unsent;
	return n;
}

static bool process_holds(pid_t pid, uint32_t inode)
{
	DIR *d = probe_open_descriptors(pid);
	char target[64], want[64];
	bool found = false;
	struct dirent *e;

	snprintf(want, sizeof(want), "socket:[%u]", inode);
	while (d && !found && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, target,
				       sizeof(target) - 1);

		if (n > 0) {
			target[n] = 0;
			found = strcmp(target, want) == 0;
		}
	}
	if (d)
		closedir(d);
	return found;
}

bool holds_socket(const pid_t *pids, size_t n, uint32_t inode)
{
	for (size_t i = 0; i < n; i++)
		if (process_holds(pids[i], inode))
			return true;
	return false;
}
