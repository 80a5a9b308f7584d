/* SPDX-License-Identifier: MIT */
/* server.c - lab 01 on 127.0.0.1 alone, with a queue of one and no stdio at all. */

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void put(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(1);
}

/* Say what failed and why, and leave. */
static void fail(const char *what)
{
	const char *why = strerror(errno);

	put("server: ");
	put(what);
	put(": ");
	put(why);
	put("\n");
	_exit(1);
}

static int number(const char *text)
{
	int value = 0;

	if (*text == '\0')
		return 0;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		value = value * 10 + (*text - '0');
		if (value > 65535)
			return 0;
	}
	return value;
}

int main(int argc, char *argv[])
{
	static unsigned char bytes[4096];
	struct sockaddr_in here = {.sin_family = AF_INET};
	int port = argc == 2 ? number(argv[1]) : 0;
	int reuse = 1;

	if (port == 0) {
		put("usage: server PORT\n");
		_exit(2);
	}
	here.sin_port = htons((in_port_t)port);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0)
		fail("socket");
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse,
		       sizeof reuse) < 0)
		fail("setsockopt");
	if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0)
		fail("bind");
	if (listen(listener, 1) < 0)
		fail("listen");

	int client = accept(listener, NULL, NULL);
	if (client < 0)
		fail("accept");
	ssize_t n = recvfrom(client, bytes, sizeof bytes, 0, NULL, NULL);
	if (n < 0)
		fail("recvfrom");
	if (n > 0 && sendto(client, bytes, (size_t)n, 0, NULL, 0) < 0)
		fail("sendto");
	close(client);
	close(listener);
	_exit(0);
}
