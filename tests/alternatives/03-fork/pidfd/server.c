/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with nothing but descriptors: epoll over the listening socket, a signalfd, the
 * pipe of reports, and a pidfd for each child, which is readable when the child has ended. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

struct child {
	pid_t pid;
	int pidfd;
	struct child *previous, *next;
};

struct server {
	int epoll, listener, signals, reports[2];
	struct child ring; /* of all children, with this one as its seam */
	uint32_t clients;
	uint64_t bytes;
};

static volatile sig_atomic_t connection; /* in a child */

static void hang_up(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

/* What is watched is told apart by the pointer: our own fields, or a child. */
static int watch(const struct server *s, int fd, const void *what)
{
	struct epoll_event event = {.events = EPOLLIN};

	memcpy(&event.data, &what, sizeof what);
	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event);
}

static _Noreturn void serve(const struct server *s, int client)
{
	struct sigaction action = {.sa_handler = hang_up};
	char bytes[4096];
	uint64_t echoed = 0;
	ssize_t n;
	sigset_t term;

	connection = client;
	Sigaction(SIGTERM, &action, NULL);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_UNBLOCK, &term, NULL);
	Close(s->epoll);
	Close(s->listener);
	Close(s->signals);
	Close(s->reports[0]);
	for (const struct child *c = s->ring.next; c != &s->ring; c = c->next)
		Close(c->pidfd);

	while ((n = read_some(client, bytes, sizeof bytes)) > 0 &&
	       sendn(client, bytes, (size_t)n) == 0)
		echoed += (uint64_t)n;
	_exit(writen(s->reports[1], &echoed, sizeof echoed) == 0 ? 0 : 1);
}

static void add_child(struct server *s, pid_t pid, int pidfd)
{
	struct child *c = Malloc(sizeof *c);

	*c = (struct child){pid, pidfd, s->ring.previous, &s->ring};
	c->previous->next = c;
	s->ring.previous = c;
	if (watch(s, pidfd, c) < 0)
		sys_err("epoll_ctl");
}

static void reap(const struct server *s, struct child *c)
{
	Waitpid(c->pid, NULL, 0);

	/* close() alone would not do: a child that was just forked has a copy of
	 * the descriptor, and epoll goes by what is behind it. */
	if (epoll_ctl(s->epoll, EPOLL_CTL_DEL, c->pidfd, NULL) < 0)
		sys_err("epoll_ctl");
	Close(c->pidfd);
	c->previous->next = c->next;
	c->next->previous = c->previous;
	free(c);
}

/* Fork; without a descriptor to watch the child by, it is as if fork failed. */
static pid_t start_child(struct server *s, int client)
{
	pid_t pid = fork();
	if (pid == 0)
		serve(s, client);
	if (pid < 0)
		return -1;

	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0) {
		int saved = errno;
		kill(pid, SIGKILL);
		Waitpid(pid, NULL, 0);
		errno = saved;
		return -1;
	}
	add_child(s, pid, pidfd);
	return pid;
}

static void take_client(struct server *s)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	char address[INET_ADDRSTRLEN];
	int client = accept(s->listener, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == EBADF ||
		    errno == EINVAL)
			sys_err("accept");
		return;
	}
	s->clients++;
	pid_t pid = start_child(s, client);
	Close(client);
	if (pid < 0) {
		sys_warn("no process for a client");
		return;
	}
	inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address);
	dprintf(STDOUT_FILENO, "%s port %d: child %d\n", address,
		ntohs(peer.sin_port), (int)pid);
}

static bool read_report(struct server *s)
{
	uint64_t n = 0;
	ssize_t got = Read(s->reports[0], &n, sizeof n);

	s->bytes += n;
	return got > 0;
}

static void start(struct server *s, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	sigset_t term;

	s->ring.previous = s->ring.next = &s->ring;
	s->listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(s->listener, (struct sockaddr *)&address, sizeof address);
	Pipe(s->reports);
	signal(SIGCHLD, SIG_DFL); /* ignored, there would be nothing to reap */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_BLOCK, &term, NULL);
	Listen(s->listener, SOMAXCONN);
	s->signals = signalfd(-1, &term, 0);
	s->epoll = epoll_create1(0);
	if (s->signals < 0 || s->epoll < 0)
		sys_err("signalfd or epoll_create1");
	if (watch(s, s->listener, &s->listener) < 0 ||
	    watch(s, s->signals, &s->signals) < 0 ||
	    watch(s, s->reports[0], &s->reports) < 0)
		sys_err("epoll_ctl");
}

/* Handle one event; false when it is SIGTERM. */
static bool handle(struct server *s)
{
	struct epoll_event event;
	int n = epoll_wait(s->epoll, &event, 1, -1);

	if (n < 0 && errno != EINTR)
		sys_err("epoll_wait");
	if (n <= 0)
		return true;
	if (event.data.ptr == &s->signals)
		return false;
	if (event.data.ptr == &s->listener)
		take_client(s);
	else if (event.data.ptr == &s->reports)
		read_report(s);
	else
		reap(s, event.data.ptr);
	return true;
}

int main(int argc, char *argv[])
{
	static struct server s;
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	start(&s, port);
	while (handle(&s))
		;

	Close(s.listener);
	Close(s.reports[1]);
	for (const struct child *c = s.ring.next; c != &s.ring; c = c->next)
		kill(c->pid, SIGTERM);
	while (read_report(&s))
		;
	while (s.ring.next != &s.ring)
		reap(&s, s.ring.next);
	dprintf(STDOUT_FILENO,
		"served %" PRIu32 " clients, %" PRIu64 " bytes\n", s.clients,
		s.bytes);
	return 0;
}
