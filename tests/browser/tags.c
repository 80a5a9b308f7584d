/* SPDX-License-Identifier: MIT */
/* tags.c - a server for lab 03 that speaks to whoever reads the report. */

/*
 * On both outputs, on the wire, in its name, in the compiler's warnings, and in
 * the lines of its source that a finding shows.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#warning <script>alert("warning")</script> & ' </pre></dd></details>

static const char attack[] =
	"<script>alert(1)</script><img src=x onerror=alert(2)>"
	"\"'><svg onload=alert(3)></title></style></pre></details>"
	"<!--]]>&lt;&#60;javascript:alert(4)"
	"\033[2J\033[31m\033]0;owned\007\r\b\0\377\xe2\x80\xae reversed\n"
	"<meta http-equiv=refresh content=0><iframe src=//example.org>\n";

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	prctl(PR_SET_NAME, "<b>\033[31m\"'");
	fwrite(attack, 1, sizeof(attack), stdout);
	fwrite(attack, 1, sizeof(attack), stderr);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind(listener, (struct sockaddr *)&at, sizeof(at));
	listen(listener, 128);
	for (;;) {
		int client = accept(listener, NULL, NULL);
		char *message = malloc(10);

		/* <script>alert(5)</script> "' --> ‮ */
		message[10] = 0; /* <img src=x onerror=alert(6)> */
		if (fork() == 0) {
			while (read(client, message, 10) > 0)
				if (write(client, attack, sizeof(attack)) < 0)
					break;
			_exit(0);
		}
		close(client);
	}
}
