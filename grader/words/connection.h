/* SPDX-License-Identifier: MIT */
/* connection.h - what the words about connections share */
#ifndef GRADER_WORDS_CONNECTION_H
#define GRADER_WORDS_CONNECTION_H

#include "../trial.h"

#include <netinet/in.h>

#define SHOWN 120 /* bytes of what came, in a failure */
#define SAID 24	  /* bytes of a message, in a step */

/* memcheck itself takes half a second of CPU time to start, and more where other
 * programs contend for the caches. */
#define TOOL_START_PATIENCE 40

/* Exactly these bytes are to arrive on a connection. */
struct want {
	struct connection *c;
	const unsigned char *data;
	size_t n;
};

/* Wait for them, and take them; what else came stays in c->in. */
enum outcome await_bytes(struct trial *t, struct want *w);

/* Fail with what came instead, on connection number n. */
_Noreturn void fail_bytes(struct trial *t, int n, const struct want *w,
			  enum outcome o, char *expected);

/* Number a connected, or connecting, non-blocking socket. */
struct connection *add_connection(struct trial *t, int fd);

/* Number a new connection to the server's port, whose connect() is under way, or
 * has failed. */
int begin_connecting(struct trial *t);

/* Where the server is, in words: "port 7007", or its path. */
const char *place(const struct trial *t);

/* The name that a socket of the grader's binds itself to, in the box. */
struct name {
	const char *bytes; /* n of them; none: the kernel chooses one */
	size_t n;
	const char *is; /* in words: ", bound to ..." */
};

/* Number a new connection to the server, and connect it: client.c, which
 * fails where it cannot, and path.c for local labs. */
void connect_client(struct trial *t, const struct name *own);
enum outcome try_path(struct trial *t, const struct name *own,
		      struct connection **made);

/* What words of other files are where the server is at a path: path.c. */
bool listens_at_path(struct trial *t);
_Noreturn void never_at_path(struct trial *t, enum outcome o);
bool holds_listener_at_path(struct trial *t, pid_t pid);
size_t count_at_path(struct trial *t, int state);
int listen_at_path(struct trial *t);

/* The same for the words about datagrams: a socket of the grader's (own NULL:
 * without a name); the server's path opened as what it is, and a name by which
 * to call it, or -1 with errno. */
#define PATH_ROOM 32
int bind_in_box(struct trial *t, int type, const struct name *own);
int open_path(struct trial *t, char at[PATH_ROOM]);

/* What the lab's servers make of a message; the caller frees it. */
void *answer_to(const struct trial *t, const void *data, size_t size);
char *answer_to_text(const struct trial *t, const char *s);

/* 127.0.0.1, and this port. */
struct sockaddr_in loopback(uint16_t port);

#endif
