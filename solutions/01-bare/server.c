/* SPDX-License-Identifier: MIT */
/* server.c - a bare echo server: one client, one message, then the end. */

/*
 *	./server 7000 &
 *	printf hello | nc -N 127.0.0.1 7000
 *
 * Two things are simpler here than they are: one recv() is taken for the whole
 * message, and one send() for the whole reply.  TCP promises neither, it knows
 * bytes and no messages; up to 4096 bytes sent at once to a program that waits
 * for them do arrive together on one machine.  Lab 02 asks for more.
 */

#include "sys_err.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_MAX = 4096 };

/* The port that text names.  A bad one ends the program before it opens
 * anything. */
static in_port_t port_from(const char *text)
{
	char *end;
	long port = strtol(text, &end, 10);

	/* atoi() would turn "abc" into 0 and "80x" into 80, and say nothing. */
	if (end == text || *end != '\0' || port < 1 || port > 65535) {
		fprintf(stderr, "server: \"%s\" is no port, 1 to 65535\n",
			text);
		exit(2);
	}
	return (in_port_t)port;
}

/* A listening socket on port, on every IPv4 address of this machine. */
static int listen_on(in_port_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port), /* the network's byte order */
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};

	/* 1: a socket, so far without an address or a peer */
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0)
		sys_err("socket");

	/* 2: its address, which fails if another program has it */
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
		sys_err("bind");

	/* 3: from here on the kernel accepts connections and queues them */
	if (listen(listener, 1) < 0)
		sys_err("listen");
	return listener;
}

/* Receive one message from client and send the same bytes back. */
static void echo_message(int client)
{
	char message[MESSAGE_MAX]; /* bytes, no string: there is no final NUL */

	/* 5: n is how many bytes came, 0 if the client left without a word */
	ssize_t n = recv(client, message, sizeof message, 0);
	if (n < 0)
		sys_err("recv");

	/* 6: n bytes go back, whatever else the buffer holds */
	if (n > 0 && send(client, message, (size_t)n, 0) < 0)
		sys_err("send");
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: server PORT\n", stderr);
		return 2;
	}

	int listener = listen_on(port_from(argv[1]));

	/* 4: sleep until there is a client; its connection is a new socket */
	int client = accept(listener, NULL, NULL);
	if (client < 0)
		sys_err("accept");

	echo_message(client);

	/* 7: the client sees end of file; exit would close them as well */
	if (close(client) < 0 || close(listener) < 0)
		sys_err("close");
	return 0;
}
