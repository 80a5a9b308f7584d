/* SPDX-License-Identifier: MIT */
/* liburing.c - the echo server on io_uring: one of the peers to be measured beside. */

/*
 * What is chosen here, and why: a request for a client is made once (multishot)
 * and completes whenever bytes are there; they come in buffers that the kernel
 * takes from a ring of ours, so that an idle client holds none.  All that is to
 * be sent is submitted by the very call that waits for more.
 *
 * Bytes of one client can be here before those before them have gone out.  They
 * wait in a queue, one send at a time, as sends at once may overtake one another.
 * Whose queue is at its limit is not received from until it is empty; who found
 * no buffer, not until one is free.  (Simplified: clients that do not read can hold
 * all buffers, and then everybody waits for them.)
 */

#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

#ifndef IORING_RECV_MULTISHOT
int main(void)
{
	fputs("liburing: this was built with a version before 2.3\n", stderr);
	return 3;
}
#else

enum {
	REQUESTS = 4096,     /* that may be made before they are submitted */
	COMPLETIONS = 32768, /* that may wait for us */
	BUFFERS = 4096,	     /* a power of two */
	BUFFER_BYTES = 4096,
	QUEUE_LIMIT = 8, /* buffers of one client */
	BUFFER_GROUP = 0,
};

/* What a completion is of; in the low bits of user_data, beside the client. */
enum kind { IGNORED, SIGNAL, ACCEPT, RECEIVE, SEND, KINDS = 8 };

struct client {
	_Alignas(KINDS) int fd;
	bool receiving, sending; /* is there such a request? */
	bool ended;		 /* nothing more will come, or go */
	unsigned queued;	 /* buffers from first to last */
	uint16_t first, last;
	uint32_t from;		 /* in the first */
	struct client *starving; /* the next who found no buffer */
};

static struct io_uring ring;
static struct io_uring_buf_ring *free_buffers;
static char buffer[BUFFERS][BUFFER_BYTES];
static uint32_t length[BUFFERS];
static uint16_t next_in_queue[BUFFERS];
static unsigned held = BUFFERS; /* by us, and not in the ring */
static struct client *starving; /* there is none unless all are held */
static int listener;
static bool accepting;

static struct io_uring_sqe *new_request(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	while (sqe == NULL) { /* full: let the kernel take them */
		io_uring_submit(&ring);
		sqe = io_uring_get_sqe(&ring);
	}
	return sqe;
}

/* To be called last: preparing a request may clear this. */
static void say_whose(struct io_uring_sqe *sqe, enum kind kind,
		      struct client *c)
{
	io_uring_sqe_set_data64(sqe, (uintptr_t)c | (unsigned)kind);
}

static void accept_clients(void)
{
	struct io_uring_sqe *sqe = new_request();

	io_uring_prep_multishot_accept(sqe, listener, NULL, NULL, 0);
	say_whose(sqe, ACCEPT, NULL);
	accepting = true;
}

static void receive(struct client *c)
{
	struct io_uring_sqe *sqe = new_request();

	io_uring_prep_recv_multishot(sqe, c->fd, NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = BUFFER_GROUP;
	say_whose(sqe, RECEIVE, c);
	c->receiving = true;
}

static void stop_receiving(struct client *c)
{
	struct io_uring_sqe *sqe = new_request();

	io_uring_prep_cancel64(sqe, (uintptr_t)c | RECEIVE, 0);
	say_whose(sqe, IGNORED, NULL);
}

static void send_first(struct client *c)
{
	struct io_uring_sqe *sqe = new_request();
	uint16_t b = c->first;

	io_uring_prep_send(sqe, c->fd, buffer[b] + c->from, length[b] - c->from,
			   MSG_NOSIGNAL | MSG_WAITALL);
	say_whose(sqe, SEND, c);
	c->sending = true;
}

static void give_back(uint16_t b)
{
	io_uring_buf_ring_add(free_buffers, buffer[b], BUFFER_BYTES, b,
			      io_uring_buf_ring_mask(BUFFERS), 0);
	io_uring_buf_ring_advance(free_buffers, 1);
	held--;
	for (; starving != NULL; starving = starving->starving)
		receive(starving);
}

static void drop_first(struct client *c)
{
	give_back(c->first);
	c->first = next_in_queue[c->first];
	c->from = 0;
	c->queued--;
}

/* A client's next request, after one of its has completed. */
static void go_on(struct client *c)
{
	if (c->sending)
		return;
	if (c->queued > 0) {
		send_first(c);
	} else if (!c->ended && !c->receiving) {
		receive(c);
	} else if (c->ended && !c->receiving) {
		Close(c->fd);
		free(c);
		if (!accepting)
			accept_clients();
	}
}

static void on_received(struct client *c, const struct io_uring_cqe *cqe)
{
	c->receiving = cqe->flags & IORING_CQE_F_MORE;
	if (cqe->res > 0) {
		uint16_t b = (uint16_t)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);

		held++;
		length[b] = (uint32_t)cqe->res;
		if (c->queued++ == 0)
			c->first = b;
		else
			next_in_queue[c->last] = b;
		c->last = b;
		if (c->queued == QUEUE_LIMIT && c->receiving)
			stop_receiving(c);
	} else if (cqe->res == -ENOBUFS && c->queued == 0 && held == BUFFERS) {
		c->starving = starving;
		starving = c;
		return;
	} else if (cqe->res != -ENOBUFS && cqe->res != -ECANCELED) {
		c->ended = true;
	}
	go_on(c);
}

static void on_sent(struct client *c, const struct io_uring_cqe *cqe)
{
	c->sending = false;
	if (cqe->res >= 0) {
		c->from += (uint32_t)cqe->res;
		if (c->from == length[c->first])
			drop_first(c);
	} else {
		while (c->queued > 0)
			drop_first(c);
		c->ended = true;
		shutdown(c->fd, SHUT_RDWR); /* completes what still receives */
	}
	go_on(c);
}

static void on_client(const struct io_uring_cqe *cqe)
{
	accepting = cqe->flags & IORING_CQE_F_MORE;
	if (cqe->res >= 0) {
		struct client *c = Calloc(1, sizeof *c);

		c->fd = cqe->res;
		receive(c);
	}
	/* Without a descriptor, not before a client has left. */
	if (!accepting && cqe->res != -EMFILE)
		accept_clients();
}

/* False if it is time to end. */
static bool complete(const struct io_uring_cqe *cqe)
{
	enum kind kind = cqe->user_data % KINDS;
	struct client *c = (struct client *)(uintptr_t)(cqe->user_data - kind);

	if (kind == ACCEPT)
		on_client(cqe);
	else if (kind == RECEIVE)
		on_received(c, cqe);
	else if (kind == SEND)
		on_sent(c, cqe);
	return kind != SIGNAL;
}

static void run(void)
{
	for (;;) {
		struct io_uring_cqe *cqe;
		unsigned head, n = 0;
		bool on = true;
		int result = io_uring_submit_and_wait(&ring, 1);

		if (result < 0 && result != -EINTR && result != -EBUSY) {
			errno = -result;
			sys_err("io_uring_submit_and_wait");
		}
		io_uring_for_each_cqe(&ring, head, cqe)
		{
			on &= complete(cqe);
			n++;
		}
		io_uring_cq_advance(&ring, n);
		if (!on)
			return;
	}
}

static void set_up_ring(void)
{
	/* Completions are worked off by the call that waits for them. */
	struct io_uring_params params = {
		.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = COMPLETIONS,
	};
	struct io_uring_buf_reg reg = {.ring_entries = BUFFERS,
				       .bgid = BUFFER_GROUP};

	errno = -io_uring_queue_init_params(REQUESTS, &ring, &params);
	if (errno != 0)
		sys_err("io_uring_queue_init_params");
	if (posix_memalign((void **)&free_buffers, 4096,
			   BUFFERS * sizeof(struct io_uring_buf)) != 0)
		abort();
	reg.ring_addr = (uintptr_t)free_buffers;
	errno = -io_uring_register_buf_ring(&ring, &reg, 0);
	if (errno != 0)
		sys_err("io_uring_register_buf_ring");
	io_uring_buf_ring_init(free_buffers);
	for (unsigned b = 0; b < BUFFERS; b++)
		give_back((uint16_t)b);
}

static void listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;

	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	accept_clients();
}

static void await_sigterm(void)
{
	static struct signalfd_siginfo info;
	sigset_t ours;
	int signals;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, NULL);
	signals = signalfd(-1, &ours, 0);
	if (signals < 0)
		sys_err("signalfd");

	struct io_uring_sqe *sqe = new_request();
	io_uring_prep_read(sqe, signals, &info, sizeof info, 0);
	say_whose(sqe, SIGNAL, NULL);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: liburing PORT, a number from 1 to 65535\n",
		      stderr);
		return 2;
	}
	set_up_ring();
	await_sigterm(); /* who sees the port may send one */
	listen_on(port);
	run();
	return 0; /* connections end with us */
}

#endif
