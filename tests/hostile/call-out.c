/* SPDX-License-Identifier: MIT */
/* call-out.c - tries to reach anybody outside. */

/*
 * The outside world by address, the machine's other services on the loopback
 * address, UNIX sockets with and without a path.
 *
 * Lab: 01
 * Checks: bare.echo bare.closes
 * Passes: bare.echo bare.closes
 */
#include "hostile.h"
#include <stddef.h>
#include <sys/un.h>

static void call(const char *address, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = inet_addr(address)};
	bool near = strncmp(address, "127.", 4) == 0;
	int fd = socket(AF_INET, SOCK_STREAM | (near ? 0 : SOCK_NONBLOCK), 0);
	int letter = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
	    errno == EINPROGRESS)
		broken_out("%s port %d can be reached", address, port);
	if (!near &&
	    sendto(letter, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) >= 0)
		broken_out("%s port %d takes a datagram", address, port);
	close(fd);
	close(letter);
}

static void call_path(const char *path, bool abstract)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t n = strlen(path);

	memcpy(to.sun_path + abstract, path, n);
	n += offsetof(struct sockaddr_un, sun_path) + 1;
	if (connect(fd, (struct sockaddr *)&to, (socklen_t)n) == 0)
		broken_out("%s can be reached", path);
	close(fd);
}

int main(int argc, char **argv)
{
	static const char *const hosts[] = {"8.8.8.8",	  "1.1.1.1",
					    "10.0.0.1",	  "192.168.0.1",
					    "172.17.0.1", "169.254.169.254"};
	int listener = listen_as_told(argc, argv);

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		call(hosts[i], 53);
		call(hosts[i], 80);
	}
	for (int port = 1; port < 1024; port++)
		call("127.0.0.1", port);
	call_path("/run/dbus/system_bus_socket", false);
	call_path("/var/run/docker.sock", false);
	call_path("/tmp/.X11-unix/X0", true);
	call_path("hostile-suite", true);
	return serve_one(listener);
}
