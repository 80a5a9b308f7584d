/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 byte by byte, with select(), a pipe that the handlers write into, and the
 * children reaped in the loop that accepts. */

#include "parse_port.h"
#include "sys_err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CLIENTS 4096

static int listener, reports[2], wake[2], connection;
static pid_t children[MAX_CLIENTS];
static unsigned int clients;
static unsigned long bytes;
static sigset_t ours;

static int must(int result, const char *what)
{
	if (result == -1)
		sys_err("%s", what);
	return result;
}

/* One byte says which signal it was; if the pipe is full, that has been said. */
static void on_signal(int signo)
{
	int saved = errno;
	unsigned char c = (unsigned char)signo;
	ssize_t n = write(wake[1], &c, 1);

	(void)n;
	errno = saved;
}

static void on_term_in_child(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

static void set_handler(int signo, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = handler;
	sigfillset(&sa.sa_mask);
	sa.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	must(sigaction(signo, &sa, NULL), "sigaction");
}

static _Noreturn void serve(int client)
{
	unsigned long echoed = 0;
	unsigned char c;
	int on = 1, more;
	ssize_t n;

	/* Else the end of every message would wait for an acknowledgement. */
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	connection = client;
	set_handler(SIGCHLD, SIG_DFL);
	set_handler(SIGTERM, on_term_in_child);
	sigprocmask(SIG_UNBLOCK, &ours, NULL);
	close(listener);
	close(reports[0]);
	close(wake[0]);
	close(wake[1]);
	for (;;) {
		do
			n = recv(client, &c, 1, 0);
		while (n == -1 && errno == EINTR);
		if (n != 1 || ioctl(client, FIONREAD, &more) < 0)
			break;
		do
			n = send(client, &c, 1,
				 MSG_NOSIGNAL | (more > 0 ? MSG_MORE : 0));
		while (n == -1 && errno == EINTR);
		if (n != 1)
			break;
		echoed++;
	}
	do
		n = write(reports[1], &echoed, sizeof echoed);
	while (n == -1 && errno == EINTR);
	_exit(n == sizeof echoed ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int free_slot(void)
{
	for (int i = 0; i < MAX_CLIENTS; i++)
		if (children[i] == 0)
			return i;
	return -1;
}

static void take_client(void)
{
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	int slot = free_slot();
	int client = accept(listener, (struct sockaddr *)&peer, &size);

	if (client == -1) {
		if (errno == EMFILE || errno == ENFILE || errno == EBADF)
			sys_err("accept");
		return;
	}
	clients++;
	if (slot != -1) {
		sigprocmask(SIG_BLOCK, &ours, NULL);
		pid_t pid = fork();
		if (pid == 0)
			serve(client);
		if (pid == -1)
			sys_warn("fork");
		else
			children[slot] = pid;
		sigprocmask(SIG_UNBLOCK, &ours, NULL);
		if (pid > 0)
			printf("addr %s, port %d, pid %ld\n",
			       inet_ntoa(peer.sin_addr), ntohs(peer.sin_port),
			       (long)pid);
		fflush(stdout);
	}
	close(client);
}

static void reap(int options)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, options)) > 0)
		for (int i = 0; i < MAX_CLIENTS; i++)
			if (children[i] == pid)
				children[i] = 0;
}

/* Takes all the reports there are; the pipe does not block. */
static void read_reports(void)
{
	unsigned long n;

	while (read(reports[0], &n, sizeof n) == sizeof n)
		bytes += n;
}

/* Returns once SIGTERM has been among the bytes. */
static void run(void)
{
	int top = listener > reports[0] ? listener : reports[0];

	top = top > wake[0] ? top : wake[0];
	for (;;) {
		fd_set set;
		unsigned char c;

		FD_ZERO(&set);
		FD_SET(listener, &set);
		FD_SET(reports[0], &set);
		FD_SET(wake[0], &set);
		if (select(top + 1, &set, NULL, NULL, NULL) == -1) {
			if (errno == EINTR)
				continue;
			sys_err("select");
		}
		while (read(wake[0], &c, 1) == 1) {
			if (c == SIGTERM)
				return;
			reap(WNOHANG);
		}
		read_reports();
		if (FD_ISSET(listener, &set))
			take_client();
	}
}

static void set_up(int port)
{
	struct sockaddr_in address;
	int on = 1;

	memset(&address, 0, sizeof address);
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = inet_addr("127.0.0.1");
	address.sin_port = htons((unsigned short)port);
	listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	must(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on),
	     "setsockopt");
	must(setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on),
	     "setsockopt");
	must(bind(listener, (struct sockaddr *)&address, sizeof address),
	     "bind");
	must(fcntl(listener, F_SETFL, O_NONBLOCK), "fcntl");
	must(pipe(reports), "pipe");
	must(pipe(wake), "pipe");
	must(fcntl(reports[0], F_SETFL, O_NONBLOCK), "fcntl");
	must(fcntl(wake[0], F_SETFL, O_NONBLOCK), "fcntl");
	must(fcntl(wake[1], F_SETFL, O_NONBLOCK), "fcntl");
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	set_handler(SIGCHLD, on_signal);
	set_handler(SIGTERM, on_signal);
	must(listen(listener, 5), "listen");
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port == -1) {
		fprintf(stderr, "Usage: %s PORT\n", argv[0]);
		return EXIT_FAILURE;
	}
	set_up(port);
	run();

	close(listener);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	for (int i = 0; i < MAX_CLIENTS; i++)
		if (children[i] != 0)
			kill(children[i], SIGTERM);
	reap(0);
	read_reports();
	printf("served %u clients, %lu bytes\n", clients, bytes);
	return EXIT_SUCCESS;
}
