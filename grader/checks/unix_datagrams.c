/* SPDX-License-Identifier: MIT */
/* unix_datagrams.c - datagrams there and back, for either side */
#include "unix.h"

#include "line_client.h"
#include "sessions.h"

#include "../words/connection.h"

#include <stdlib.h>
#include <string.h>

void answers_all_lengths(struct trial *t, int a, int b)
{
	static const size_t sizes[] = {1,    2,	   64,	 512,  1024, 2048,
				       4095, 4096, 4097, 8191, 8192};
	unsigned char data[8192];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		random_bytes(t, data, sizes[i]);
		exchange_datagram(t, i % 2 ? b : a, data, sizes[i]);
	}
}

void answers_in_order(struct trial *t, int a, int b)
{
	settle(t);
	freeze(t);
	send_datagram(t, a, "datagram 1\n", 11);
	send_datagram(t, b, "datagram 2\n", 11);
	send_datagram(t, a, "datagram 3\n", 11);
	thaw(t);
	expect_datagram(t, a, "DATAGRAM 1\n", 11);
	expect_datagram(t, b, "DATAGRAM 2\n", 11);
	expect_datagram(t, a, "DATAGRAM 3\n", 11);
	expect_no_datagram(t, a);
	expect_no_datagram(t, b);
}

void passes_over(struct trial *t, int nobody, const char *message, int a)
{
	send_datagram(t, nobody, message, strlen(message));
	settle(t);
	expect_no_datagram(t, a);
	exchange_datagram_text(t, a, "still here\n");
}

void converse_in_datagrams(struct trial *t, struct program *p, const char *s,
			   const char *name)
{
	char *back = answer_to_text(t, s);

	type(t, p, s);
	expect_datagram_from(t, s, name);
	answer_datagram(t, back);
	expect_printed(t, p, back);
	free(back);
}

void converse_in_two(struct trial *t, struct program *p, const char *name)
{
	type(t, p, "datagram 1\ndatagram 2, 100 %x\n");
	expect_datagram_from(t, "datagram 1\n", name);
	answer_datagram(t, "DATAGRAM 1\n");
	expect_printed(t, p, "DATAGRAM 1\n");
	expect_datagram_from(t, "datagram 2, 100 %x\n", name);
	answer_datagram(t, "DATAGRAM 2, 100 %X\n");
	expect_printed(t, p, "DATAGRAM 2, 100 %X\n");
}

bool datagram_session(struct trial *t, enum tool tool)
{
	unsigned char data[4096], *back;
	bool exact = serves_datagrams(t, tool);
	int a = sender_called(t, text("sender-%d", (int)tool));

	for (const size_t *size = telling_sizes;
	     exact && *size && is_restful(t); size++) {
		endless_bytes(t, data, *size);
		exact = sends(t, a, data, *size);
		back = answer_to(t, data, *size);
		exact &= gets_datagram(t, a, back, *size);
		free(back);
	}
	if (exact) {
		sends(t, sender_unnamed(t), "hello\n", 6);
		sends(t, a, "", 0);
		settle(t);
	}
	clear_away(t);
	return exact;
}

bool datagram_client_session(struct trial *t, enum tool tool)
{
	char line[4096 + 1], *back;
	struct program *p;
	bool exact = true;

	t->tool = tool;
	p = run(t, "dgram_client", t->path, text("dgram-%d", (int)tool), NULL);
	t->tool = PLAIN;
	t->patience = TOOL_START_PATIENCE; /* until the first line has come */
	for (const size_t *size = telling_sizes; exact && *size; size++) {
		random_line(t, line, *size);
		type(t, p, line);
		exact = datagram_comes(t, line);
		t->patience = 1;
		back = answer_to_text(t, line);
		if (exact)
			answer_datagram(t, back);
		free(back);
	}
	t->patience = 1;
	end_of_input(t, p);
	settle(t);
	clear_away(t);
	return exact;
}
