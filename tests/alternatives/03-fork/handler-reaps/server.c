/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with accept() as the only place to wait: the SIGCHLD
 * handler reaps and reads the reports, the SIGTERM handler shuts the
 * listening socket down, and one signal to the process group ends all
 * children. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>

static int listener, reports[2], connection;
static volatile sig_atomic_t stopping;
static volatile uint64_t bytes; /* changed by the SIGCHLD handler */

static void read_reports(void)
{
	uint64_t n;

	while (read(reports[0], &n, sizeof n) == sizeof n) /* O_NONBLOCK */
		bytes += n;
}

static void on_child(int signo)
{
	int saved = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	read_reports();
	errno = saved;
}

/* accept() fails from now on, whether it is waiting already or about to. */
static void on_term(int signo)
{
	int saved = errno;

	(void)signo;
	stopping = 1;
	shutdown(listener, SHUT_RD);
	errno = saved;
}

static void on_term_in_child(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static void trap(int signo, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigfillset(&action.sa_mask);
	Sigaction(signo, &action, NULL);
}

static void mask(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	Sigprocmask(how, &set, NULL);
}

static _Noreturn void child(int client)
{
	uint64_t echoed = 0;
	char buf[4096];
	ssize_t n;

	connection = client;
	trap(SIGCHLD, SIG_DFL);
	trap(SIGTERM, on_term_in_child);
	mask(SIG_UNBLOCK);
	close(listener);
	close(reports[0]);

	while ((n = read_some(client, buf, sizeof buf)) > 0) {
		if (sendn(client, buf, (size_t)n) < 0)
			break;
		echoed += (uint64_t)n;
	}
	writen(reports[1], &echoed, sizeof echoed);
	_exit(n != 0);
}

static void start_child(int client, const struct sockaddr_in *peer)
{
	mask(SIG_BLOCK);
	pid_t pid = fork();
	if (pid == 0)
		child(client);
	if (pid < 0)
		sys_warn("fork");
	else
		printf("[%d] %s:%d\n", (int)pid, inet_ntoa(peer->sin_addr),
		       ntohs(peer->sin_port));
	fflush(stdout);
	close(client);
	mask(SIG_UNBLOCK);
}

static void set_up(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;

	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Pipe(reports);
	Fcntl(reports[0], F_SETFL, O_NONBLOCK);
	if (setpgid(0, 0) < 0 && getpgrp() != getpid())
		sys_err("setpgid");
	trap(SIGCHLD, on_child);
	trap(SIGTERM, on_term);
	Listen(listener, 128);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	set_up(port);

	unsigned clients = 0;
	while (!stopping) {
		struct sockaddr_in peer;
		socklen_t size = sizeof peer;
		int client = accept(listener, (struct sockaddr *)&peer, &size);
		if (client >= 0) {
			clients++;
			start_child(client, &peer);
		} else if (!stopping && errno != EINTR &&
			   errno != ECONNABORTED && errno != EPROTO) {
			sys_err("accept");
		}
	}

	mask(SIG_BLOCK);
	close(listener);
	kill(0, SIGTERM); /* our own copy stays blocked */
	while (waitpid(-1, NULL, 0) > 0)
		read_reports();
	printf("served %u clients, %llu bytes\n", clients,
	       (unsigned long long)bytes);
	return 0;
}
