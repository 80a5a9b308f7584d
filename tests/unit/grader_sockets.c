/* SPDX-License-Identifier: MIT */
/* grader_sockets.c - tests of what is known of TCP sockets, real and made up. */
#define _GNU_SOURCE 1
#include "sockets.h"

#include "common_child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* ---- real sockets ---- */

static struct tcp_sockets all;
static int fds[32], n_fds; /* closed after each test */

static int keep(int fd)
{
	assert_true(fd >= 0);
	fds[n_fds++] = fd;
	return fd;
}

static int close_all(void **state)
{
	(void)state;
	while (n_fds > 0)
		close(fds[--n_fds]);
	alarm(0);
	return 0;
}

static int not_for_ever(void **state)
{
	(void)state;
	alarm(HANGS_AFTER_SECONDS);
	return 0;
}

static struct sockaddr_in on_loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in6 at; /* the port is where IPv4 has it */
	socklen_t size = sizeof(at);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	return ntohs(at.sin6_port);
}

static int listener(int backlog, uint16_t *port)
{
	int fd = keep(socket(AF_INET, SOCK_STREAM, 0));
	struct sockaddr_in at = on_loopback(0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, backlog), 0);
	*port = port_of(fd);
	return fd;
}

/* Does not wait for the connection. */
static int caller(uint16_t port)
{
	int fd = keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	struct sockaddr_in at = on_loopback(port);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		assert_int_equal(errno, EINPROGRESS);
	return fd;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (uint32_t)st.st_ino;
}

static const struct tcp_socket *of_inode(uint32_t inode)
{
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].inode == inode)
			return &all.s[i];
	return NULL;
}

/* As soon as the socket is in this state, with this much in its queues. */
static const struct tcp_socket *await(int fd, uint16_t port, int state,
				      uint32_t unread, uint32_t unsent)
{
	for (;; sched_yield()) {
		const struct tcp_socket *s;

		tcp_sockets_read(&all, port);
		s = of_inode(inode_of(fd));
		if (s && s->state == state && s->unread == unread &&
		    s->unsent == unsent)
			return s;
	}
}

static void await_rest(uint16_t port)
{
	do
		tcp_sockets_read(&all, port);
	while (tcp_in_flight(&all));
}

static void sees_a_listener(void **state)
{
	uint16_t port, other;
	int fd = listener(5, &port), second = listener(17, &other);
	const struct tcp_socket *s;

	(void)state;
	tcp_sockets_read(&all, port);
	assert_int_equal(all.n, 1);
	s = &all.s[0];
	assert_int_equal(s->state, TCP_LISTEN);
	assert_int_equal(s->local, port);
	assert_int_equal(s->remote, 0);
	assert_int_equal(s->local_addr, htonl(INADDR_LOOPBACK));
	assert_int_equal(s->unread, 0);
	assert_int_equal(s->unsent, 5);
	assert_int_equal(s->inode, inode_of(fd));
	tcp_sockets_read(&all, 0);
	assert_non_null(of_inode(inode_of(fd)));
	assert_int_equal(of_inode(inode_of(second))->unsent, 17);
	tcp_sockets_read(&all, other);
	assert_null(of_inode(inode_of(fd)));
}

static void sees_a_queue_fill_up(void **state)
{
	uint16_t port;
	int fd = listener(1, &port), first = caller(port), third;

	(void)state;
	await(fd, port, TCP_LISTEN, 1, 1);
	await(first, port, TCP_ESTABLISHED, 0, 0);
	assert_false(tcp_in_flight(&all));
	assert_false(tcp_queue_full(port));
	await(caller(port), port, TCP_ESTABLISHED, 0, 0);
	await(fd, port, TCP_LISTEN, 2, 1);
	assert_true(tcp_queue_full(port));
	assert_false(tcp_queue_full((uint16_t)(port + 1)));
	assert_false(tcp_in_flight(&all));
	/* The third is not let in: it waits, and would for ever. */
	third = caller(port);
	await(third, port, TCP_SYN_SENT, 0, 1);
	assert_false(tcp_in_flight(&all));
	keep(accept(fd, NULL, NULL));
	await(fd, port, TCP_LISTEN, 1, 1);
	assert_int_equal(of_inode(inode_of(third))->state, TCP_SYN_SENT);
	assert_true(tcp_in_flight(&all));
}

/* Two ends of a connection. */
static void connect_pair(uint16_t *port, int *client, int *server)
{
	int fd = listener(5, port);

	*client = caller(*port);
	*server = keep(accept(fd, NULL, NULL));
	await(*client, *port, TCP_ESTABLISHED, 0, 0);
}

static void sees_both_ends(void **state)
{
	const struct tcp_socket *c, *s;
	int client, server;
	uint16_t port;

	(void)state;
	connect_pair(&port, &client, &server);
	c = of_inode(inode_of(client));
	s = of_inode(inode_of(server));
	assert_int_equal(all.n, 3);
	assert_int_equal(s->state, TCP_ESTABLISHED);
	assert_int_equal(s->local, port);
	assert_int_equal(s->remote, port_of(client));
	assert_int_equal(c->local, port_of(client));
	assert_int_equal(c->remote, port);
	assert_int_equal(c->remote_addr, htonl(INADDR_LOOPBACK));
	assert_false(tcp_in_flight(&all));
}

static void sees_bytes_that_nobody_reads(void **state)
{
	char block[16384] = {0};
	int client, server;
	uint16_t port;

	(void)state;
	connect_pair(&port, &client, &server);
	assert_int_equal(send(client, "unread!", 7, 0), 7);
	await(server, port, TCP_ESTABLISHED, 7, 0);
	await(client, port, TCP_ESTABLISHED, 0, 0);
	assert_false(tcp_in_flight(&all));
	/* Until both buffers are full: what is stuck there moves no more. */
	while (send(client, block, sizeof(block), 0) > 0)
		;
	await_rest(port);
	assert_true(of_inode(inode_of(client))->unsent > 0);
	assert_true(of_inode(inode_of(server))->unread > 7);
	/* Read all, and it moves again; in the end nothing is left. */
	for (size_t left = 1; left > 0;) {
		while (recv(server, block, sizeof(block), MSG_DONTWAIT) > 0)
			;
		await_rest(port);
		left = of_inode(inode_of(client))->unsent +
		       of_inode(inode_of(server))->unread;
	}
}

static void sees_the_stages_of_closing(void **state)
{
	int client, server;
	uint16_t port;
	size_t waiting = 0;

	(void)state;
	connect_pair(&port, &client, &server);
	assert_int_equal(shutdown(client, SHUT_WR), 0);
	await(server, port, TCP_CLOSE_WAIT, 1, 0); /* the end counts as one */
	await(client, port, TCP_FIN_WAIT2, 0, 0);
	assert_false(tcp_in_flight(&all));
	assert_int_equal(shutdown(server, SHUT_WR), 0);
	await_rest(port);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_not_equal(all.s[i].state, TCP_CLOSE_WAIT);
		if (all.s[i].state != TCP_TIME_WAIT)
			continue;
		waiting++;
		assert_int_equal(all.s[i].inode, 0);
		assert_int_equal(all.s[i].remote, port);
	}
	assert_int_equal(waiting, 1);
}

/* A dual-stack listener has IPv6 sockets for its IPv4 clients. */
static void matches_an_ipv6_end_with_an_ipv4_one(void **state)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	int fd = socket(AF_INET6, SOCK_STREAM, 0), off = 0, client, server;
	uint16_t port;

	(void)state;
	if (fd < 0)
		skip();
	keep(fd);
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		skip();
	assert_int_equal(listen(fd, 5), 0);
	port = port_of(fd);
	client = caller(port);
	server = keep(accept(fd, NULL, NULL));
	await(client, port, TCP_ESTABLISHED, 0, 0);
	await(server, port, TCP_ESTABLISHED, 0, 0);
	assert_int_equal(of_inode(inode_of(fd))->state, TCP_LISTEN);
	assert_false(tcp_in_flight(&all));
}

static uint16_t asked_port;

static bool always_sees_one(void)
{
	for (int i = 0; i < 200; i++) {
		tcp_sockets_read(&all, asked_port);
		if (all.n != 1 || all.s[0].state != TCP_LISTEN)
			return false;
	}
	return true;
}

/* Two processes that read from one netlink socket would mix their answers. */
static void asks_for_each_process(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	listener(5, &asked_port);
	tcp_sockets_read(&all, asked_port);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		alarm(HANGS_AFTER_SECONDS);
		_exit(always_sees_one() ? 0 : 1);
	}
	assert_true(always_sees_one());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void knows_who_holds_a_socket(void **state)
{
	uint16_t port;
	int fd = listener(5, &port), life[2];
	pid_t pids[3] = {1 << 30, 0, getpid()}; /* the first is nobody */
	char c;

	(void)state;
	assert_int_equal(pipe2(life, O_CLOEXEC), 0);
	fflush(NULL);
	pids[1] = fork();
	if (pids[1] == 0) {
		close(life[1]);
		close(fd);
		_exit(read(life[0], &c, 1) != 0);
	}
	close(life[0]);
	assert_true(holds_socket(&pids[2], 1, inode_of(fd)));
	assert_true(holds_socket(pids, 3, inode_of(fd)));
	assert_false(holds_socket(pids, 1, inode_of(fd)));
	assert_false(holds_socket(pids, 0, inode_of(fd)));
	assert_false(holds_socket(&pids[2], 1, inode_of(fd) + 1000000));
	/* The child's last descriptor is closed by now or will be. */
	while (holds_socket(&pids[1], 1, inode_of(fd)))
		sched_yield();
	close(life[1]);
	waitpid(pids[1], NULL, 0);
}

/* ---- tables made by hand ---- */

enum { SERVER = 7007, CLIENT = 40000 };

static int empty_table(void **state)
{
	(void)state;
	all.n = 0;
	return 0;
}

static void add(int tcp_state, uint16_t local, uint16_t remote, uint32_t unread,
		uint32_t unsent)
{
	all.s[all.n++] = (struct tcp_socket){
		.state = (uint8_t)tcp_state,
		.local = local,
		.remote = remote,
		.local_addr = htonl(INADDR_LOOPBACK),
		.remote_addr = remote ? htonl(INADDR_LOOPBACK) : 0,
		.unread = unread,
		.unsent = unsent,
		.inode = 1,
	};
}

struct end {
	int state;
	uint32_t unread, unsent;
};

/* Of these two ends of one connection, in whatever order they are listed. */
static bool pair_moves(struct end client, struct end server)
{
	bool moves[2];

	for (int i = 0; i < 2; i++) {
		all.n = 0;
		add(TCP_LISTEN, SERVER, 0, 0, 5);
		if (i == 0)
			add(client.state, CLIENT, SERVER, client.unread,
			    client.unsent);
		add(server.state, SERVER, CLIENT, server.unread, server.unsent);
		if (i == 1)
			add(client.state, CLIENT, SERVER, client.unread,
			    client.unsent);
		moves[i] = tcp_in_flight(&all);
	}
	assert_int_equal(moves[0], moves[1]);
	return moves[0];
}

static const struct end at_rest = {TCP_ESTABLISHED, 0, 0},
			not_reading = {TCP_ESTABLISHED, 10, 0};

static void nothing_moves_at_rest(void **state)
{
	(void)state;
	assert_false(tcp_in_flight(&all));
	add(TCP_LISTEN, SERVER, 0, 0, 5);
	assert_false(tcp_in_flight(&all));
	add(TCP_LISTEN, SERVER + 1, 0, 3, 5);
	add(TCP_LISTEN, SERVER + 2, 0, 6, 5);
	add(TCP_TIME_WAIT, CLIENT, SERVER, 0, 0);
	assert_false(tcp_in_flight(&all));
	assert_false(pair_moves(at_rest, at_rest));
	assert_false(pair_moves(at_rest, not_reading));
	assert_false(pair_moves(not_reading, not_reading));
}

static void a_call_moves_unless_the_queue_is_full(void **state)
{
	static const struct {
		int state;
		uint16_t local, remote;
	} calls[] = {{TCP_SYN_SENT, CLIENT, SERVER},
		     {TCP_SYN_RECV, SERVER, CLIENT}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		all.n = 0;
		add(calls[i].state, calls[i].local, calls[i].remote, 0, 1);
		assert_true(tcp_in_flight(&all)); /* refused, in a moment */
		add(TCP_LISTEN, SERVER + 1, 0, 99, 5); /* another one */
		assert_true(tcp_in_flight(&all));
		add(TCP_LISTEN, SERVER, 0, 0, 5);
		assert_true(tcp_in_flight(&all));
		all.s[2].unread = 5; /* one more is let in */
		assert_true(tcp_in_flight(&all));
		all.s[2].unread = 6;
		assert_false(tcp_in_flight(&all));
	}
}

/* Who closed it is in close() until then, if he lingers. */
static void nobody_waits_for_the_acknowledgement_of_a_close(void **state)
{
	(void)state;
	add(TCP_FIN_WAIT1, CLIENT, SERVER, 0, 1);
	add(TCP_CLOSE_WAIT, SERVER, CLIENT, 0, 0);
	all.s[0].inode = all.s[1].inode = 7;
	assert_true(tcp_in_flight(&all));
	all.s[0].inode = 0;
	assert_false(tcp_in_flight(&all));
	all.s[1].state = TCP_ESTABLISHED; /* it has not arrived */
	assert_true(tcp_in_flight(&all));
}

static void a_lonely_end_will_be_reset(void **state)
{
	(void)state;
	add(TCP_ESTABLISHED, CLIENT, SERVER, 0, 0);
	assert_true(tcp_in_flight(&all));
	/* A half-closed end does not mind being alone: the first one does. */
	add(TCP_CLOSE_WAIT, SERVER, CLIENT, 0, 0);
	assert_false(tcp_in_flight(&all));
	/* The same ports, but another address. */
	all.s[1].local_addr = htonl(INADDR_LOOPBACK + 1);
	assert_true(tcp_in_flight(&all));
	all.s[1].local_addr = htonl(INADDR_LOOPBACK);
	all.s[1].remote_addr = htonl(INADDR_LOOPBACK + 1);
	assert_true(tcp_in_flight(&all));
}

static void data_move_unless_nobody_reads(void **state)
{
	const struct end sending = {TCP_ESTABLISHED, 0, 100},
			 half_closed = {TCP_CLOSE_WAIT, 1, 100};

	(void)state;
	assert_true(pair_moves(sending, at_rest));
	assert_true(pair_moves(at_rest, sending));
	assert_false(pair_moves(sending, not_reading));
	assert_false(pair_moves(not_reading, sending));
	/* To a client that has shut down its own sending. */
	assert_true(pair_moves((struct end){TCP_FIN_WAIT2, 0, 0}, half_closed));
	assert_false(
		pair_moves((struct end){TCP_FIN_WAIT2, 7, 0}, half_closed));
}

static void an_end_moves_unless_data_before_it_are_stuck(void **state)
{
	static const int ending[] = {TCP_FIN_WAIT1, TCP_LAST_ACK, TCP_CLOSING};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct end alone = {ending[i], 0, 1},
				 after_data = {ending[i], 0, 100};

		assert_true(pair_moves(alone, at_rest));
		assert_true(pair_moves(after_data, at_rest));
		assert_true(pair_moves(alone, not_reading));
		assert_false(pair_moves(after_data, not_reading));
		/* The peer has got it; only its own end is missing. */
		assert_false(
			pair_moves(alone, (struct end){TCP_CLOSE_WAIT, 10, 0}));
		all.n = 0;
		add(ending[i], CLIENT, SERVER, 0, 1);
		assert_false(tcp_in_flight(&all));
	}
}

static void half_closed_rests(void **state)
{
	(void)state;
	assert_false(pair_moves((struct end){TCP_FIN_WAIT2, 0, 0},
				(struct end){TCP_CLOSE_WAIT, 1, 0}));
	all.n = 0;
	add(TCP_CLOSE_WAIT, SERVER, CLIENT, 1, 0); /* its client is gone */
	assert_false(tcp_in_flight(&all));
}

static void one_that_moves_is_enough(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 100; i++) {
		add(TCP_ESTABLISHED, SERVER, (uint16_t)(CLIENT + i), 5, 0);
		add(TCP_ESTABLISHED, (uint16_t)(CLIENT + i), SERVER, 5, 3);
	}
	assert_false(tcp_in_flight(&all));
	all.s[100].unread = 0;
	assert_true(tcp_in_flight(&all));
}

#define REAL(f) cmocka_unit_test_setup_teardown(f, not_for_ever, close_all)
#define TABLE(f) cmocka_unit_test_setup(f, empty_table)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REAL(sees_a_listener),
		REAL(sees_a_queue_fill_up),
		REAL(sees_both_ends),
		REAL(sees_bytes_that_nobody_reads),
		REAL(sees_the_stages_of_closing),
		REAL(matches_an_ipv6_end_with_an_ipv4_one),
		REAL(asks_for_each_process),
		REAL(knows_who_holds_a_socket),
		TABLE(nothing_moves_at_rest),
		TABLE(a_call_moves_unless_the_queue_is_full),
		TABLE(nobody_waits_for_the_acknowledgement_of_a_close),
		TABLE(a_lonely_end_will_be_reset),
		TABLE(data_move_unless_nobody_reads),
		TABLE(an_end_moves_unless_data_before_it_are_stuck),
		TABLE(half_closed_rests),
		TABLE(one_that_moves_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
