/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 without any lock: C11 atomics count, pass on memory and guard a list; the last
 * thread to leave tells an eventfd. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>

#define SLOTS 1024

/* A connection's descriptor plus one, 0: free.  Whoever takes it out, the
 * thread or the one who stops, has it to itself. */
static atomic_int slot[SLOTS];
static _Atomic uint64_t bytes;
static atomic_ulong clients;
static atomic_int here = 1; /* the main thread is one of them */
static int all_gone;	    /* an eventfd */

static atomic_flag printing = ATOMIC_FLAG_INIT; /* a lock, for a moment */
static char last_words[64];			/* under it */

static atomic_bool stopping;
static int listener;

static void on_term(int signo)
{
	int saved = errno;

	(void)signo;
	atomic_store_explicit(&stopping, true, memory_order_relaxed);
	shutdown(listener, SHUT_RD); /* accept() fails from now on */
	errno = saved;
}

static void leave(void)
{
	if (atomic_fetch_sub_explicit(&here, 1, memory_order_acq_rel) == 1)
		eventfd_write(all_gone, 1);
}

static void note(uint64_t echoed)
{
	while (atomic_flag_test_and_set_explicit(&printing,
						 memory_order_acquire))
		;
	snprintf(last_words, sizeof last_words, "the last echoed %ju\n",
		 (uintmax_t)echoed);
	atomic_flag_clear_explicit(&printing, memory_order_release);
}

static void *serve(void *arg)
{
	atomic_int *mine = arg;
	int socket = atomic_load_explicit(mine, memory_order_acquire) - 1;
	char buffer[8192];
	uint64_t echoed = 0;
	ssize_t n;

	while ((n = read(socket, buffer, sizeof buffer)) > 0) {
		if (sendn(socket, buffer, (size_t)n) < 0)
			break;
		bytes += (uint64_t)n;
		echoed += (uint64_t)n;
	}
	note(echoed);
	/* -1: it is being closed, and not for others to touch. */
	int expected = socket + 1;
	while (!atomic_compare_exchange_weak(mine, &expected, -1))
		expected = socket + 1;
	close(socket);
	atomic_store_explicit(mine, 0, memory_order_release);
	leave();
	return NULL;
}

static atomic_int *keep(int socket)
{
	for (int i = 0; i < SLOTS; i++) {
		int free = 0;
		if (atomic_compare_exchange_strong(&slot[i], &free, socket + 1))
			return &slot[i];
	}
	return NULL;
}

static void welcome(int socket)
{
	atomic_int *its = keep(socket);
	pthread_t thread;

	atomic_fetch_add_explicit(&clients, 1, memory_order_relaxed);
	if (its == NULL) {
		close(socket);
		return;
	}
	atomic_fetch_add(&here, 1);
	if (pthread_create(&thread, NULL, serve, its) == 0) {
		pthread_detach(thread);
		return;
	}
	fputs("server: no thread for a client\n", stderr);
	atomic_store(its, 0);
	close(socket);
	leave();
}

/* A slot is marked while its connection is shut down, so that the thread does
 * not close it meanwhile. */
static void hang_up_all(void)
{
	for (int i = 0; i < SLOTS; i++) {
		int it = atomic_load(&slot[i]);
		if (it <= 0 ||
		    !atomic_compare_exchange_strong(&slot[i], &it, -it - 1))
			continue;
		shutdown(it - 1, SHUT_RDWR);
		atomic_store(&slot[i], it);
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	struct sigaction action = {.sa_handler = on_term};
	int on = 1;

	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	all_gone = eventfd(0, 0);
	sigemptyset(&action.sa_mask);
	Sigaction(SIGTERM, &action, NULL);
	Listen(listener, 64);

	while (!atomic_load(&stopping)) {
		int socket = accept(listener, NULL, NULL);
		if (socket >= 0)
			welcome(socket);
	}
	hang_up_all();
	leave();
	eventfd_t value;
	while (eventfd_read(all_gone, &value) < 0)
		;
	printf("%s", last_words); /* nobody else is left to write there */
	printf("served %lu clients, %ju bytes\n", atomic_load(&clients),
	       (uintmax_t)bytes);
	return 0;
}
