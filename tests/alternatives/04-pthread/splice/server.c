/* SPDX-License-Identifier: MIT */
/* server.c - lab 04 where splice() moves the bytes, the destructor of thread-specific data closes,
 * and the main thread only waits for SIGTERM while another one accepts. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int open_listener(const char *prog_arg, int type)
{
	char *end;
	errno = 0;
	long port = strtol(prog_arg, &end, 10);
	if (errno || *end || end == prog_arg || port < 1 || port > 65535) {
		fprintf(stderr, "usage: server PORT (not %s)\n", prog_arg);
		exit(2);
	}
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((in_port_t)port)};
	int l = socket(AF_INET, SOCK_STREAM | type, 0), on = 1;
	if (l < 0) {
		perror("socket");
		exit(1);
	}
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(l, (struct sockaddr *)&a, sizeof a) < 0) {
		perror("bind");
		exit(1);
	}
	if (listen(l, 128) < 0) {
		perror("listen");
		exit(1);
	}
	return l;
}
struct session {
	int fd, pipe[2];
	struct session *next, *prev;
};
static pthread_key_t key;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct session all = {.next = &all, .prev = &all};
static unsigned long clients, bytes;
static sem_t gone;
static unsigned alive;

static void end(void *arg)
{
	struct session *s = arg;
	pthread_rwlock_wrlock(&lock);
	s->next->prev = s->prev;
	s->prev->next = s->next;
	close(s->fd);
	pthread_rwlock_unlock(&lock);
	if (s->pipe[0] >= 0) {
		close(s->pipe[0]);
		close(s->pipe[1]);
	}
	free(s);
	sem_post(&gone);
}
static void *worker(void *arg)
{
	struct session *s = arg;
	pthread_setspecific(key, s);
	pthread_detach(pthread_self());
	if (pipe(s->pipe) < 0) {
		s->pipe[0] = -1;
		return NULL;
	}
	ssize_t n;
	while ((n = splice(s->fd, NULL, s->pipe[1], NULL, 65536, 0)) > 0)
		for (ssize_t m; n > 0; n -= m) {
			m = splice(s->pipe[0], NULL, s->fd, NULL, (size_t)n, 0);
			if (m <= 0)
				pthread_exit(NULL);
			pthread_rwlock_wrlock(&lock);
			bytes += (unsigned long)m;
			pthread_rwlock_unlock(&lock);
		}
	return NULL;
}
static void *acceptor(void *arg)
{
	int l = *(int *)arg, fd;
	for (;;) {
		fd = accept(l, NULL, NULL);
		if (fd < 0) {
			if (errno == EINVAL)
				return NULL;
			continue;
		}
		struct session *s = malloc(sizeof *s);
		if (!s) {
			close(fd);
			continue;
		}
		s->fd = fd;
		s->pipe[0] = s->pipe[1] = -1;
		pthread_rwlock_wrlock(&lock);
		s->next = all.next;
		s->prev = &all;
		all.next->prev = s;
		all.next = s;
		clients++;
		alive++;
		pthread_rwlock_unlock(&lock);
		pthread_t t;
		if (pthread_create(&t, NULL, worker, s))
			end(s);
	}
}
int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: server PORT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	sigset_t term;
	int sig;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, NULL);
	sem_init(&gone, 0, 0);
	pthread_key_create(&key, end);
	int l = open_listener(argv[1], SOCK_CLOEXEC);
	pthread_t a;
	if (pthread_create(&a, NULL, acceptor, &l))
		return 1;
	sigwait(&term, &sig);
	shutdown(l, SHUT_RDWR);
	pthread_join(a, NULL);
	pthread_rwlock_rdlock(&lock);
	for (struct session *s = all.next; s != &all; s = s->next)
		shutdown(s->fd, SHUT_RDWR);
	pthread_rwlock_unlock(&lock);
	while (alive-- > 0)
		sem_wait(&gone);
	printf("served %lu clients, %lu bytes\n", clients, bytes);
	return 0;
}
