/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with a pipe for each child: its bytes tell of progress, its end of file tells
 * that the child has ended and can be reaped.  No handler for SIGCHLD at all. */

#define _GNU_SOURCE /* ppoll */
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Slot 0 is the listening socket, the others are children. */
struct table {
	struct pollfd *fds;
	pid_t *pids;
	nfds_t n;
};

static volatile sig_atomic_t stopping;
static uint64_t bytes;
static unsigned long clients;

static void on_term(int signo)
{
	(void)signo;
	stopping = 1;
}

static bool tell(int progress, int64_t n)
{
	return write(progress, &n, sizeof n) == sizeof n;
}

/* Announce what is about to be sent, and take back what could not be.  So
 * whatever a client has received was announced, even if SIGTERM ends this
 * process now. */
static bool echo_piece(int client, int progress)
{
	char piece[4096];
	ssize_t n = recv(client, piece, sizeof piece, 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0 || !tell(progress, n))
		return false;
	for (ssize_t done = 0; done < n;) {
		ssize_t k = send(client, piece + done, (size_t)(n - done),
				 MSG_NOSIGNAL);
		if (k < 0 && errno != EINTR) {
			tell(progress, done - n);
			return false;
		}
		if (k > 0)
			done += k;
	}
	return true;
}

static _Noreturn void serve(const struct table *t, int client, int progress,
			    const sigset_t *mask)
{
	signal(SIGTERM, SIG_DFL);
	Sigprocmask(SIG_SETMASK, mask, NULL);
	for (nfds_t i = 0; i < t->n; i++)
		close(t->fds[i].fd);
	while (echo_piece(client, progress))
		;
	_exit(0);
}

static void add(struct table *t, int fd, pid_t pid)
{
	t->fds = Realloc(t->fds, (t->n + 1) * sizeof *t->fds);
	t->pids = Realloc(t->pids, (t->n + 1) * sizeof *t->pids);
	t->fds[t->n] = (struct pollfd){fd, POLLIN, 0};
	t->pids[t->n++] = pid;
}

/* Out of descriptors: leave the clients in the queue until a child has ended. */
static void pause_accepting(struct table *t)
{
	if (t->n == 1)
		sys_err("accept");
	t->fds[0].events = 0;
}

static void take_client(struct table *t, const sigset_t *mask)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	int progress[2];
	int client = accept(t->fds[0].fd, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE)
			pause_accepting(t);
		return;
	}
	clients++;
	if (pipe(progress) < 0) {
		sys_warn("pipe");
		close(client);
		return;
	}
	pid_t pid = fork();
	if (pid == 0) {
		close(progress[0]);
		serve(t, client, progress[1], mask);
	}
	close(progress[1]);
	close(client);
	if (pid < 0) {
		sys_warn("fork");
		close(progress[0]);
		return;
	}
	add(t, progress[0], pid);
	printf("(%s, %d) -> %d\n", inet_ntoa(peer.sin_addr),
	       ntohs(peer.sin_port), (int)pid);
	fflush(stdout);
}

/* Read what child i has to tell; false when it has ended, and is reaped. */
static bool hear(struct table *t, nfds_t i)
{
	int64_t news[32];
	ssize_t n = Read(t->fds[i].fd, news, sizeof news);

	for (size_t k = 0; k < (size_t)n / sizeof news[0]; k++)
		bytes += (uint64_t)news[k];
	if (n > 0)
		return true;

	close(t->fds[i].fd);
	Waitpid(t->pids[i], NULL, 0);
	t->n--;
	t->fds[i] = t->fds[t->n];
	t->pids[i] = t->pids[t->n];
	t->fds[0].events = POLLIN;
	return false;
}

/* ppoll() takes a signal only when it has to wait, which under a heavy load may
 * be never. */
static void let_in(const sigset_t *mask)
{
	sigset_t closed;

	Sigprocmask(SIG_SETMASK, mask, &closed);
	Sigprocmask(SIG_SETMASK, &closed, NULL);
}

static void run(struct table *t, const sigset_t *mask)
{
	while (!stopping) {
		if (ppoll(t->fds, t->n, NULL, mask) < 0) {
			if (errno != EINTR)
				sys_err("ppoll");
			continue;
		}
		let_in(mask);
		bool call = t->fds[0].revents != 0;
		for (nfds_t i = t->n - 1; i > 0; i--)
			if (t->fds[i].revents != 0)
				hear(t, i);
		if (call)
			take_client(t, mask);
	}
}

static int listen_on(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	int fd = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	Setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(fd, (struct sockaddr *)&address, sizeof address);
	Listen(fd, 64);
	return fd;
}

int main(int argc, char *argv[])
{
	struct table t = {0};
	struct sigaction action = {.sa_handler = on_term};
	sigset_t term, mask;
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	signal(SIGCHLD, SIG_DFL); /* ignored, there would be nothing to reap */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_BLOCK, &term, &mask);
	sigdelset(&mask, SIGTERM);
	Sigaction(SIGTERM, &action, NULL);
	add(&t, listen_on(port), 0);
	run(&t, &mask);

	close(t.fds[0].fd);
	for (nfds_t i = 1; i < t.n; i++)
		kill(t.pids[i], SIGTERM);
	while (t.n > 1)
		while (hear(&t, 1))
			;
	free(t.fds);
	free(t.pids);
	printf("served %lu clients, %llu bytes\n", clients,
	       (unsigned long long)bytes);
	return 0;
}
