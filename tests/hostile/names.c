/* SPDX-License-Identifier: MIT */
/* names.c - has files whose names speak to whoever reads of them. */

/*
 * The witness writes down what is opened, made and removed, and the story of a
 * trial tells of it.  Names are everything a name can be: newlines, escapes,
 * tags, halves of characters, formulas.
 *
 * Lab: 01
 * Checks: bare.echo
 * Fails: bare.echo
 * Also as: text html
 */
#include "hostile.h"

static const char *const names[] = {
	"\033[2J\033[1;1Hpass  bare.echo 15/15",
	"a\nok 1 - bare.echo\n1..1\n",
	"<script>alert(1)<\\script>",
	"\"><img src=x onerror=alert(1)>",
	"</style></pre></details><svg onload=alert(1)>",
	"=cmd|' \\C calc'!A0",
	"\xe2\x80\xae"
	"desrever",
	"\xff\xfe\xc0\xaf\xed\xa0\x80\xf8",
	"](javascript:alert(1))",
	"&lt;&#60;&#x3c;",
	"{\"status\":\"pass\"}",
	"%s%n%n%n",
	"\x9b"
	"31m\x85\x7f\b\b",
	"..",
	"",
};

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);
	int client = accept(listener, NULL, NULL);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		close(open(names[i], O_RDWR | O_CREAT, 0600));
		mkfifo(names[i], 0600);
		execl(names[i], names[i], (char *)NULL);
		unlink(names[i]);
		prctl(PR_SET_NAME, names[i]);
	}
	close(client);
	for (;;)
		pause();
}
