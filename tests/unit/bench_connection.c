/* SPDX-License-Identifier: MIT */
/* bench_connection.c - tests of a connection of load, with the test as its server. */
#include "connection.h"
#include "pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct connection c;
static struct wrong w;
static int peer;

static int connected(void **state)
{
	int pair[2];

	(void)state;
	pattern_make();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	c = (struct connection){.fd = pair[0], .state = IDLE, .number = 7};
	peer = pair[1];
	return 0;
}

static int hung_up(void **state)
{
	(void)state;
	close(c.fd);
	return close(peer);
}

static enum news next(void)
{
	return connection_go_on(&c, EPOLLIN | EPOLLOUT, &w);
}

/* What the connection has sent, as its server gets it. */
static size_t take(unsigned char *bytes, size_t room)
{
	ssize_t n = recv(peer, bytes, room, 0);

	return n < 0 ? 0 : (size_t)n;
}

static void give(const void *bytes, size_t n)
{
	assert_int_equal(send(peer, bytes, n, 0), n);
}

static void echoed_it_is_a_round_trip(void **state)
{
	unsigned char bytes[100];

	(void)state;
	assert_true(connection_begin(&c, 100, 5));
	assert_int_equal(c.state, BUSY);
	assert_int_equal(c.began_ns, 5);
	assert_int_equal(take(bytes, 100), 100);
	assert_int_equal(next(), NOTHING_YET);
	give(bytes, 60);
	assert_int_equal(next(), NOTHING_YET);
	give(bytes + 60, 40);
	assert_int_equal(next(), ROUND_TRIP);
	assert_int_equal(c.state, IDLE);
}

/* Round trip after round trip the bytes are others. */
static void the_stream_goes_on(void **state)
{
	unsigned char first[50], second[50];

	(void)state;
	connection_begin(&c, 50, 0);
	take(first, 50);
	give(first, 50);
	assert_int_equal(next(), ROUND_TRIP);
	connection_begin(&c, 50, 0);
	take(second, 50);
	assert_memory_not_equal(first, second, 50);
	give(first, 50);
	assert_int_equal(next(), WRONG);
}

/* More than the socket holds: it is sent as the server takes it. */
static void a_mebibyte_goes_round(void **state)
{
	enum { ALL = 1 << 20 };
	unsigned char bytes[16384];
	enum news news = NOTHING_YET;

	(void)state;
	assert_true(connection_begin(&c, ALL, 0));
	assert_true(c.sent < ALL);
	while (news == NOTHING_YET) {
		size_t n = take(bytes, sizeof bytes);

		if (n > 0)
			give(bytes, n);
		news = next();
	}
	assert_int_equal(news, ROUND_TRIP);
	assert_int_equal(c.received, ALL);
}

static void a_wrong_byte_is_found(void **state)
{
	unsigned char bytes[100];

	(void)state;
	connection_begin(&c, 100, 0);
	take(bytes, 100);
	give(bytes, 30);
	assert_int_equal(next(), NOTHING_YET);
	bytes[41] ^= 0x10;
	give(bytes + 30, 70);
	assert_int_equal(next(), WRONG);
	assert_int_equal(w.offset, 41);
	assert_int_equal(w.bytes, 1);
	assert_false(w.unasked);
	assert_int_equal(w.n, sizeof w.seen);
	assert_memory_equal(w.seen, bytes + 41, w.n);
}

static void too_much_is_found(void **state)
{
	unsigned char bytes[103] = "";

	(void)state;
	connection_begin(&c, 100, 0);
	take(bytes, 100);
	give(bytes, 103);
	assert_int_equal(next(), WRONG);
	assert_true(w.unasked);
	assert_int_equal(w.offset, 100);
	assert_int_equal(w.bytes, 3);
}

static void nobody_asked_while_idle(void **state)
{
	(void)state;
	assert_int_equal(next(), NOTHING_YET);
	give("new", 3);
	assert_int_equal(next(), WRONG);
	assert_true(w.unasked);
}

/* Bytes that are right, but of another stream, at the same offset or not. */
static void bytes_of_another_are_found(void **state)
{
	(void)state;
	for (uint32_t other = 0; other < 2000; other++) {
		if (other == c.number)
			continue;
		assert_memory_not_equal(pattern_at(c.number, 0),
					pattern_at(other, 0), 8);
	}
	connection_begin(&c, 8, 0);
	give(pattern_at(8, 0), 8);
	assert_int_equal(next(), WRONG);
}

static void the_server_closes_first(void **state)
{
	(void)state;
	connection_begin(&c, 10, 0);
	shutdown(peer, SHUT_WR);
	assert_int_equal(next(), LOST);
	assert_int_equal(errno, 0);
}

/* Data and the end come with one event: the end is not overlooked. */
static void the_end_comes_with_the_echo(void **state)
{
	unsigned char bytes[10];

	(void)state;
	connection_begin(&c, 10, 0);
	take(bytes, 10);
	give(bytes, 10);
	shutdown(peer, SHUT_WR);
	assert_int_equal(connection_go_on(&c, EPOLLIN | EPOLLRDHUP, &w), LOST);
}

static void a_server_that_is_gone(void **state)
{
	(void)state;
	close(peer);
	peer = dup(c.fd);
	assert_false(connection_begin(&c, 10, 0));
	assert_int_equal(errno, EPIPE);
}

static void both_end(void **state)
{
	unsigned char bytes[10];

	(void)state;
	connection_begin(&c, 10, 0);
	take(bytes, 10);
	give(bytes, 10);
	assert_int_equal(next(), ROUND_TRIP);
	assert_true(connection_leave(&c));
	assert_int_equal(next(), NOTHING_YET);
	assert_int_equal(recv(peer, bytes, 10, 0), 0);
	shutdown(peer, SHUT_WR);
	assert_int_equal(next(), ENDED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, connected, hung_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(echoed_it_is_a_round_trip),
		TEST(the_stream_goes_on),
		TEST(a_mebibyte_goes_round),
		TEST(a_wrong_byte_is_found),
		TEST(too_much_is_found),
		TEST(nobody_asked_while_idle),
		TEST(bytes_of_another_are_found),
		TEST(the_server_closes_first),
		TEST(the_end_comes_with_the_echo),
		TEST(a_server_that_is_gone),
		TEST(both_end),
	};

	return cmocka_run_group_tests_name("connection", tests, NULL, NULL);
}
