/* SPDX-License-Identifier: MIT */
/* common_wrap_socket.c - tests of the wrappers for sockets. */
/* wrap: accept connect getsockopt poll recv recvfrom send sendto */
#define _GNU_SOURCE 1 /* program_invocation_short_name */
#include "wrap.h"

#include "common_child.h"
#include "common_fault.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <sys/un.h>

int __real_accept(int fd, struct sockaddr *addr, socklen_t *len);
int __wrap_accept(int fd, struct sockaddr *addr, socklen_t *len);
int __real_connect(int fd, const struct sockaddr *addr, socklen_t len);
int __wrap_connect(int fd, const struct sockaddr *addr, socklen_t len);
int __real_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
ssize_t __real_recv(int fd, void *buf, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *buf, size_t n, int flags);
ssize_t __real_recvfrom(int fd, void *buf, size_t n, int flags,
			struct sockaddr *addr, socklen_t *len);
ssize_t __wrap_recvfrom(int fd, void *buf, size_t n, int flags,
			struct sockaddr *addr, socklen_t *len);
ssize_t __real_send(int fd, const void *buf, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *buf, size_t n, int flags);
ssize_t __real_sendto(int fd, const void *buf, size_t n, int flags,
		      const struct sockaddr *addr, socklen_t len);
ssize_t __wrap_sendto(int fd, const void *buf, size_t n, int flags,
		      const struct sockaddr *addr, socklen_t len);

int __wrap_accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	return must_fail("accept") ? -1 : __real_accept(fd, addr, len);
}

static int connects;

/* What is to fail after an interrupted connect, and how. */
static const char *then_fails;
static int then_error;

/* As the kernel does it: interrupted, the connect has begun and goes on. */
int __wrap_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	int flags = fcntl(fd, F_GETFL);

	connects++;
	if (!must_fail("connect"))
		return __real_connect(fd, addr, len);
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	__real_connect(fd, addr, len);
	fcntl(fd, F_SETFL, flags);
	if (then_fails != NULL)
		plan_fault(then_fails, then_error, 1);
	errno = EINTR;
	return -1;
}

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	return must_fail("getsockopt")
		       ? -1
		       : __real_getsockopt(fd, level, name, value, len);
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	return must_fail("poll") ? -1 : __real_poll(fds, n, timeout);
}

ssize_t __wrap_recv(int fd, void *buf, size_t n, int flags)
{
	return must_fail("recv") ? -1 : __real_recv(fd, buf, n, flags);
}

ssize_t __wrap_recvfrom(int fd, void *buf, size_t n, int flags,
			struct sockaddr *addr, socklen_t *len)
{
	return must_fail("recvfrom")
		       ? -1
		       : __real_recvfrom(fd, buf, n, flags, addr, len);
}

ssize_t __wrap_send(int fd, const void *buf, size_t n, int flags)
{
	return must_fail("send") ? -1 : __real_send(fd, buf, n, flags);
}

ssize_t __wrap_sendto(int fd, const void *buf, size_t n, int flags,
		      const struct sockaddr *addr, socklen_t len)
{
	return must_fail("sendto")
		       ? -1
		       : __real_sendto(fd, buf, n, flags, addr, len);
}

/* A socket of the type, bound to a port of loopback that the kernel chose,
 * whose address goes to `at`. */
static int bound(int type, struct sockaddr_in *at)
{
	const struct sockaddr_in any_port = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(*at);
	int fd = Socket(AF_INET, type, 0);

	Bind(fd, (const struct sockaddr *)&any_port, sizeof(any_port));
	Getsockname(fd, (struct sockaddr *)at, &len);
	return fd;
}

static int listening(struct sockaddr_in *at)
{
	int fd = bound(SOCK_STREAM, at);

	Listen(fd, 5);
	return fd;
}

static void connect_to(int fd, const struct sockaddr_in *at)
{
	Connect(fd, (const struct sockaddr *)at, sizeof(*at));
}

/* ---- What ends the program ---- */

static void makes_no_socket(void)
{
	Socket(-1, SOCK_STREAM, 0);
}

static void binds_a_port_in_use(void)
{
	struct sockaddr_in at;
	int one = listening(&at);
	int other = Socket(AF_INET, SOCK_STREAM, 0);

	Bind(other, (const struct sockaddr *)&at, sizeof(at));
	Close(one);
}

static void listens_on_nothing(void)
{
	Listen(-1, 5);
}

static void accepts_from_nothing(void)
{
	Accept(-1, NULL, NULL);
}

static void accepts_without_descriptors(void)
{
	plan_fault("accept", EMFILE, 1);
	Accept(-1, NULL, NULL);
}

static void connects_to_nobody(void)
{
	struct sockaddr_in at;

	Close(listening(&at));
	connect_to(Socket(AF_INET, SOCK_STREAM, 0), &at);
}

/* Interrupted, and refused only then. */
static void connects_to_nobody_interrupted(void)
{
	plan_fault("connect", EINTR, 1);
	connects_to_nobody();
}

/* Interrupted, and then there is no way to find out how it went. */
static void connects_and_then(const char *call)
{
	struct sockaddr_in at;

	listening(&at);
	then_fails = call;
	then_error = ENOMEM;
	plan_fault("connect", EINTR, 1);
	connect_to(Socket(AF_INET, SOCK_STREAM, 0), &at);
}

static void connects_and_cannot_wait(void)
{
	connects_and_then("poll");
}

static void connects_and_cannot_ask(void)
{
	connects_and_then("getsockopt");
}

static void sets_no_option(void)
{
	int fd = Socket(AF_INET, SOCK_STREAM, 0);

	Setsockopt(fd, SOL_SOCKET, -1, &fd, sizeof(fd));
}

static void names_no_socket(void)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	Getsockname(-1, (struct sockaddr *)&addr, &len);
}

static void names_no_peer(void)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	Getpeername(Socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&addr,
		    &len);
}

static void shuts_no_connection(void)
{
	Shutdown(Socket(AF_INET, SOCK_STREAM, 0), SHUT_WR);
}

static void sends_to_a_gone_peer(void)
{
	int pair[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	Close(pair[1]);
	Send(pair[0], "x", 1, MSG_NOSIGNAL);
}

static void receives_from_nothing(void)
{
	char c;

	Recv(-1, &c, 1, 0);
}

static void sends_too_large_a_datagram(void)
{
	static char large[70000];
	struct sockaddr_in at;
	int fd = bound(SOCK_DGRAM, &at);

	Sendto(fd, large, sizeof(large), 0, (const struct sockaddr *)&at,
	       sizeof(at));
}

static void receives_from_nobody(void)
{
	struct sockaddr_in at;
	char c;

	Recvfrom(bound(SOCK_DGRAM, &at), &c, 1, MSG_DONTWAIT, NULL, NULL);
}

/* ---- What goes on ---- */

static void addresses_are_told(void **state)
{
	struct sockaddr_in at, peer, own;
	socklen_t len = sizeof(peer);
	int listener = listening(&at), yes = 1;
	int client = Socket(AF_INET, SOCK_STREAM, 0), server;

	(void)state;
	Setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
	connect_to(client, &at);
	server = Accept(listener, (struct sockaddr *)&peer, &len);
	assert_int_equal(len, sizeof(peer));
	Getsockname(client, (struct sockaddr *)&own, &len);
	assert_int_equal(peer.sin_port, own.sin_port);
	Getpeername(client, (struct sockaddr *)&peer, &len);
	assert_int_equal(peer.sin_port, at.sin_port);
	assert_int_not_equal(ntohs(at.sin_port), 0);
	Shutdown(client, SHUT_WR);
	assert_int_equal(Recv(server, &yes, sizeof(yes), 0), 0);
	Close(client);
	Close(server);
	Close(listener);
}

static void accepts_after(int error)
{
	struct sockaddr_in at;
	int listener = listening(&at);
	int client = Socket(AF_INET, SOCK_STREAM, 0), server;

	connect_to(client, &at);
	plan_fault("accept", error, 3);
	server = Accept(listener, NULL, NULL);
	assert_int_equal(calls_made(), 4);
	assert_true(server >= 0);
	Close(server);
	Close(client);
	Close(listener);
}

static void accept_goes_on(void **state)
{
	(void)state;
	accepts_after(EINTR);
	accepts_after(ECONNABORTED);
	accepts_after(EPROTO);
}

static void interrupted_transfers_go_on(void **state)
{
	char buf[8] = "";
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	plan_fault("send", EINTR, 2);
	assert_int_equal(Send(pair[0], "abc", 3, 0), 3);
	assert_int_equal(calls_made(), 3);
	plan_fault("recv", EINTR, 2);
	assert_int_equal(Recv(pair[1], buf, sizeof(buf), 0), 3);
	assert_int_equal(calls_made(), 3);
	assert_string_equal(buf, "abc");
	Close(pair[0]);
	Close(pair[1]);
}

static void interrupted_datagrams_go_on(void **state)
{
	struct sockaddr_in at, from;
	socklen_t len = sizeof(from);
	int fd = bound(SOCK_DGRAM, &at);
	char buf[8] = "";

	(void)state;
	plan_fault("sendto", EINTR, 2);
	assert_int_equal(Sendto(fd, "abc", 3, 0, (const struct sockaddr *)&at,
				sizeof(at)),
			 3);
	assert_int_equal(calls_made(), 3);
	plan_fault("recvfrom", EINTR, 2);
	assert_int_equal(Recvfrom(fd, buf, sizeof(buf), 0,
				  (struct sockaddr *)&from, &len),
			 3);
	assert_int_equal(calls_made(), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(from.sin_port, at.sin_port);
	Close(fd);
}

static void flags_are_passed_on(void **state)
{
	char buf[8] = "";
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	Send(pair[0], "abc", 3, 0);
	assert_int_equal(Recv(pair[1], buf, 1, MSG_PEEK), 1);
	assert_int_equal(Recvfrom(pair[1], buf, 2, MSG_PEEK, NULL, NULL), 2);
	assert_int_equal(Recv(pair[1], buf, sizeof(buf), 0), 3);
	Close(pair[0]);
	Close(pair[1]);
}

/* Nor when the wait for it is interrupted in its turn. */
static void interrupted_connect_is_not_repeated(void **state)
{
	struct sockaddr_in at, peer;
	socklen_t len = sizeof(peer);
	int listener = listening(&at);
	int client = Socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	connects = 0;
	then_fails = "poll";
	then_error = EINTR;
	plan_fault("connect", EINTR, 1);
	connect_to(client, &at);
	then_fails = NULL;
	assert_int_equal(calls_made(), 2);
	assert_int_equal(connects, 1);
	Getpeername(client, (struct sockaddr *)&peer, &len);
	assert_int_equal(peer.sin_port, at.sin_port);
	Close(Accept(listener, NULL, NULL));
	Close(client);
	Close(listener);
}

/* ---- A UNIX socket, interrupted for real ---- */

static int full, ticks;

/* The third signal that comes during connect makes room in the backlog. */
static void make_room(int signo)
{
	int error = errno;

	(void)signo;
	if (connects > 0 && ++ticks == 3)
		accept(full, NULL, NULL);
	errno = error;
}

static void signal_every_ms(void)
{
	const struct sigaction act = {.sa_handler = make_room};
	const struct itimerval every_ms = {{0, 1000}, {0, 1000}};

	Sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &every_ms, NULL);
}

/* Ends with how often connect was called, at most 9. */
static void connects_where_there_is_no_room(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX}, peer;
	struct sockaddr *addr = (struct sockaddr *)&at;
	socklen_t len = sizeof(at);
	int fd = Socket(AF_UNIX, SOCK_STREAM, 0);

	full = Socket(AF_UNIX, SOCK_STREAM, 0);
	Bind(full, addr, sizeof(at.sun_family)); /* the kernel picks a name */
	Getsockname(full, addr, &len);
	Listen(full, 0);
	Connect(Socket(AF_UNIX, SOCK_STREAM, 0), addr, len);
	connects = 0;
	signal_every_ms();
	Connect(fd, addr, len);
	len = sizeof(peer);
	Getpeername(fd, (struct sockaddr *)&peer, &len);
	_exit(connects < 9 ? connects : 9);
}

static void unix_connect_begins_again(void **state)
{
	struct ending end = end_of(connects_where_there_is_no_room);

	(void)state;
	assert_string_equal(end.said, "");
	assert_true(WIFEXITED(end.status));
	assert_in_range(WEXITSTATUS(end.status), 2, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDS(makes_no_socket, "socket", EAFNOSUPPORT),
		ENDS(binds_a_port_in_use, "bind", EADDRINUSE),
		ENDS(listens_on_nothing, "listen", EBADF),
		ENDS(accepts_from_nothing, "accept", EBADF),
		ENDS(accepts_without_descriptors, "accept", EMFILE),
		ENDS(connects_to_nobody, "connect", ECONNREFUSED),
		ENDS(connects_to_nobody_interrupted, "connect", ECONNREFUSED),
		ENDS(connects_and_cannot_wait, "connect", ENOMEM),
		ENDS(connects_and_cannot_ask, "connect", ENOMEM),
		ENDS(sets_no_option, "setsockopt", ENOPROTOOPT),
		ENDS(names_no_socket, "getsockname", EBADF),
		ENDS(names_no_peer, "getpeername", ENOTCONN),
		ENDS(shuts_no_connection, "shutdown", ENOTCONN),
		ENDS(sends_to_a_gone_peer, "send", EPIPE),
		ENDS(receives_from_nothing, "recv", EBADF),
		ENDS(sends_too_large_a_datagram, "sendto", EMSGSIZE),
		ENDS(receives_from_nobody, "recvfrom", EAGAIN),
		cmocka_unit_test(addresses_are_told),
		cmocka_unit_test(accept_goes_on),
		cmocka_unit_test(interrupted_transfers_go_on),
		cmocka_unit_test(interrupted_datagrams_go_on),
		cmocka_unit_test(flags_are_passed_on),
		cmocka_unit_test(interrupted_connect_is_not_repeated),
		cmocka_unit_test(unix_connect_begins_again),
	};

	return cmocka_run_group_tests_name("wrap_socket", tests, NULL, NULL);
}
