/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with SIGCHLD ignored, so that the kernel reaps, and a pipe as a lifeline: when
 * the parent lets go of it, or dies, each child finds end of file there and leaves. */

#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>

static int listener, reports[2], lifeline[2], wake[2];

static void on_term(int signo)
{
	int saved = errno;

	(void)signo;
	if (write(wake[1], "", 1) < 0)
		_exit(1); /* cannot be: the pipe is empty until then */
	errno = saved;
}

/* In a child: wait for the client; false when the parent has let go. */
static bool client_ready(int client, short events)
{
	struct pollfd fds[2] = {{client, events, 0}, {lifeline[0], POLLIN, 0}};

	Poll(fds, 2, -1);
	return fds[1].revents == 0;
}

static bool send_back(int client, const char *p, ssize_t left)
{
	while (left > 0) {
		if (!client_ready(client, POLLOUT))
			return false;
		ssize_t n = send(client, p, (size_t)left,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (n > 0) {
			p += n;
			left -= n;
		}
	}
	return true;
}

static void serve(int client)
{
	char bytes[2048];
	unsigned long long echoed = 0;

	close(listener);
	close(reports[0]);
	close(lifeline[1]);
	close(wake[0]);
	close(wake[1]);
	while (client_ready(client, POLLIN)) {
		ssize_t n = recv(client, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0 || !send_back(client, bytes, n))
			break;
		echoed += (unsigned long long)n;
	}
	if (write(reports[1], &echoed, sizeof echoed) != sizeof echoed)
		_exit(1);
	_exit(0);
}

static void take_client(unsigned *clients)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	sigset_t term, before;
	int client = accept(listener, (struct sockaddr *)&peer, &size);

	if (client < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == EBADF)
			sys_err("accept");
		return;
	}
	++*clients;

	/* A SIGTERM for the new child must not reach our handler in it. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Sigprocmask(SIG_BLOCK, &term, &before);
	pid_t pid = fork();
	if (pid == 0)
		signal(SIGTERM, SIG_DFL);
	Sigprocmask(SIG_SETMASK, &before, NULL);

	if (pid == 0)
		serve(client);
	if (pid < 0)
		perror("server: fork");
	if (pid > 0)
		dprintf(STDOUT_FILENO, "process %d for %s, port %d\n", (int)pid,
			inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
	close(client);
}

/* One report, or 0 at end of file. */
static bool read_report(unsigned long long *total)
{
	unsigned long long n = 0;
	ssize_t got = Read(reports[0], &n, sizeof n);

	*total += n;
	return got > 0;
}

static void set_up(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;

	listener = Socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Pipe(reports);
	Pipe(lifeline);
	Pipe(wake);
	Fcntl(wake[1], F_SETFL, O_NONBLOCK);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGTERM, on_term);
	Listen(listener, 64);
}

int main(int argc, char *argv[])
{
	unsigned clients = 0;
	unsigned long long bytes = 0;
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	set_up(port);

	for (;;) {
		struct pollfd fds[3] = {{listener, POLLIN, 0},
					{reports[0], POLLIN, 0},
					{wake[0], POLLIN, 0}};
		Poll(fds, 3, -1);
		if (fds[2].revents != 0)
			break;
		if (fds[1].revents != 0)
			read_report(&bytes);
		if (fds[0].revents != 0)
			take_client(&clients);
	}

	close(listener);
	close(lifeline[1]);
	close(reports[1]);
	while (read_report(&bytes))
		;
	while (wait(NULL) > 0) /* ends with ECHILD when all have ended */
		;
	dprintf(STDOUT_FILENO, "served %u clients, %llu bytes\n", clients,
		bytes);
	return 0;
}
