/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with SA_NOCLDWAIT, a signalfd for SIGTERM, SO_REUSEPORT beside SO_REUSEADDR,
 * and reports as packets over a socket pair. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/signalfd.h>

struct server {
	int listener, signals;
	int here,
		there; /* the ends of the socket pair: the parent's, the children's */
	uint32_t clients;
	uint64_t bytes;
};

static int connection; /* in a child */

static void hang_up(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static _Noreturn void serve(const struct server *s, int client,
			    const sigset_t *term)
{
	struct sigaction action = {.sa_handler = hang_up,
				   .sa_flags = SA_RESTART};
	char bytes[512];
	uint64_t echoed = 0;
	ssize_t n;

	connection = client;
	Sigaction(SIGTERM, &action, NULL);
	Sigprocmask(SIG_UNBLOCK, term, NULL);
	Close(s->listener);
	Close(s->signals);
	Close(s->here);

	while ((n = read_some(client, bytes, sizeof bytes)) > 0 &&
	       sendn(client, bytes, (size_t)n) == 0)
		echoed += (uint64_t)n;
	_exit(sendn(s->there, &echoed, sizeof echoed) == 0 ? 0 : 1);
}

static void take_client(struct server *s, const sigset_t *term)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	int client = accept(s->listener, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno != EAGAIN && errno != EINTR &&
		    errno != ECONNABORTED && errno != EPROTO)
			sys_err("accept");
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		serve(s, client, term);
	Close(client);
	if (pid < 0) {
		sys_warn("fork");
		return;
	}
	s->clients++;
	if (getnameinfo((struct sockaddr *)&peer, size, host, sizeof host, port,
			sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		printf("pid=%d host=%s port=%s\n", (int)pid, host, port);
}

static bool take_report(struct server *s)
{
	uint64_t n;
	ssize_t got = recv(s->here, &n, sizeof n, 0);

	if (got < 0)
		sys_err("recv");
	if (got == sizeof n)
		s->bytes += n;
	return got > 0;
}

static struct server set_up(int port, const sigset_t *term)
{
	struct sigaction no_zombies = {.sa_handler = SIG_DFL,
				       .sa_flags = SA_NOCLDWAIT};
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1, pair[2];
	struct server s = {
		.listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};

	Setsockopt(s.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Setsockopt(s.listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	Bind(s.listener, (struct sockaddr *)&address, sizeof address);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		sys_err("socketpair");
	s.here = pair[0];
	s.there = pair[1];

	Sigaction(SIGCHLD, &no_zombies, NULL);
	Sigprocmask(SIG_BLOCK, term, NULL);
	s.signals = signalfd(-1, term, 0);
	if (s.signals < 0)
		sys_err("signalfd");

	/* Without zombies a pid may be another's soon; the group is ours. */
	if (setpgid(0, 0) < 0 && getpgrp() != getpid())
		sys_err("setpgid");
	Listen(s.listener, 32);
	return s;
}

int main(int argc, char *argv[])
{
	sigset_t term;
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	setlinebuf(stdout);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	struct server s = set_up(port, &term);

	struct pollfd fds[3] = {{s.signals, POLLIN, 0},
				{s.listener, POLLIN, 0},
				{s.here, POLLIN, 0}};
	while (Poll(fds, 3, -1) > 0 && fds[0].revents == 0) {
		if (fds[1].revents != 0)
			take_client(&s, &term);
		if (fds[2].revents != 0)
			take_report(&s);
	}

	Close(s.listener);
	Close(s.there);
	kill(0, SIGTERM);
	while (take_report(&s))
		;
	while (wait(NULL) > 0 || errno == EINTR)
		;
	printf("served %" PRIu32 " clients, %" PRIu64 " bytes\n", s.clients,
	       s.bytes);
	return 0;
}
