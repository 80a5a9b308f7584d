/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 where each thread is given the address of the same variable, and the main
 * thread waits until it has been copied; totals under a spinlock, the list under a rwlock. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>

static sem_t copied;
static pthread_spinlock_t counting;
static unsigned long clients, bytes; /* under the spinlock */

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static bool connected[1024]; /* by descriptor; under the rwlock */
static sem_t gone;	     /* raised once by each thread that ends */

static int listener;

static void *serve(void *arg)
{
	int socket = *(int *)arg;
	char byte[3];
	ssize_t n;

	sem_post(&copied);
	while ((n = recv(socket, byte, sizeof byte, 0)) > 0) {
		if (send(socket, byte, (size_t)n, MSG_NOSIGNAL) != n)
			break;
		pthread_spin_lock(&counting);
		bytes += (unsigned long)n;
		pthread_spin_unlock(&counting);
	}
	pthread_rwlock_wrlock(&lock);
	connected[socket] = false;
	close(socket);
	pthread_rwlock_unlock(&lock);
	sem_post(&gone);
	return NULL;
}

static void *watch(void *arg)
{
	int signo;

	sigwait(arg, &signo);
	shutdown(listener, SHUT_RDWR);
	return NULL;
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port),
				      .sin_addr.s_addr =
					      htonl(INADDR_LOOPBACK)};
	int on = 1, socket;
	unsigned long threads = 0;
	sigset_t term;
	pthread_t thread, watcher;
	pthread_attr_t small;

	sem_init(&copied, 0, 0);
	sem_init(&gone, 0, 0);
	pthread_spin_init(&counting, PTHREAD_PROCESS_PRIVATE);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	Pthread_sigmask(SIG_BLOCK, &term, NULL);
	listener = Socket(AF_INET, SOCK_STREAM, 0);
	Setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Pthread_create(&watcher, NULL, watch, &term);
	Listen(listener, 4);

	while ((socket = accept(listener, NULL, NULL)) >= 0 ||
	       errno == ECONNABORTED || errno == EINTR) {
		if (socket < 0)
			continue;
		pthread_spin_lock(&counting);
		clients++;
		pthread_spin_unlock(&counting);
		pthread_rwlock_wrlock(&lock);
		connected[socket] = true;
		pthread_rwlock_unlock(&lock);
		if (pthread_create(&thread, &small, serve, &socket) != 0) {
			pthread_rwlock_wrlock(&lock);
			connected[socket] = false;
			close(socket);
			pthread_rwlock_unlock(&lock);
			continue;
		}
		threads++;
		while (sem_wait(&copied) < 0)
			;
	}
	close(listener);
	pthread_rwlock_rdlock(&lock);
	for (int i = 0; i < 1024; i++)
		if (connected[i])
			shutdown(i, SHUT_RDWR);
	pthread_rwlock_unlock(&lock);
	while (threads-- > 0)
		sem_wait(&gone);
	Pthread_join(watcher, NULL);
	pthread_spin_lock(&counting);
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	pthread_spin_unlock(&counting);
	return 0;
}
