/* SPDX-License-Identifier: MIT */
/* sockets_unix.h - every UNIX socket of this network namespace, by sock_diag(7) */
#ifndef GRADER_SOCKETS_UNIX_H
#define GRADER_SOCKETS_UNIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define UNIX_SOCKETS_MAX 4096
#define UNIX_NAME_MAX 108

struct unix_socket {
	uint8_t type;	 /* SOCK_STREAM, SOCK_DGRAM, … */
	uint8_t state;	 /* as of TCP: TCP_LISTEN, TCP_ESTABLISHED, … */
	uint8_t ended;	 /* RCV_SHUTDOWN, SEND_SHUTDOWN: what has been shut */
	uint32_t inode;	 /* of the socket; 0: no process has it open */
	uint32_t device; /* of the file that it is bound to, and its inode; */
	uint32_t file;	 /* 0: none */
	uint32_t unread; /* bytes received, of datagrams those of the first;
			    listening: connections not accepted */
	size_t length;	 /* of its name; an abstract one begins with a NUL */
	char name[UNIX_NAME_MAX];
};

/* What the kernel keeps in unix_socket.ended (<net/sock.h>). */
enum { RCV_SHUTDOWN = 1, SEND_SHUTDOWN = 2 };

struct unix_sockets {
	size_t n;
	struct unix_socket s[UNIX_SOCKETS_MAX];
};

/* More than UNIX_SOCKETS_MAX are cut.  Dies if the kernel does not answer. */
void unix_sockets_read(struct unix_sockets *all);

/* Is it bound to this file, or else, where a file system numbers its files in
 * another way for sockets than for stat(), to this very name? */
bool is_bound_to(const struct unix_socket *s, const struct stat *file,
		 const char *name);

#endif
