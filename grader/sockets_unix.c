/* SPDX-License-Identifier: MIT */
/* sockets_unix.c - every UNIX socket of this network namespace, by sock_diag(7) */
#include "sockets_unix.h"

#include "base.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int ask(void)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req body;
	} q = {
		.header = {.nlmsg_len = sizeof(q),
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = AF_UNIX,
			 .udiag_states = ~0u,
			 .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS |
				       UDIAG_SHOW_RQLEN},
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0 || send(fd, &q, sizeof(q), 0) < 0)
		die_errno("sock_diag");
	return fd;
}

static void take_attribute(struct unix_socket *s, const struct rtattr *a)
{
	size_t n = RTA_PAYLOAD(a);
	struct unix_diag_vfs vfs;
	struct unix_diag_rqlen queue;

	switch (a->rta_type) {
	case UNIX_DIAG_NAME:
		s->length = n < sizeof(s->name) ? n : sizeof(s->name);
		memcpy(s->name, RTA_DATA(a), s->length);
		break;
	case UNIX_DIAG_VFS:
		memcpy(&vfs, RTA_DATA(a), sizeof(vfs));
		s->device = vfs.udiag_vfs_dev;
		s->file = vfs.udiag_vfs_ino;
		break;
	case UNIX_DIAG_RQLEN:
		memcpy(&queue, RTA_DATA(a), sizeof(queue));
		s->unread = queue.udiag_rqueue;
		break;
	case UNIX_DIAG_SHUTDOWN:
		memcpy(&s->ended, RTA_DATA(a), sizeof(s->ended));
		break;
	default:
		break;
	}
}

static void keep(struct unix_sockets *all, const struct nlmsghdr *h)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	const struct rtattr *a = (const void *)(m + 1);
	size_t left = h->nlmsg_len - NLMSG_LENGTH(sizeof(*m));
	struct unix_socket *s;

	if (all->n == UNIX_SOCKETS_MAX)
		return;
	s = &all->s[all->n++];
	*s = (struct unix_socket){.type = m->udiag_type,
				  .state = m->udiag_state,
				  .inode = m->udiag_ino};
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		take_attribute(s, a);
}

/* True when the dump is complete. */
static bool take(struct unix_sockets *all, const char *block, size_t n)
{
	const struct nlmsghdr *h = (const void *)block;

	for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return true;
		if (h->nlmsg_type == NLMSG_ERROR)
			die("sock_diag does not know UNIX sockets");
		keep(all, h);
	}
	return false;
}

void unix_sockets_read(struct unix_sockets *all)
{
	_Alignas(struct nlmsghdr) char block[32768];
	int fd = ask();
	ssize_t n;

	all->n = 0;
	do {
		n = recv(fd, block, sizeof(block), 0);
		if (n < 0 && errno != EINTR)
			die_errno("sock_diag");
	} while (n < 0 || !take(all, block, (size_t)n));
	close(fd);
}

/* A device as the kernel numbers it inside. */
static uint32_t inner_device(dev_t device)
{
	return (uint32_t)(major(device) << 20 | minor(device));
}

bool is_bound_to(const struct unix_socket *s, const struct stat *file,
		 const char *name)
{
	if (s->file == (uint32_t)file->st_ino &&
	    s->device == inner_device(file->st_dev))
		return true;
	return s->length >= strlen(name) &&
	       strnlen(s->name, s->length) == strlen(name) &&
	       memcmp(s->name, name, strlen(name)) == 0;
}
