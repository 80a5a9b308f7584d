/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 as a daemon: once it listens it forks, and the process that was started exits
 * with 0. */

#include "io.h"
#include "parse_port.h"
#include "sys_err.h"
#include "wrap.h"

#include <netinet/in.h>
#include <paths.h>
#include <stdio.h>
#include <sys/stat.h>

/* As in daemon(7), but for the pid file: of two forks the first leaves whoever
 * started us, the second makes sure that no terminal can be ours again. */
static void become_daemon(void)
{
	if (Fork() > 0)
		_exit(0);
	if (setsid() < 0)
		sys_err("setsid");
	if (Fork() > 0)
		_exit(0);
	if (chdir("/") < 0)
		sys_err("chdir");
	umask(0);

	int null = Open(_PATH_DEVNULL, O_RDWR);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		Dup2(null, fd);
	if (null > STDERR_FILENO)
		Close(null);
}

static void serve(int client)
{
	char bytes[2048];
	ssize_t n;

	do
		n = read_some(client, bytes, sizeof bytes);
	while (n > 0 && sendn(client, bytes, (size_t)n) == 0);
	Close(client);
}

int main(int argc, char *argv[])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int port = argc == 2 ? parse_port(argv[1]) : -1;

	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 1;
	}
	address.sin_port = htons((in_port_t)port);

	int listener = Socket(AF_INET, SOCK_STREAM, 0);
	Bind(listener, (struct sockaddr *)&address, sizeof address);
	Listen(listener, 16);
	become_daemon(); /* now, or nobody could be told of an error */
	for (;;)
		serve(Accept(listener, NULL, NULL));
}
