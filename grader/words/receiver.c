/* SPDX-License-Identifier: MIT */
/* receiver.c - words for the grader as receiver, where dgram_client is judged */
#include "datagram.h"

#include "connection.h"
#include "parcel.h"

#include "../check.h"
#include "../diagnoses.h"
#include "../record.h"
#include "../language.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int receiver = -1;
static struct arrival latest;

void receive_datagrams(struct trial *t)
{
	step(t, "another program receives datagrams at %s", place(t));
	receiver = bind_in_box(t, SOCK_DGRAM,
			       &(struct name){t->path, strlen(t->path), ""});
}

void stop_receiving(struct trial *t)
{
	step(t, "the program that receives at %s ends", place(t));
	close(receiver);
	receiver = -1;
}

bool datagram_comes(struct trial *t, const char *s)
{
	free(latest.data);
	return receive(t, receiver, &latest) == DONE && latest.n == strlen(s) &&
	       memcmp(latest.data, s, latest.n) == 0;
}

void expect_datagram_from(struct trial *t, const char *s, const char *name)
{
	socklen_t start = offsetof(struct sockaddr_un, sun_path);
	char *shown = readable(s, strlen(s), SAID);
	char *expected =
		sentence("the program sends a datagram of %zu bytes: %s",
			 strlen(s), shown);
	enum outcome o;

	step(t, "expect that %s", expected);
	free(shown);
	o = receive(t, receiver, &latest);
	if (latest.came && latest.size <= start)
		fail_as(t, &client_not_bound, WRONG_FACT,
			sentence("it comes from `%s`", name),
			sentence("its sender has no name"));
	must_be(t, &latest, s, strlen(s), o, expected);
	latest.data = NULL; /* must_be() has freed it */
	if (latest.size - start < strlen(name) ||
	    strncmp(latest.from.sun_path, name, sizeof(latest.from.sun_path)) !=
		    0)
		fail_as(t, &client_not_bound, WRONG_FACT,
			sentence("it comes from `%s`", name),
			sentence("it comes from %s",
				 readable(latest.from.sun_path,
					  latest.size - start, SHOWN)));
}

bool plays_receiver(void)
{
	return receiver >= 0;
}

bool answer_is_unread(struct trial *t)
{
	return plays_receiver() && witness_saw_success(t, CALL_SOCKET) &&
	       !witness_saw_received(t);
}

bool answer_datagram(struct trial *t, const char *s)
{
	struct parcel p = {.fd = receiver,
			   .data = s,
			   .n = strlen(s),
			   .to = &latest.from,
			   .size = latest.size};
	char *shown = readable(s, p.n, SAID);

	step(t, "it is answered by a datagram: %s", shown);
	free(shown);
	return deliver(t, &p) == DONE;
}
