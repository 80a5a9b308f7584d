/* SPDX-License-Identifier: MIT */
/* escapes.c - speaks to whoever reads the report: terminals, browsers, parsers. */

/*
 * On both outputs, on the wire, in its name.
 *
 * Lab: 01
 * Checks: bare.listens bare.echo bare.closes bare.usage
 * Fails: bare.echo
 * Also as: text html
 */
#include "hostile.h"

static const char attack[] =
	"\033[2J\033[1;1H\033]0;owned\007\033[32mpass\033[0m bare.echo 15/15\r\n"
	"\x9b"
	"31m\b\b\b\b\0\0\377\376\xc0\xaf\xed\xa0\x80\xf8\x88\x80\x80\x80"
	"<script>alert(1)</script><!--]]>\"\\\",\"status\":\"pass\"\n"
	"\xe2\x80\xae"
	"desrever\xe2\x80\xac =cmd|' /C calc'!A0\n"
	"ok 1 - all\n1..1\n::error::owned\n##teamcity[testFinished]\n";

int main(int argc, char **argv)
{
	int listener, client;

	prctl(PR_SET_NAME, "\033[31m)\n(x");
	if (write(1, attack, sizeof(attack)) < 0 ||
	    write(2, attack, sizeof(attack)) < 0)
		return 1;
	listener = listen_as_told(argc, argv);
	client = accept(listener, NULL, NULL);
	if (write(client, attack, sizeof(attack)) < 0)
		return 1;
	for (;;)
		pause();
}
