/* SPDX-License-Identifier: MIT */
/* server.c - lab 03 with a thread that waits for signals and does all that they ask for, while the
 * main thread accepts; no handler in the parent. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>

struct child {
	pid_t pid;
	struct child *next;
};

/* All of this under the lock, but for the descriptors. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct child *first;
static size_t clients, bytes;

static int listener, reports[2];
static sigset_t ours;
static volatile sig_atomic_t connection;

static void hang_up(int signo)
{
	(void)signo;
	shutdown(connection, SHUT_RDWR);
}

/* In the child of a program with threads only what a signal handler may call
 * is allowed: no malloc(), no printf(). */
static _Noreturn void serve(int client)
{
	struct sigaction action = {.sa_handler = hang_up};
	char buffer[4096];
	size_t echoed = 0;
	ssize_t n;

	connection = client;
	sigaction(SIGTERM, &action, NULL);
	sigprocmask(SIG_UNBLOCK, &ours, NULL);
	close(listener);
	close(reports[0]);
	while ((n = read_some(client, buffer, sizeof buffer)) > 0 &&
	       sendn(client, buffer, (size_t)n) == 0)
		echoed += (size_t)n;
	writen(reports[1], &echoed, sizeof echoed);
	_exit(0);
}

static void remember(pid_t pid)
{
	struct child *c = Malloc(sizeof *c);

	*c = (struct child){pid, first};
	first = c;
}

static void forget(pid_t pid)
{
	for (struct child **p = &first; *p != NULL; p = &(*p)->next) {
		if ((*p)->pid == pid) {
			struct child *gone = *p;
			*p = gone->next;
			free(gone);
			return;
		}
	}
}

static void reap(int options)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, options)) > 0)
		forget(pid);
}

static bool read_report(void)
{
	size_t n;
	ssize_t got = read_some(reports[0], &n, sizeof n);

	if (got == sizeof n)
		bytes += n;
	return got > 0;
}

/* Never unlocks: the main thread shall not start another child. */
static _Noreturn void stop(void)
{
	close(reports[1]);
	for (const struct child *c = first; c != NULL; c = c->next)
		kill(c->pid, SIGTERM);
	Fcntl(reports[0], F_SETFL, 0);
	while (read_report())
		;
	reap(0);
	printf("served %zu clients, %zu bytes\n", clients, bytes);
	fflush(stdout);
	_exit(0);
}

static void *watch_signals(void *arg)
{
	(void)arg;
	for (;;) {
		int signo = sigwaitinfo(&ours, NULL);

		Pthread_mutex_lock(&lock);
		if (signo == SIGTERM)
			stop();
		if (signo == SIGCHLD) {
			reap(WNOHANG);
			while (read_report()) /* O_NONBLOCK */
				;
		}
		Pthread_mutex_unlock(&lock);
	}
}

static void start_child(int client, const struct sockaddr_in *peer)
{
	clients++;
	pid_t pid = fork();
	if (pid == 0)
		serve(client);
	if (pid < 0) {
		sys_warn("fork");
		return;
	}
	remember(pid);
	printf("%d serves %s:%d\n", (int)pid, inet_ntoa(peer->sin_addr),
	       ntohs(peer->sin_port));
	fflush(stdout);
}

static void set_up(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	pthread_t watcher;

	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Pipe(reports);
	Fcntl(reports[0], F_SETFL, O_NONBLOCK);
	signal(SIGCHLD,
	       SIG_DFL); /* not ignored, as it may have been inherited */
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &ours,
			NULL); /* in both threads, and in all children */
	Pthread_create(&watcher, NULL, watch_signals, NULL);
	Pthread_detach(watcher);
	Listen(listener, 256);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	set_up(port);

	for (;;) {
		struct sockaddr_in peer;
		socklen_t size = sizeof peer;
		int client = accept(listener, (struct sockaddr *)&peer, &size);
		if (client < 0) {
			if (errno == EMFILE || errno == ENFILE ||
			    errno == EBADF)
				sys_err("accept");
			continue;
		}
		Pthread_mutex_lock(&lock);
		start_child(client, &peer);
		Pthread_mutex_unlock(&lock);
		close(client);
	}
}
