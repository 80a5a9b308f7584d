/* SPDX-License-Identifier: MIT */
/* server.c - an echo server with a process per client, and totals at the end. */

/*
 * Theory of operation
 *
 * The parent accepts and forks; a child serves one client, and at its end
 * writes how many bytes it echoed into a pipe that all children share.  The
 * parent empties it as it goes: a child waits while the pipe is full.
 *
 * The parent sleeps in ppoll() only, and is open to signals there only.  Else
 * one could come between a look at `stopping` and the sleep, and go unnoticed.
 *
 * At SIGTERM the parent sends SIGTERM on to the children.  Each shuts down its
 * connection, finds end of file there, reports and leaves as always.
 */

#define _GNU_SOURCE /* ppoll */
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

struct server {
	int listener;
	int reports[2]; /* the pipe: [0] for the parent, [1] for the children */
	sigset_t open;	/* the signal mask that lets our two signals in */
	pid_t *child;	/* the children that have not been reaped */
	size_t children;
	unsigned long clients; /* accepted */
	uint64_t bytes;	       /* echoed */
};

static volatile sig_atomic_t stopping;	 /* in the parent: SIGTERM came */
static volatile sig_atomic_t connection; /* in a child: its client's socket */

/* In the parent.  SIGCHLD has done its work when it has ended the sleep. */
static void note_signal(int signo)
{
	if (signo == SIGTERM)
		stopping = 1;
}

/* In a child: from now on no recv() and no send() waits on the connection. */
static void hang_up(int signo)
{
	int saved = errno;

	(void)signo;
	shutdown(connection, SHUT_RDWR);
	errno = saved;
}

static void handle(int signo, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigemptyset(&action.sa_mask);
	Sigaction(signo, &action, NULL);
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

	/* If the client that ended the sleep is gone again, do not wait. */
	Fcntl(listener, F_SETFL, O_NONBLOCK);
	return listener;
}

static struct server start(int port)
{
	struct server s = {.listener = listen_on(port)};
	sigset_t ours;

	Pipe(s.reports);
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	Sigprocmask(SIG_BLOCK, &ours, &s.open);
	sigdelset(&s.open, SIGCHLD);
	sigdelset(&s.open, SIGTERM);
	handle(SIGCHLD, note_signal);
	handle(SIGTERM, note_signal);
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

/* A child's life. */
static _Noreturn void serve(const struct server *s, int client)
{
	/* It inherited all of these.  The listening socket would keep the port
	 * taken, the handler would swallow a SIGTERM. */
	Close(s->listener);
	Close(s->reports[0]);
	connection = client;
	handle(SIGCHLD, SIG_DFL);
	handle(SIGTERM, hang_up);
	Sigprocmask(SIG_SETMASK, &s->open, NULL);

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
	printf("client %s port %d: process %d\n", address, ntohs(peer->sin_port), (int)pid);
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
		s->child = Realloc(s->child, (s->children + 1) * sizeof *s->child);
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
	struct pollfd event[] = {{.fd = s->listener, .events = POLLIN},
				 {.fd = s->reports[0], .events = POLLIN}};

	while (!stopping) {
		int ready = ppoll(event, 2, NULL, &s->open);

		if (ready < 0 && errno != EINTR)
			sys_err("ppoll");
		reap(s);
		if (ready > 0 && event[1].revents != 0)
			read_reports(s);
		if (ready > 0 && event[0].revents != 0)
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
