/* SPDX-License-Identifier: MIT */
/* prefork.c - lab 03's server with processes that are there before their clients. */

/*
 * Theory of operation
 *
 * As in solutions/03-fork/server.c there is a process for each client.  But who
 * comes does not wait for a fork(): some processes wait in accept() already, all
 * at the same listening socket, and the kernel gives each client to one of them.
 * When the client has left, its process waits for the next.
 *
 *	idle < FEWEST	the parent starts more
 *	idle > MOST	who has just become idle ends
 *
 * So after a crowd has come and gone the next one costs no process at all.  What
 * a client costs while it is connected is what it costs in lab 03.
 *
 * Memory of a parent and its children is copied, not shared, unless it is asked
 * for: struct shared is a page that all of them see.  Its counters are atomic.
 * A child counts before it closes the connection, so that who sees its end was
 * counted.  Whoever takes the last client that can be had without more children
 * rings an eventfd, where the parent sleeps.
 *
 * Simplified: a child that is killed while it is idle is counted as idle ever
 * after; and when memory runs out, accept() is tried and warned of for as long as
 * that lasts.
 */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

enum { FEWEST = 8, MOST = 64 }; /* children that wait for a client */

struct shared {
	atomic_int idle;	  /* children started that have no client */
	_Atomic uint64_t clients; /* accepted */
	_Atomic uint64_t bytes;	  /* echoed to clients that have left */
};

struct server {
	int listener;
	int signals; /* where SIGCHLD and SIGTERM are read */
	int bell;    /* an eventfd: readable when children are wanted */
	struct shared *shared;
	pid_t *child; /* the children that have not been reaped */
	size_t children;
};

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	/* Its clients' sockets inherit it: no part of an echo waits for the
	 * client to acknowledge another. */
	Setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);
	return listener;
}

static struct shared *share(void)
{
	void *page = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		sys_err("mmap");
	return page; /* all zeros */
}

static struct server start(int port)
{
	struct server s = {.shared = share(), .bell = eventfd(0, 0)};
	sigset_t ours;

	if (s.bell < 0)
		sys_err("eventfd");
	signal(SIGCHLD, SIG_DFL); /* for the reasons, see lab 03 */
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, NULL);
	s.signals = signalfd(-1, &ours, 0);
	if (s.signals < 0)
		sys_err("signalfd");
	s.listener = listen_on(port);
	return s;
}

/* Send back what comes until the client ends; how many bytes it was. */
static uint64_t echo(int client)
{
	char bytes[4096];
	uint64_t echoed = 0;
	ssize_t n;

	while ((n = read_some(client, bytes, sizeof bytes)) > 0 &&
	       sendn(client, bytes, (size_t)n) == 0)
		echoed += (uint64_t)n;
	return echoed;
}

/* In a child: the next client, whenever it comes. */
static int next_client(const struct server *s)
{
	const uint64_t one = 1;
	int client;

	while ((client = accept(s->listener, NULL, NULL)) < 0)
		if (errno != ECONNABORTED && errno != EINTR)
			sys_warn("accept");
	atomic_fetch_add(&s->shared->clients, 1);
	if (atomic_fetch_sub(&s->shared->idle, 1) <= FEWEST)
		Write(s->bell, &one, sizeof one);
	return client;
}

/* A child's life.  It ends at SIGTERM, which comes from the parent, and from
 * the kernel when the parent has died: else it would keep the port for good. */
static _Noreturn void serve(const struct server *s, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	Sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent)
		_exit(1);
	Close(s->signals);
	do {
		int client = next_client(s);

		atomic_fetch_add(&s->shared->bytes, echo(client));
		Close(client);
	} while (atomic_fetch_add(&s->shared->idle, 1) < MOST);
	atomic_fetch_sub(&s->shared->idle, 1);
	_exit(0);
}

/* See to it that enough children are idle. */
static void start_children(struct server *s)
{
	pid_t parent = getpid();

	while (atomic_load(&s->shared->idle) < FEWEST) {
		pid_t pid = fork();

		if (pid == 0)
			serve(s, parent);
		if (pid < 0) { /* clients wait until a child is free */
			sys_warn("fork");
			return;
		}
		/* It may have taken a client by now: below zero is fine. */
		atomic_fetch_add(&s->shared->idle, 1);
		s->child =
			Realloc(s->child, (s->children + 1) * sizeof *s->child);
		s->child[s->children++] = pid;
	}
}

/* Reap all that have ended: ten children may have sent one SIGCHLD. */
static void reap(struct server *s)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < s->children; i++)
			if (s->child[i] == pid)
				s->child[i] = s->child[--s->children];
}

/* Do what a signal asks for; false if it is to stop. */
static bool take_signal(struct server *s)
{
	struct signalfd_siginfo info;

	Read(s->signals, &info, sizeof info);
	reap(s);
	return info.ssi_signo != SIGTERM;
}

static void run(struct server *s)
{
	struct pollfd event[] = {{.fd = s->signals, .events = POLLIN},
				 {.fd = s->bell, .events = POLLIN}};
	uint64_t rung;

	for (;;) {
		start_children(s);
		Poll(event, 2, -1);
		if (event[0].revents != 0 && !take_signal(s))
			return;
		if (event[1].revents != 0)
			Read(s->bell, &rung,
			     sizeof rung); /* and it is 0 again */
	}
}

static void stop(struct server *s)
{
	Close(s->listener);
	for (size_t i = 0; i < s->children; i++)
		kill(s->child[i], SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		;
	free(s->child);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: prefork PORT, a number from 1 to 65535\n",
		      stderr);
		return 2;
	}

	struct server s = start(port);
	run(&s);
	stop(&s);
	printf("served %" PRIu64 " clients, %" PRIu64 " bytes\n",
	       atomic_load(&s.shared->clients), atomic_load(&s.shared->bytes));
	return fflush(stdout) == 0 ? 0 : 1;
}
