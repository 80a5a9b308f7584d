/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with a double fork: the child that serves has another parent, which is init and
 * reaps it; this one waits for the short-lived process between them. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/syscall.h>

/* What goes over the pipe: {pid, 0, -1} when a process begins to serve, and
 * {pid, 0, bytes} when it has served.  Small enough to go in whole. */
struct report {
	int32_t pid, unused;
	int64_t bytes;
};

struct server {
	int listener, reports[2];
	pid_t *serving; /* who has begun and not ended */
	size_t n;
	long clients;
	long long bytes;
};

static volatile sig_atomic_t stopping, connection;

static void note(int signo)
{
	stopping = signo;
}

static void hang_up(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static void report(int fd, pid_t pid, int64_t bytes)
{
	struct report r = {.pid = pid, .bytes = bytes};

	if (writen(fd, &r, sizeof r) < 0)
		_exit(1);
}

static _Noreturn void serve(struct server *s, int client)
{
	struct sigaction action = {.sa_handler = hang_up};
	char bytes[8192];
	int64_t echoed = 0;
	ssize_t n;
	sigset_t none;

	connection = client;
	Sigaction(SIGTERM, &action, NULL);
	sigemptyset(&none);
	Sigprocmask(SIG_SETMASK, &none, NULL);
	while ((n = read_some(client, bytes, sizeof bytes)) > 0 &&
	       sendn(client, bytes, (size_t)n) == 0)
		echoed += n;
	report(s->reports[1], getpid(), echoed);
	_exit(0);
}

/* The process in between, whose exit status tells if there is a server. */
static _Noreturn void fork_again(struct server *s, int client,
				 const struct sockaddr_in *peer)
{
	Close(s->listener);
	Close(s->reports[0]);
	pid_t pid = fork();
	if (pid == 0)
		serve(s, client);
	if (pid < 0)
		_exit(1);
	report(s->reports[1], pid, -1);
	dprintf(STDOUT_FILENO, "%s %d %d\n", inet_ntoa(peer->sin_addr),
		ntohs(peer->sin_port), (int)pid);
	_exit(0);
}

static void take_client(struct server *s)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	int status,
		client = accept(s->listener, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == EBADF ||
		    errno == EINVAL)
			sys_err("accept");
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		fork_again(s, client, &peer);
	Close(client);
	if (pid > 0) {
		Waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			s->clients++;
	}
}

static bool drop(struct server *s, pid_t pid)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->serving[i] == pid) {
			s->serving[i] = s->serving[--s->n];
			return true;
		}
	}
	return false;
}

static void add(struct server *s, pid_t pid)
{
	s->serving = Realloc(s->serving, (s->n + 1) * sizeof *s->serving);
	s->serving[s->n++] = pid;
}

/* Two processes write these, so a quick one's end may come before its begin: it
 * waits in the table as a negative number. */
static void note_begin(struct server *s, pid_t pid)
{
	if (drop(s, -pid))
		return;
	drop(s, pid); /* one of the same number that was killed */
	add(s, pid);
}

static void note_end(struct server *s, pid_t pid)
{
	if (!drop(s, pid))
		add(s, -pid);
}

/* Take one report; false at end of file. */
static bool take_report(struct server *s)
{
	struct report r;
	ssize_t n = readn(s->reports[0], &r, sizeof r);

	if (n < 0)
		sys_err("read");
	if (n == 0)
		return false;
	if (r.bytes < 0) {
		note_begin(s, r.pid);
	} else {
		note_end(s, r.pid);
		s->bytes += r.bytes;
	}
	return true;
}

/* They are not our children, so waitpid() knows nothing of them.  A descriptor
 * of a process becomes readable when it has ended. */
static void end_all(struct server *s)
{
	struct pollfd *fds = Calloc(s->n + 1, sizeof *fds);
	size_t n = s->n;

	for (size_t i = 0; i < n; i++) {
		pid_t pid = s->serving[i];
		fds[i].events = POLLIN;
		fds[i].fd = -1;
		if (pid > 0 && getpgid(pid) == getpgrp())
			fds[i].fd = (int)syscall(SYS_pidfd_open, pid, 0);
	}
	kill(0, SIGTERM); /* ours stays blocked */
	while (take_report(s))
		;
	for (size_t i = 0; i < n; i++) {
		if (fds[i].fd >= 0)
			Poll(&fds[i], 1, -1);
	}
	free(fds);
}

static void start(struct server *s, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	struct sigaction action = {.sa_handler = note};
	int on = 1;

	s->listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(s->listener, (struct sockaddr *)&address, sizeof address);
	Listen(s->listener, SOMAXCONN);
	Pipe(s->reports);
	if (setpgid(0, 0) < 0 && getpgrp() != getpid())
		sys_err("setpgid");
	Sigaction(SIGTERM, &action, NULL);
}

/* pselect() takes a signal only when it has to wait, which may be never. */
static bool pending(int signo)
{
	sigset_t set;

	return sigpending(&set) == 0 && sigismember(&set, signo) == 1;
}

int main(int argc, char *argv[])
{
	struct server s = {0};
	sigset_t term, before;
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	signal(SIGCHLD, SIG_DFL); /* ignored, there would be nothing to reap */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_BLOCK, &term, &before);
	sigdelset(&before, SIGTERM);
	start(&s, port);

	while (!stopping && !pending(SIGTERM)) {
		fd_set set;
		FD_ZERO(&set);
		FD_SET(s.listener, &set);
		FD_SET(s.reports[0], &set);
		int top = s.listener > s.reports[0] ? s.listener : s.reports[0];
		if (pselect(top + 1, &set, NULL, NULL, NULL, &before) < 0) {
			if (errno != EINTR)
				sys_err("pselect");
			continue;
		}
		if (FD_ISSET(s.reports[0], &set))
			take_report(&s);
		if (FD_ISSET(s.listener, &set))
			take_client(&s);
	}

	Close(s.listener);
	Close(s.reports[1]);
	end_all(&s);
	free(s.serving);
	printf("served %ld clients, %lld bytes\n", s.clients, s.bytes);
	return 0;
}
