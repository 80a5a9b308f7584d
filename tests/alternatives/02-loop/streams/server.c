/* SPDX-License-Identifier: MIT */
/* server.c - lab 02 with stdio: the connection is two streams, one for each direction. */

#include "parse_port.h"
#include "sys_err.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* fread() would wait for a full buffer while the client waits for its echo: so
 * wait for one byte, and take only what has come along with it. */
static void serve(int client, FILE *in, FILE *out)
{
	char bytes[4096];
	int c;

	while ((c = getc(in)) != EOF) {
		int more = 0;
		bytes[0] = (char)c;
		if (ioctl(client, FIONREAD, &more) < 0)
			break;
		size_t n = (size_t)more;
		if (n > sizeof bytes - 1)
			n = sizeof bytes - 1;
		n = 1 + fread(bytes + 1, 1, n, in);
		if (fwrite(bytes, 1, n, out) != n || fflush(out) == EOF)
			break;
	}
}

/* Two streams cannot share one descriptor: each closes its own. */
static void meet(int client)
{
	int copy = dup(client);
	if (copy < 0) {
		close(client);
		return;
	}

	FILE *in = fdopen(client, "rb");
	FILE *out = fdopen(copy, "wb");
	if (in != NULL && out != NULL) {
		setvbuf(in, NULL, _IONBF, 0);
		serve(client, in, out);
	}
	if (in != NULL)
		fclose(in);
	else
		close(client);
	if (out != NULL)
		fclose(out);
	else
		close(copy);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return EXIT_FAILURE;
	}
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		sys_err("signal");

	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		sys_err("socket");
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((in_port_t)port)};
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");
	if (listen(listener, 50) < 0)
		sys_err("listen");

	for (;;) {
		struct sockaddr_in peer;
		socklen_t size = sizeof peer;
		int client = accept(listener, (struct sockaddr *)&peer, &size);
		if (client >= 0)
			meet(client);
		else if (errno == EBADF || errno == EINVAL || errno == EMFILE ||
			 errno == ENFILE)
			sys_err("accept");
	}
}
