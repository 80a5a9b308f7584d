/* SPDX-License-Identifier: MIT */
/* client.c - addresses with their exact length; answers are read by a loop of recv(). */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static socklen_t fill(struct sockaddr_un *a, const char *path)
{
	size_t n = strlen(path);

	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	if (n == 0 || n > sizeof a->sun_path) {
		fprintf(stderr, "client: path of %zu bytes\n", n);
		exit(2);
	}
	memcpy(a->sun_path, path, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static int talk(int s)
{
	char line[70000];

	while (fgets(line, sizeof line, stdin)) {
		size_t n = strlen(line);

		if (send(s, line, n, MSG_NOSIGNAL) != (ssize_t)n) {
			perror("client: send");
			return 1;
		}
		while (n > 0) {
			ssize_t k = recv(s, line, n, 0);

			if (k <= 0) {
				fprintf(stderr, "client: no answer: %s\n",
					k ? strerror(errno) : "end of file");
				return 1;
			}
			fwrite(line, 1, (size_t)k, stdout);
			fflush(stdout);
			n -= (size_t)k;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un to, own;
	socklen_t to_len, own_len;
	int s, status = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PATH MYPATH\n", argv[0]);
		return 2;
	}
	to_len = fill(&to, argv[1]);
	own_len = fill(&own, argv[2]);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&own, own_len) == -1) {
		perror("client: bind");
		return 1;
	}
	if (connect(s, (struct sockaddr *)&to, to_len) == -1)
		perror("client: connect");
	else
		status = talk(s);
	unlink(argv[2]);
	return status;
}
