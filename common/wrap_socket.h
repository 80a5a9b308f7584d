/* SPDX-License-Identifier: MIT */
/* wrap_socket.h - sockets; wrap.h tells the contract. */
#ifndef COMMON_WRAP_SOCKET_H
#define COMMON_WRAP_SOCKET_H

#include <sys/socket.h>
#include <sys/types.h>

/* socket(2): returns the descriptor, which the caller closes. */
int Socket(int domain, int type, int protocol);

/* bind(2), listen(2). */
void Bind(int fd, const struct sockaddr *addr, socklen_t len);
void Listen(int fd, int backlog);

/* accept(2): returns the connected socket, which the caller closes.  Goes on
 * when interrupted, and when a client has given up before its turn came
 * (ECONNABORTED, EPROTO): the next one may not.  Out of descriptors (EMFILE)
 * ends the program. */
int Accept(int fd, struct sockaddr *addr, socklen_t *len);

/* connect(2): an interrupted connect goes on in the kernel and is not called
 * again (POSIX connect(), EINTR); Connect() waits for how it ends. */
void Connect(int fd, const struct sockaddr *addr, socklen_t len);

/* setsockopt(2), getsockname(2), getpeername(2), shutdown(2). */
void Setsockopt(int fd, int level, int name, const void *value, socklen_t len);
void Getsockname(int fd, struct sockaddr *addr, socklen_t *len);
void Getpeername(int fd, struct sockaddr *addr, socklen_t *len);
void Shutdown(int fd, int how);

/* send(2), recv(2), sendto(2), recvfrom(2): go on when interrupted, and may
 * still move fewer bytes than asked.  Mind that a peer who has gone ends this
 * program here: by the error, or by SIGPIPE unless flags has MSG_NOSIGNAL. */
ssize_t Send(int fd, const void *buf, size_t n, int flags);
ssize_t Recv(int fd, void *buf, size_t n, int flags);
ssize_t Sendto(int fd, const void *buf, size_t n, int flags,
	       const struct sockaddr *addr, socklen_t len);
ssize_t Recvfrom(int fd, void *buf, size_t n, int flags, struct sockaddr *addr,
		 socklen_t *len);

#endif
