/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with a jump out of accept() at SIGTERM, greetings on stdout, and the
 * log line printed by the child. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdio.h>

static sigjmp_buf way_out;
static int reports[2], connection;
static sigset_t both; /* our two signals, blocked outside of open_accept() */
static volatile uint64_t bytes; /* added up by the SIGCHLD handler */
static volatile unsigned clients;

static void leave(int signo)
{
	siglongjmp(way_out, signo);
}

static void read_reports(void)
{
	uint64_t n;

	while (read(reports[0], &n, sizeof n) == sizeof n) /* O_NONBLOCK */
		bytes += n;
}

static void reap(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	read_reports();
	errno = saved;
}

static void hang_up(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static _Noreturn void child(int client, const struct sockaddr_in *peer)
{
	char buffer[100];
	uint64_t echoed = 0;
	ssize_t n;

	connection = client;
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, hang_up);
	Sigprocmask(SIG_UNBLOCK, &both, NULL);
	dprintf(STDOUT_FILENO, "I am %d and talk to %s from port %u.\n",
		(int)getpid(), inet_ntoa(peer->sin_addr),
		ntohs(peer->sin_port));
	while ((n = read_some(client, buffer, sizeof buffer)) > 0 &&
	       sendn(client, buffer, (size_t)n) == 0)
		echoed += (uint64_t)n;
	if (writen(reports[1], &echoed, sizeof echoed) < 0)
		_exit(1);
	_exit(0);
}

/* accept() with the signals let in, and only there; SIGTERM does not come back. */
static int open_accept(int listener, struct sockaddr_in *peer)
{
	socklen_t size = sizeof *peer;

	Sigprocmask(SIG_UNBLOCK, &both, NULL);
	int client = accept(listener, (struct sockaddr *)peer, &size);
	int saved = errno;
	Sigprocmask(SIG_BLOCK, &both, NULL);
	errno = saved;
	return client;
}

static int listen_on(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int on = 1;
	int fd = Socket(AF_INET, SOCK_STREAM, 0);

	Setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(fd, (struct sockaddr *)&address, sizeof address);
	Listen(fd, 50);
	return fd;
}

static _Noreturn void serve_clients(int listener)
{
	for (;;) {
		struct sockaddr_in peer;
		int client = open_accept(listener, &peer);

		if (client < 0) {
			if (errno == EMFILE || errno == ENFILE ||
			    errno == EBADF)
				sys_err("accept");
			continue;
		}
		clients++;
		pid_t pid = fork();
		if (pid == 0) {
			close(listener);
			close(reports[0]);
			child(client, &peer);
		}
		if (pid < 0)
			perror("server: fork");
		close(client);
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	Pipe(reports);
	Fcntl(reports[0], F_SETFL, O_NONBLOCK);
	if (setpgid(0, 0) < 0 && getpgrp() != getpid())
		sys_err("setpgid");
	puts("=== Echo server ===\nSIGTERM ends it.");
	fflush(stdout);

	sigemptyset(&both);
	sigaddset(&both, SIGCHLD);
	sigaddset(&both, SIGTERM);
	Sigprocmask(SIG_BLOCK, &both, NULL);
	int listener = listen_on(port);

	/* The jump must not come in the middle of the other handler. */
	struct sigaction action = {
		.sa_handler = reap, .sa_mask = both, .sa_flags = SA_RESTART};
	Sigaction(SIGCHLD, &action, NULL);
	if (sigsetjmp(way_out, 1) == 0) {
		signal(SIGTERM, leave);
		serve_clients(listener);
	}

	/* The jump has restored the mask, so both are blocked again. */
	close(listener);
	kill(0, SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		read_reports();
	printf("Good bye.\nserved %u clients, %" PRIu64 " bytes\n", clients,
	       bytes);
	return 0;
}
