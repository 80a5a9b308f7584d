/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 with the threads of C11, and a pipe that the SIGTERM handler writes to. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <threads.h>

static once_flag once = ONCE_FLAG_INIT;
static mtx_t lock;
static cnd_t nobody_left;
static unsigned here, served; /* under the lock, as is the next */
static unsigned long long bytes;
static int sockets[4096]; /* by descriptor: 1 if it is a client's */
static _Thread_local unsigned long long mine;

static int wake[2];

static void on_term(int signo)
{
	int saved = errno;

	(void)signo;
	if (write(wake[1], "", 1) < 0)
		_exit(1);
	errno = saved;
}

static void set_up(void)
{
	if (mtx_init(&lock, mtx_plain) != thrd_success ||
	    cnd_init(&nobody_left) != thrd_success)
		sys_err("C11 threads");
}

static void gone(int socket)
{
	mtx_lock(&lock);
	bytes += mine;
	sockets[socket] = 0;
	close(socket);
	if (--here == 0)
		cnd_signal(&nobody_left);
	mtx_unlock(&lock);
}

static int serve(void *arg)
{
	int socket = *(int *)arg;
	char buffer[512];
	ssize_t n;

	free(arg);
	while ((n = recv(socket, buffer, sizeof buffer, 0)) > 0) {
		if (sendn(socket, buffer, (size_t)n) < 0)
			break;
		mine += (unsigned long long)n;
	}
	gone(socket);
	return 0;
}

static void welcome(int socket)
{
	int *copy = Malloc(sizeof *copy);
	thrd_t thread;

	*copy = socket;
	mtx_lock(&lock);
	sockets[socket] = 1;
	here++;
	served++;
	mtx_unlock(&lock);
	if (thrd_create(&thread, serve, copy) == thrd_success) {
		thrd_detach(thread);
	} else {
		fputs("server: thrd_create: no thread\n", stderr);
		free(copy);
		gone(socket);
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	call_once(&once, set_up);
	Pipe(wake);
	signal(SIGTERM, on_term);

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	int on = 1;
	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 16);

	for (;;) {
		fd_set ready;
		FD_ZERO(&ready);
		FD_SET(listener, &ready);
		FD_SET(wake[0], &ready);
		int most = listener > wake[0] ? listener : wake[0];
		if (select(most + 1, &ready, NULL, NULL, NULL) < 0)
			continue;
		if (FD_ISSET(wake[0], &ready))
			break;
		int socket = accept(listener, NULL, NULL);
		if (socket >= 0 && socket < 4096)
			welcome(socket);
	}
	close(listener);

	mtx_lock(&lock);
	for (int i = 0; i < 4096; i++)
		if (sockets[i])
			shutdown(i, SHUT_RDWR);
	while (here > 0)
		cnd_wait(&nobody_left, &lock);
	printf("served %u clients, %llu bytes\n", served, bytes);
	mtx_unlock(&lock);
	return 0;
}
