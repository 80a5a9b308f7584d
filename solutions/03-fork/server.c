/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with a process per client, and totals at the end. */

/*
 * Theory of operation
 *
 * The parent accepts and forks; a child serves one client, and at its end
 * writes how many bytes it echoed into a pipe that all children share.  The
 * parent empties it as it goes: a child waits while the pipe is full.
 *
 * A handler could run at any moment, for one between a look at a flag and the
 * accept() that then sleeps in spite of it.  So the parent blocks SIGCHLD and
 * SIGTERM and reads them from a descriptor, one more for poll() to wait for.
 *
 * At SIGTERM the parent sends SIGTERM on to the children.  Each shuts down its
 * connection, finds end of file there, reports and leaves as always.
 */

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
#include <sys/signalfd.h>

struct server {
	int listener;
	int signals;	/* where SIGCHLD and SIGTERM are read */
	int reports[2]; /* the pipe: [0] for the parent, [1] for the children */
	pid_t *child;	/* the children that have not been reaped */
	size_t children;
	unsigned long clients; /* accepted */
	uint64_t bytes;	       /* echoed */
};

static volatile sig_atomic_t connection; /* in a child: its client's socket */

/* A child's handler: from now on it waits for its client no longer. */
static void hang_up(int signo)
{
	int saved = errno;

	(void)signo;
	shutdown(connection, SHUT_RDWR);
	errno = saved;
}

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);

	/* Before bind(), or connections of the last run forbid it. */
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, SOMAXCONN);

	/* The client that poll() told of may be gone before accept(). */
	Fcntl(listener, F_SETFL, O_NONBLOCK);
	return listener;
}

static struct server start(int port)
{
	struct server s = {0};
	sigset_t ours;

	/* Signals first: who sees the port open may send one.  And SIGCHLD does
	 * not come if it is ignored, which a program can inherit. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, NULL);
	s.signals = signalfd(-1, &ours, 0);
	if (s.signals < 0)
		sys_err("signalfd");

	Pipe(s.reports);
	s.listener = listen_on(port);
	return s;
}

/* In a child: SIGTERM, which is still blocked, gets a handler. */
static void take_sigterm(void)
{
	struct sigaction action = {.sa_handler = hang_up};
	sigset_t none;

	sigemptyset(&action.sa_mask);
	Sigaction(SIGTERM, &action, NULL);
	sigemptyset(&none);
	Sigprocmask(SIG_SETMASK, &none, NULL);
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

/* A child's life. */
static _Noreturn void serve(const struct server *s, int client)
{
	/* All of these are copies.  That of the listening socket would keep the
	 * port taken for as long as the client stays. */
	Close(s->listener);
	Close(s->signals);
	Close(s->reports[0]);
	connection = client;
	take_sigterm();

	/* Up to PIPE_BUF bytes go in whole (pipe(7)): reports never mix.  And
	 * before the connection ends, so that who sees its end was counted. */
	uint64_t echoed = echo(client);
	Write(s->reports[1], &echoed, sizeof echoed);
	_exit(0); /* not exit(): what stdio holds is the parent's to print */
}

static void log_client(const struct sockaddr_in *peer, pid_t pid)
{
	char address[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &peer->sin_addr, address, sizeof address);
	printf("client %s port %d: process %d\n", address,
	       ntohs(peer->sin_port), (int)pid);
	fflush(stdout); /* it may be a pipe or a file */
}

/* Accept a client, if there is one, and give it a process. */
static void take_client(struct server *s)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	int client = accept(s->listener, (struct sockaddr *)&peer, &size);

	/* Whatever it is, a client that gave up or the network, the queue is as
	 * good as before.  (Simplified: when the machine is out of memory, this
	 * tries and warns for as long as that lasts.) */
	if (client < 0) {
		if (errno != EAGAIN)
			sys_warn("accept");
		return;
	}
	s->clients++;

	pid_t pid = fork();
	if (pid == 0)
		serve(s, client);
	if (pid < 0) {
		sys_warn("fork"); /* this client is lost, and no other */
	} else {
		s->child =
			Realloc(s->child, (s->children + 1) * sizeof *s->child);
		s->child[s->children++] = pid;
		log_client(&peer, pid);
	}
	Close(client); /* the child has it; held here too, it would stay open */
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

/* Add up the reports that one read() gets; false at end of file. */
static bool read_reports(struct server *s)
{
	uint64_t report[64];
	ssize_t n = Read(s->reports[0], report, sizeof report);

	for (size_t i = 0; i < (size_t)n / sizeof report[0]; i++)
		s->bytes += report[i];
	return n > 0;
}

static void run(struct server *s)
{
	struct pollfd event[] = {{.fd = s->signals, .events = POLLIN},
				 {.fd = s->reports[0], .events = POLLIN},
				 {.fd = s->listener, .events = POLLIN}};

	for (;;) {
		Poll(event, 3, -1);
		if (event[0].revents != 0 && !take_signal(s))
			return;
		if (event[1].revents != 0)
			read_reports(s);
		if (event[2].revents != 0)
			take_client(s);
	}
}

/* End everything.  With the last child goes the last writer, and the pipe comes
 * to end of file. */
static void stop(struct server *s)
{
	Close(s->listener);
	Close(s->reports[1]);
	for (size_t i = 0; i < s->children; i++)
		kill(s->child[i], SIGTERM);
	while (read_reports(s))
		;
	while (waitpid(-1, NULL, 0) > 0)
		;
	free(s->child);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: server PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}

	struct server s = start(port);
	run(&s);
	stop(&s);
	printf("served %lu clients, %" PRIu64 " bytes\n", s.clients, s.bytes);
	return fflush(stdout) == 0 ? 0 : 1;
}
