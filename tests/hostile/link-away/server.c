/* SPDX-License-Identifier: MIT */
/* link-away - puts a link in the place of its socket, for the grader to follow. */

/*
 * The grader is outside of the sandbox: where it followed a link it would talk
 * to sockets that this program cannot reach.  Here the link leads to a second
 * socket of the program's own, which would answer.
 *
 * Lab: 06
 * Checks: unix.upper unix.next-client
 * Fails: unix.upper
 * Withheld: unix.next-client
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	bind(s, (struct sockaddr *)&at, sizeof(at));
	listen(s, 5);
	return s;
}

int main(int argc, char **argv)
{
	unsigned char b[4096];
	int s, c;

	if (argc != 2)
		return 2;
	s = listen_at("elsewhere");
	listen_at(argv[1]);
	unlink(argv[1]);
	if (symlink("elsewhere", argv[1]) < 0)
		return 1;
	while ((c = accept(s, NULL, NULL)) >= 0) {
		for (ssize_t n; (n = read(c, b, sizeof(b))) > 0;) {
			for (ssize_t i = 0; i < n; i++)
				b[i] = (unsigned char)toupper(b[i]);
			if (write(c, b, (size_t)n) != n)
				break;
		}
		close(c);
	}
	return 1;
}
