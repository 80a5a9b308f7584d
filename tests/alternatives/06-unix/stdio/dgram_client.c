/* SPDX-License-Identifier: MIT */
/* dgram_client.c - not connected: sendto() and recvfrom() with the address each time. */
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
		fprintf(stderr, "dgram_client: path of %zu bytes\n", n);
		exit(2);
	}
	memcpy(a->sun_path, path, n);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

int main(int argc, char **argv)
{
	static char line[65536];
	struct sockaddr_un to, own;
	socklen_t to_len, own_len;
	int s, status = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PATH MYPATH\n", argv[0]);
		return 2;
	}
	to_len = fill(&to, argv[1]);
	own_len = fill(&own, argv[2]);
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(s, (struct sockaddr *)&own, own_len) == -1) {
		perror("dgram_client: bind");
		return 1;
	}
	while (!status && fgets(line, sizeof line, stdin)) {
		size_t n = strlen(line);
		ssize_t k;

		if (sendto(s, line, n, 0, (struct sockaddr *)&to, to_len) ==
		    -1) {
			perror("dgram_client: sendto");
			status = 1;
			break;
		}
		k = recvfrom(s, line, sizeof line, 0, NULL, NULL);
		fwrite(line, 1, k > 0 ? (size_t)k : 0, stdout);
		fflush(stdout);
	}
	close(s);
	unlink(argv[2]);
	return status;
}
