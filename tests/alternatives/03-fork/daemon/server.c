/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 as a daemon: once it listens it forks, and the process that was started exits
 * with 0.  Only stdout stays open, for the log and the summary. */

#define _GNU_SOURCE /* ppoll */
#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <paths.h>
#include <stdio.h>

static int listener, reports[2];
static volatile sig_atomic_t stopping, child_ended, connection;
static sigset_t closed, open_; /* signals are let in only while it waits */
static unsigned long clients, bytes;

static void on_term(int signo)
{
	(void)signo;
	stopping = 1;
}

static void on_child(int signo)
{
	(void)signo;
	child_ended = 1;
}

static void on_term_in_child(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static void trap(int signo, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigemptyset(&action.sa_mask);
	Sigaction(signo, &action, NULL);
}

static void set_up(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;

	sigemptyset(&open_);
	closed = open_;
	sigaddset(&closed, SIGCHLD);
	sigaddset(&closed, SIGTERM);
	Sigprocmask(SIG_SETMASK, &closed, NULL);
	trap(SIGCHLD, on_child);
	trap(SIGTERM, on_term);

	Pipe(reports);
	Fcntl(reports[0], F_SETFL, O_NONBLOCK);
	listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 64);
}

/* The session is new, and so is its process group: one signal reaches all
 * children.  (Simplified: a single fork, no chdir, no pid file.) */
static void become_daemon(void)
{
	if (Fork() > 0)
		_exit(0);
	if (setsid() < 0)
		sys_err("setsid");
	int null = Open(_PATH_DEVNULL, O_RDWR);
	Dup2(null, STDIN_FILENO);
	Dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		Close(null);
}

static _Noreturn void serve(int client)
{
	unsigned long echoed = 0;
	char piece[3000];
	ssize_t n;

	connection = client;
	trap(SIGCHLD, SIG_DFL);
	trap(SIGTERM, on_term_in_child);
	Sigprocmask(SIG_SETMASK, &open_, NULL);
	Close(listener);
	Close(reports[0]);
	while ((n = read_some(client, piece, sizeof piece)) > 0 &&
	       sendn(client, piece, (size_t)n) == 0)
		echoed += (unsigned long)n;
	_exit(writen(reports[1], &echoed, sizeof echoed) == 0 ? 0 : 1);
}

static void take_client(void)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	int client = accept(listener, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE)
			sys_err("accept");
		return;
	}
	clients++;
	pid_t pid = fork();
	if (pid == 0)
		serve(client);
	if (pid > 0)
		dprintf(STDOUT_FILENO, "serverd: %s/%d is served by %d\n",
			inet_ntoa(peer.sin_addr), ntohs(peer.sin_port),
			(int)pid);
	Close(client);
}

static void read_reports(void)
{
	unsigned long n;

	while (read(reports[0], &n, sizeof n) == sizeof n)
		bytes += n;
}

static void reap(int options)
{
	while (waitpid(-1, NULL, options) > 0)
		read_reports();
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	set_up(port);
	become_daemon();

	struct pollfd fds[2] = {{listener, POLLIN, 0}, {reports[0], POLLIN, 0}};
	while (!stopping) {
		if (ppoll(fds, 2, NULL, &open_) < 0 && errno != EINTR)
			sys_err("ppoll");
		if (child_ended) {
			child_ended = 0;
			reap(WNOHANG);
		}
		read_reports();
		take_client(); /* if there is one: it does not block */
	}

	Close(listener);
	kill(0, SIGTERM); /* our own copy stays blocked */
	reap(0);
	read_reports();
	dprintf(STDOUT_FILENO, "served %lu clients, %lu bytes\n", clients,
		bytes);
	return 0;
}
