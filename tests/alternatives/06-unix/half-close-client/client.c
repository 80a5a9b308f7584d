/* SPDX-License-Identifier: MIT */
/* client.c - one thread sends, one receives; at the end it ends its sending, and waits until the
 * server has closed the connection. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
static socklen_t fill(struct sockaddr_un *a, const char *p, const char *prog)
{
	size_t n = strlen(p);
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!n || n > 107) {
		fprintf(stderr, "%s: path \"%s\" too long or empty\n", prog, p);
		exit(2);
	}
	strcpy(a->sun_path, p);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
}
static int fd;
static const char *own;
static size_t sent, back;
static bool all_sent;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came = PTHREAD_COND_INITIALIZER;
static void bye(int s)
{
	unlink(own);
	exit(s);
}
static void *receiver(void *u)
{
	(void)u;
	char b[300];
	ssize_t n;
	while ((n = recv(fd, b, sizeof b, 0)) > 0) {
		if (write(1, b, (size_t)n) != n)
			bye(1);
		pthread_mutex_lock(&lock);
		back += (size_t)n;
		pthread_cond_signal(&came);
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	if (!all_sent || back < sent) {
		fprintf(stderr, "client: connection closed by server\n");
		bye(1);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}
int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: client PATH MYPATH\n");
		return 2;
	}
	struct sockaddr_un a, m;
	socklen_t na = fill(&a, argv[1], "client"),
		  nm = fill(&m, argv[2], "client");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (void *)&m, nm)) {
		perror("bind");
		return 1;
	}
	own = argv[2];
	if (connect(fd, (void *)&a, na)) {
		perror("connect");
		bye(1);
	}
	pthread_t t;
	pthread_create(&t, NULL, receiver, NULL);
	static char b[70000];
	while (fgets(b, sizeof b, stdin)) {
		size_t n = strlen(b), done = 0;
		pthread_mutex_lock(&lock);
		sent += n;
		pthread_mutex_unlock(&lock);
		while (done < n) {
			ssize_t k = send(fd, b + done, n - done, MSG_NOSIGNAL);
			if (k < 0) {
				perror("send");
				bye(1);
			}
			done += (size_t)k;
		}
		pthread_mutex_lock(&lock);
		while (back < sent)
			pthread_cond_wait(&came, &lock);
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	all_sent = true;
	pthread_mutex_unlock(&lock);
	shutdown(fd, SHUT_WR);
	pthread_join(t, NULL);
	bye(0);
}
