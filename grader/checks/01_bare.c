/* SPDX-License-Identifier: MIT */
/* 01_bare.c - lab 01: one client, one message */
#include "common.h"
#include "labs.h"
#include "sessions.h"

#include "../diagnoses.h"

BUILD_CHECK(bare_builds, "bare.builds", 5,
	    "server.c compiles, and the compiler has nothing to warn of",
	    .hint = "What does the first line that the compiler printed say?");

CHECK(bare_listens, "bare.listens", 10,
      "a socket listens on the port that was given, and on no other",
      .hint = "Which calls make a socket that clients can reach, and in which byte "
	      "order does one of them take the port?",
      .gate = true)
{
	serve_to_stay(t);
	clear_away(t);
	serve_on(t, 48001);
}

CHECK(bare_waits, "bare.waits", 5,
      "the server waits in the kernel, using no CPU time",
      .hint = "Which call blocks until somebody connects?",
      SUSPECTS(&exits_before_client))
{
	serve(t);
	expect_rest(t);
}

CHECK(bare_echo, "bare.echo", 15, "the client's message comes back",
      .hint = "What did recv() return, and where does it go?")
{
	serve(t);
	clients(t, 1);
	exchange(t, 1, "hello\n");
}

CHECK(bare_exact, "bare.exact", 15,
      "five bytes in, five bytes out: not one more",
      .hint = "How many bytes did recv() say there were?")
{
	serve(t);
	clients(t, 1);
	exchange(t, 1, "hello");
	expect_nothing_more(t, 1);
}

static void echo_one(struct trial *t, const void *message, size_t n)
{
	serve(t);
	clients(t, (int)t->connections + 1);
	exchange_bytes(t, (int)t->connections, message, n);
	clear_away(t);
}

CHECK(bare_binary, "bare.binary", 10,
      "NUL, bytes over 127 and 4096 bytes come back as they were",
      .hint = "Which functions stop at a NUL, and how large is your buffer?",
      SUSPECTS(&short_buffer))
{
	unsigned char letters[4096];

	echo_one(t, "ab\0cd\200\377\0ef\n", 11);
	random_letters(t, letters, sizeof(letters));
	letters[sizeof(letters) - 1] = '\n';
	echo_one(t, letters, sizeof(letters));
}

CHECK(bare_closes, "bare.closes", 10,
      "then the client sees end of file, the server exits with 0",
      .hint = "What tells the client that there is nothing more to come?")
{
	serve(t);
	clients(t, 1);
	answers(t, 1, "hello\n"); /* what comes back is another check's */
	settle(t);
	conn(t, 1)->in.n = 0;
	expect_end(t, 1);
	expect_exit(t, t->server, 0);
}

CHECK(bare_silent, "bare.silent", 10,
      "to a client that leaves at once goes nothing; exit status 0",
      .hint = "What does recv() return when the other side has closed?",
      SUSPECTS(&eof_ignored))
{
	serve(t);
	clients(t, 1);
	end_sending(t, 1);
	expect_nothing_more(t, 1);
	expect_exit(t, t->server, 0);
	serve(t);
	clients(t, 2);
	hang_up(t, 2);
	expect_exit(t, t->server, 0);
}

CHECK(bare_usage, "bare.usage", 8, "bad arguments are refused, with a word why",
      .hint = "What does strtol() tell you that atoi() does not?")
{
	refuses_bad_usage(t);
}

CHECK(bare_busy_port, "bare.busy-port", 6,
      "a port that is taken is reported: which call, which error",
      .hint = "What does bind() return when it fails, and who looks?")
{
	reports_busy_port(t);
}

static bool bare_session(struct trial *t, enum tool tool, size_t size)
{
	unsigned char message[4096];
	bool exact;
	int n;

	endless_bytes(t, message, size);
	serve_under(t, tool);
	exact = connects(t, &n) && answers_bytes(t, n, message, size);
	settle(t);
	exact &= conn(t, n)->in.n == 0;
	hang_up(t, n);
	settle(t);
	clear_away(t);
	return exact;
}

CHECK(bare_memory, "bare.memory", 6,
      "no memory error under valgrind and the sanitizers",
      .hint = "What happens when a message exactly fills your buffer?",
      .slow = true)
{
	/* Memcheck sees the use of what a short message does not fill, the
	 * sanitizers what the longest, filling any buffer, runs over. */
	bool exact = bare_session(t, MEMCHECK, 63);

	exact &= bare_session(t, SANITIZERS, 1);
	exact &= bare_session(t, SANITIZERS, 4096);
	expect_clean_memory(t, exact);
}

const struct lab lab_01_bare = {
	.name = "01-bare",
	.title = "one client, one message",
	.programs = (const char *const[]){"server", NULL},
	SUSPECTS(ECHO_SUSPECTS, &no_reply),
	.checks =
		(const struct check *const[]){
			&bare_builds, &bare_listens, &bare_waits, &bare_echo,
			&bare_exact, &bare_binary, &bare_closes, &bare_silent,
			&bare_usage, &bare_busy_port, &bare_memory, NULL},
	TEACHES(TAUGHT_OF_ECHOES, &port_not_network_order,
		&ignores_port_argument, &exits_before_client, &short_buffer),
};
