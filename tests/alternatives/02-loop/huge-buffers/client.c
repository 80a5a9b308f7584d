/* SPDX-License-Identifier: MIT */
/* client.c - lab 02 with a megabyte of room for a line, and another for its echo. */

#include "parse_port.h"
#include "sys_err.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char line[1 << 20], reply[1 << 20];

/* A line of stdin, or as much of it as there is room for: any cut will do, so
 * long as every byte is sent once. */
static size_t read_line(void)
{
	size_t n = 0;
	int c;

	while (n < sizeof line && (c = getc_unlocked(stdin)) != EOF) {
		line[n++] = (char)c;
		if (c == '\n')
			break;
	}
	return n;
}

static void send_all(int fd, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = write(fd, line + done, n - done);
		if (k < 0)
			sys_err("write");
		done += (size_t)k;
	}
}

static void receive_all(int fd, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = read(fd, reply + done, n - done);
		if (k < 0)
			sys_err("read");
		if (k == 0) {
			(void)fprintf(
				stderr,
				"client: the server closed the connection\n");
			exit(EXIT_FAILURE);
		}
		done += (size_t)k;
	}
}

int main(int argc, char *argv[])
{
	int port = argc == 3 ? parse_port(argv[2]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s host port\n",
			argc > 0 ? argv[0] : "client");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);

	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	if (inet_aton(argv[1], &address.sin_addr) == 0) {
		struct hostent *host = gethostbyname2(argv[1], AF_INET);
		if (host == NULL) {
			fprintf(stderr, "client: %s: unknown host\n", argv[1]);
			return 1;
		}
		memcpy(&address.sin_addr, host->h_addr_list[0],
		       sizeof address.sin_addr);
	}
	int fd = socket(PF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		sys_err("socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("connect");

	size_t n;
	while ((n = read_line()) > 0) {
		send_all(fd, n);
		receive_all(fd, n);
		fwrite(reply, 1, n, stdout);
		if (fflush(stdout) == EOF)
			sys_err("stdout");
	}
	return 0;
}
