/* SPDX-License-Identifier: MIT */
/* peer.c - words for the grader as server, where a client is judged */
#include "peer.h"

#include "connection.h"

#include "../check.h"
#include "../language.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on(struct trial *t)
{
	struct sockaddr_in at = loopback(t->port);
	int fd;

	if (t->lab->local)
		return listen_at_path(t);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 16) < 0)
		give_up(t, text("listening on port %u: %s", t->port,
				strerror(errno)));
	return fd;
}

void occupy_port(struct trial *t)
{
	step(t, "another server already listens on %s", place(t));
	t->listener = listen_on(t);
}

static bool somebody_calls(struct trial *t, void *arg)
{
	int *fd = arg;

	*fd = accept4(t->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	return *fd >= 0;
}

bool is_called(struct trial *t)
{
	int fd = -1;

	if (wait_until(t, somebody_calls, &fd) != DONE)
		return false;
	add_connection(t, fd);
	return true;
}

int expect_caller(struct trial *t)
{
	char *expected = sentence("the program connects to %s", place(t));
	enum outcome o;
	int fd = -1;

	step(t, "expect that %s", expected);
	o = wait_until(t, somebody_calls, &fd);
	if (o != DONE)
		fail(t, symptom_of(t, o), expected,
		     sentence("no connection; %s", state_of(t, o)));
	free(expected);
	add_connection(t, fd);
	t->moves++;
	t->advances++;
	return (int)t->connections;
}

bool comes(struct trial *t, int n, const char *s)
{
	struct want w = {conn(t, n), (const unsigned char *)s, strlen(s)};

	return await_bytes(t, &w) == DONE;
}

void expect_from(struct trial *t, int n, const char *s)
{
	struct want w = {conn(t, n), (const unsigned char *)s, strlen(s)};
	char *shown = readable(s, w.n, SAID);
	enum outcome o;

	step(t, "expect that the program sends %s", shown);
	o = await_bytes(t, &w);
	if (o != DONE)
		fail_bytes(t, n, &w, o,
			   sentence("the program sends %s", shown));
	free(shown);
}

void answer(struct trial *t, int n, const char *s)
{
	struct connection *c = conn(t, n);
	char *shown = readable(s, strlen(s), SAID);

	step(t, "the server sends %s", shown);
	free(shown);
	bytes_add(&c->out, s, strlen(s));
	pump(t, 0);
}
