/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with signals for everything, and no handler in the parent: SIGIO tells that a
 * client or a report has come, and sigwaitinfo() is the only place to wait. */

#define _GNU_SOURCE /* F_SETOWN, O_ASYNC */
#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int listener, reports[2];
static sigset_t ours;
static pid_t *children;
static size_t n_children, clients, bytes;
static volatile sig_atomic_t connection; /* in a child */

static void hang_up(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static _Noreturn void serve(int client)
{
	struct sigaction action = {.sa_handler = hang_up};
	char buffer[16384];
	size_t echoed = 0;
	ssize_t n;

	connection = client;
	Sigaction(SIGTERM, &action, NULL);
	Sigprocmask(SIG_UNBLOCK, &ours, NULL);
	Close(listener);
	Close(reports[0]);
	while ((n = read_some(client, buffer, sizeof buffer)) > 0 &&
	       sendn(client, buffer, (size_t)n) == 0)
		echoed += (size_t)n;
	_exit(writen(reports[1], &echoed, sizeof echoed) == 0 ? 0 : 1);
}

/* Each of these three does what there is to do, if anything, and never waits. */

static void reap(void)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		size_t i = 0;
		while (i < n_children && children[i] != pid)
			i++;
		if (i < n_children)
			memmove(&children[i], &children[i + 1],
				(--n_children - i) * sizeof *children);
	}
}

static void read_reports(void)
{
	size_t n;

	while (read(reports[0], &n, sizeof n) == sizeof n)
		bytes += n;
}

/* False if the queue is empty. */
static bool take_client(void)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	char address[INET_ADDRSTRLEN];
	int client = accept(listener, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == EBADF)
			sys_err("accept");
		return errno != EAGAIN;
	}
	clients++;
	pid_t pid = fork();
	if (pid == 0)
		serve(client);
	Close(client);
	if (pid < 0) {
		sys_warn("fork");
		return true;
	}
	children = Realloc(children, (n_children + 1) * sizeof *children);
	children[n_children++] = pid;
	inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address);
	dprintf(STDOUT_FILENO, "New client %s:%u, process %d\n", address,
		ntohs(peer.sin_port), (int)pid);
	return true;
}

/* Under a heavy load the queue is never empty, and there is no wait that would
 * tell of SIGTERM. */
static bool told_to_stop(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && sigismember(&set, SIGTERM) == 1;
}

static void run(void)
{
	while (!told_to_stop()) {
		reap();
		read_reports();
		if (!take_client() && sigwaitinfo(&ours, NULL) == SIGTERM)
			return;
	}
}

/* From now on the kernel sends SIGIO when fd becomes readable. */
static void announce(int fd)
{
	Fcntl(fd, F_SETOWN, getpid());
	Fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
}

static void set_up(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
	};
	int on = 1;

	signal(SIGCHLD, SIG_DFL); /* ignored, there would be nothing to reap */
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGIO);
	Sigprocmask(SIG_BLOCK, &ours, NULL);

	Pipe(reports);
	announce(reports[0]);
	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	announce(listener);
	Listen(listener, 100);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	set_up(port);
	run();

	Close(listener);
	for (size_t i = 0; i < n_children; i++)
		kill(children[i], SIGTERM);
	read_reports();
	while (waitpid(-1, NULL, 0) > 0)
		read_reports();
	free(children);
	dprintf(STDOUT_FILENO, "served %zu clients, %zu bytes\n", clients,
		bytes);
	return 0;
}
