/* SPDX-License-Identifier: MIT */
/* twin.c - the least that an echo server can do, to measure load itself by. */
#include "twin.h"

#include "instrument.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * One system call to receive and one to send, and one to wait for as many
 * clients as are ready.  It checks nothing, and keeps nothing: that its client
 * reads what comes, so that send() may block, holds for load, and only for it.
 */

static void take_clients(int epoll, int listener)
{
	struct epoll_event event = {.events = EPOLLIN};

	while ((event.data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >=
	       0)
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event) < 0)
			close(event.data.fd);
}

static bool send_all(int fd, const char *bytes, ssize_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, (size_t)n, MSG_NOSIGNAL);

		if (sent < 0)
			return false;
		bytes += sent;
		n -= sent;
	}
	return true;
}

static void serve(int fd)
{
	static char bytes[65536];
	ssize_t n = recv(fd, bytes, sizeof bytes, 0);

	if (n <= 0 || !send_all(fd, bytes, n))
		close(fd);
}

static _Noreturn void be_the_twin(int listener)
{
	struct epoll_event events[256] = {
		{.events = EPOLLIN, .data.fd = listener}};
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &events[0]) < 0)
		_exit(EXIT_CANNOT);
	for (;;) {
		int n = epoll_wait(epoll, events, 256, -1);

		for (int i = 0; i < n; i++)
			if (events[i].data.fd == listener)
				take_clients(epoll, listener);
			else
				serve(events[i].data.fd);
	}
}

/* Load may have been bound to a core, which it is not to share with its twin. */
static void use_all_cores(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof all);
	sched_setaffinity(0, sizeof all, &all);
}

pid_t twin_start(struct sockaddr_in *server)
{
	socklen_t length = sizeof *server;
	int listener =
		socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	pid_t parent = getpid(), twin;

	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)server, sizeof *server) < 0 ||
	    listen(listener, SOMAXCONN) < 0 ||
	    getsockname(listener, (struct sockaddr *)server, &length) < 0)
		die_errno("a twin to measure with");
	twin = fork();
	if (twin < 0)
		die_errno("fork");
	if (twin == 0) {
		prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_CANNOT);
		use_all_cores();
		be_the_twin(listener);
	}
	close(listener);
	return twin;
}

void twin_stop(pid_t twin)
{
	kill(twin, SIGKILL);
	waitpid(twin, NULL, 0);
}
