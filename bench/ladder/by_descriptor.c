/* SPDX-License-Identifier: MIT */
/* by_descriptor.c - mechanisms that are written to and read from. */
#include "mechanism.h"

#include "io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>

static int send_whole(struct link *l)
{
	return writen(l->out[l->side], l->message, l->bytes);
}

/* A datagram is no longer than was asked for, and comes in one piece. */
static int receive_whole(struct link *l)
{
	ssize_t n = readn(l->in[l->side], l->message, l->bytes);

	if (n >= 0 && (size_t)n < l->bytes)
		errno = EPIPE; /* end of file: the other one has gone */
	return n == (ssize_t)l->bytes ? 0 : -1;
}

/* What side 0 writes is for side 1, and the other way round. */
static void cross(struct link *l, const int forth[2], const int back[2])
{
	l->in[1] = forth[0];
	l->out[0] = forth[1];
	l->in[0] = back[0];
	l->out[1] = back[1];
}

static int set_up_pipes(struct link *l)
{
	int forth[2], back[2] = {-1, -1};

	if (pipe(forth) < 0)
		return -1;
	int status = pipe(back);
	cross(l, forth, back);
	return status;
}

/* Open for both, as Linux allows: nobody waits in open() for the other one. */
static int open_fifo(const char *path)
{
	int fd = mkfifo(path, 0600) < 0 ? -1 : open(path, O_RDWR | O_CLOEXEC);

	unlink(path);
	return fd;
}

int link_fifos(struct link *l)
{
	char dir[] = "/tmp/ladder-XXXXXX", path[sizeof dir + 2];

	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/f", dir);
	l->in[1] = l->out[0] = open_fifo(path);
	l->in[0] = l->out[1] = open_fifo(path);
	int error = errno;
	rmdir(dir);
	errno = error;
	return l->in[0] < 0 || l->in[1] < 0 ? -1 : 0;
}

static void take_sockets(struct link *l, const int socket[2])
{
	for (int side = 0; side < 2; side++)
		l->in[side] = l->out[side] = socket[side];
}

static int set_up_unix(struct link *l, int type)
{
	int socket[2];

	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, socket) < 0)
		return -1;
	take_sockets(l, socket);
	return 0;
}

static int set_up_stream(struct link *l)
{
	return set_up_unix(l, SOCK_STREAM);
}

/* A message has to fit into the send buffer, with what the kernel needs beside
 * it.  FORCE goes beyond the limit of wmem_max, for those who may. */
static int make_room(int fd, size_t bytes)
{
	int room = (int)bytes + 4096, had;
	socklen_t size = sizeof had;

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &had, &size) < 0)
		return -1;
	if (had >= 2 * room)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) == 0)
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

/* Whether one of this length goes through is known when one has. */
static int set_up_messages(struct link *l, int type)
{
	if (set_up_unix(l, type) < 0 || make_room(l->out[0], l->bytes) < 0 ||
	    make_room(l->out[1], l->bytes) < 0)
		return -1;
	if (send(l->out[0], l->message, l->bytes, MSG_NOSIGNAL) < 0)
		return -1;
	return recv(l->in[1], l->message, l->bytes, 0) < 0 ? -1 : 0;
}

static int set_up_dgram(struct link *l)
{
	return set_up_messages(l, SOCK_DGRAM);
}

static int set_up_seqpacket(struct link *l)
{
	return set_up_messages(l, SOCK_SEQPACKET);
}

/* Two ends of a connection, through a listening socket on any port. */
static int connect_pair(int listener, int socket_of[2])
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr =
					      htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	if (bind(listener, (struct sockaddr *)&address, size) < 0 ||
	    listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) < 0)
		return -1;
	socket_of[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (socket_of[0] < 0 ||
	    connect(socket_of[0], (struct sockaddr *)&address, size) < 0)
		return -1;
	socket_of[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return socket_of[1] < 0 ? -1 : 0;
}

static int set_up_tcp(struct link *l)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	int socket_of[2] = {-1, -1};

	if (listener < 0)
		return -1;
	int status = connect_pair(listener, socket_of);
	int error = errno;
	take_sockets(l, socket_of);
	close(listener);
	errno = error;
	for (int side = 0; status == 0 && side < 2; side++)
		status = setsockopt(socket_of[side], IPPROTO_TCP, TCP_NODELAY,
				    &on, sizeof on);
	return status;
}

const struct mechanism by_pipe = {
	.name = "pipe",
	.set_up = set_up_pipes,
	.send = send_whole,
	.receive = receive_whole,
};

const struct mechanism by_fifo = {
	.name = "fifo",
	.set_up = link_fifos,
	.send = send_whole,
	.receive = receive_whole,
};

const struct mechanism by_unix_stream = {
	.name = "unix-stream",
	.set_up = set_up_stream,
	.send = send_whole,
	.receive = receive_whole,
};

const struct mechanism by_unix_dgram = {
	.name = "unix-dgram",
	.set_up = set_up_dgram,
	.send = send_whole,
	.receive = receive_whole,
};

const struct mechanism by_unix_seqpacket = {
	.name = "unix-seqpacket",
	.set_up = set_up_seqpacket,
	.send = send_whole,
	.receive = receive_whole,
};

const struct mechanism by_tcp = {
	.name = "tcp",
	.set_up = set_up_tcp,
	.send = send_whole,
	.receive = receive_whole,
};
