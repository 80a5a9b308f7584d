/* SPDX-License-Identifier: MIT */
/* meeting.c - diagnoses: a writer and a reader that take turns */
#include "../diagnoses.h"
#include "../check.h"
#include "../record.h"
#include "../words/meeting.h"
#include "../words/turns.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

const struct diagnosis ftok_unchecked = {
	.id = "ftok-unchecked",
	.title = "A failing ftok() goes unnoticed",
	.text = "ftok() returns -1 for a path that is not there, and -1 is as "
		"good a key as any: all who do not look meet in one segment. "
		"A DIR that is missing, or no directory, is an error.",
};

const struct diagnosis never_creates = {
	.id = "never-creates",
	.title = "The segment or a FIFO never appears",
	.text = "The writer makes three things before it waits for anybody: "
		"the segment, DIR/notify and DIR/ack, both FIFOs. The message "
		"says which is missing, and where the writer is.",
};

static bool asked_for_another(struct trial *t)
{
	return t->meeting && witness_saw_other_key(t, t->meeting->key);
}

const struct diagnosis wrong_key = {
	.id = "wrong-key",
	.title = "The segment has another key",
	.text = "Both programs must come to the same key by themselves: "
		"ftok(DIR, 110). A fixed number meets whoever chose the same; "
		"IPC_PRIVATE meets nobody.",
	.holds = asked_for_another,
};

/* The segment is one of 4096 bytes when this is asked. */
static bool asked_for_more(struct trial *t)
{
	return t->meeting && witness_saw_shmget(t, EINVAL);
}

const struct diagnosis wrong_size = {
	.id = "wrong-size",
	.title = "The segment has another size",
	.text = "4096 bytes are agreed. A reader that asks for more than there "
		"are finds the segment unusable (EINVAL).",
	.holds = asked_for_more,
};

static bool notify_is_not_opened(struct trial *t)
{
	return t->meeting && t->meeting->hosting && t->meeting->notify < 0 &&
	       t->seen.symptom == WRONG_FACT && t->seen.program &&
	       !t->seen.program->ended;
}

const struct diagnosis fifos_not_opened = {
	.id = "fifos-not-opened",
	.title = "The FIFOs are not opened, first notify and then ack",
	.text = "open() of a FIFO waits for the other end. Who begins with ack "
		"waits for somebody who waits for him at notify; and who "
		"opens neither cannot be told that it is his turn.",
	.holds = notify_is_not_opened,
};

const struct diagnosis reader_removes = {
	.id = "reader-removes",
	.title = "The reader removes what the writer has made",
	.text = "The one who makes a thing removes it. A reader that does so, "
		"too, takes them from the next writer, who may have made them "
		"anew in the meantime.",
};

const struct diagnosis open_to_everyone = {
	.id = "open-to-everyone",
	.title = "The mode is not 0600",
	.text = "Segment and FIFOs are for one user. 0666 lets every user of "
		"the machine read the messages and write in between; and 600 "
		"without the leading 0 is decimal, which is 01130.",
};

static bool follows_the_message(struct trial *t)
{
	const struct evidence *s = &t->seen;

	return s->symptom == WRONG_BYTES && t->meeting && s->want.n > 1 &&
	       s->offset == s->want.n && s->got.n > s->want.n;
}

static bool newline_follows(struct trial *t)
{
	return follows_the_message(t) &&
	       t->seen.got.data[t->seen.want.n] == '\n';
}

const struct diagnosis newline_kept = {
	.id = "newline-kept",
	.title = "The newline is stored with the line",
	.text = "fgets() and getline() leave the newline at the end. The "
		"message is the line without it; the reader puts its own.",
	.holds = newline_follows,
};

const struct diagnosis no_terminator = {
	.id = "no-terminator",
	.title = "The message does not end in NUL",
	.text = "The NUL is the only thing that tells the reader how long a "
		"message is. Where it is missing, what an earlier, longer "
		"message has left stands behind this one.",
	.holds = follows_the_message,
};

static bool comes_only_now(struct trial *t)
{
	const struct bytes *want = &t->seen.want;

	if (t->seen.symptom != WRONG_BYTES || !t->meeting ||
	    !t->meeting->memory)
		return false;
	step(t, "experiment: is it there when the writer has gone on?");
	thaw(t);
	settle(t);
	return is_stored(t, want->data, want->n);
}

const struct diagnosis notifies_before_storing = {
	.id = "notifies-before-storing",
	.title = "The reader is notified before the message is there",
	.text = "As soon as the byte is in the FIFO the reader may run, before "
		"the writer's next instruction. Store first, then notify.",
	.holds = comes_only_now,
};

static bool another_turn(struct trial *t)
{
	return t->meeting && t->seen.symptom == WRONG_BYTES &&
	       t->seen.want.n == 1 && t->seen.got.n == 1;
}

const struct diagnosis wrong_turn = {
	.id = "wrong-turn",
	.title = "Another byte comes than the one agreed on",
	.text = "`a` says that a message is there, `x` that it is the end, `k` "
		"that the message is copied out. One byte each, and no "
		"newline or NUL with it.",
	.holds = another_turn,
};

static bool waits_for_turn(struct trial *t, unsigned char turn)
{
	const struct evidence *s = &t->seen;

	return t->meeting && s->want.n == 1 && s->want.data[0] == turn &&
	       !s->got.n;
}

static bool nobody_was_notified(struct trial *t)
{
	return t->seen.symptom == SILENCE && waits_for_turn(t, 'a');
}

const struct diagnosis no_notify = {
	.id = "no-notify",
	.title = "Nobody is told that there is a message",
	.text = "Memory tells nobody that it has changed. After each message "
		"the writer puts one `a` into DIR/notify, at once: through "
		"stdio it would wait in a buffer.",
	.holds = nobody_was_notified,
};

static bool nothing_acknowledged(struct trial *t)
{
	return t->seen.symptom == SILENCE && waits_for_turn(t, 'k');
}

const struct diagnosis no_ack = {
	.id = "no-ack",
	.title = "The message is not acknowledged",
	.text = "Without the `k` in DIR/ack the writer waits for ever, for it "
		"cannot know that the message is copied out.",
	.holds = nothing_acknowledged,
};

static bool no_end_was_sent(struct trial *t)
{
	return waits_for_turn(t, 'x') &&
	       (t->seen.symptom == SILENCE || t->seen.symptom == EXITED);
}

const struct diagnosis leaves_without_x = {
	.id = "leaves-without-x",
	.title = "The writer leaves without an `x`",
	.text = "End of file alone does not tell a reader whether the writer "
		"has finished or was killed. An `x` before the end, also after "
		"SIGINT and SIGTERM, does.",
	.holds = no_end_was_sent,
};

const struct diagnosis ignores_ack = {
	.id = "ignores-ack",
	.title = "The writer does not wait for the acknowledgement",
	.text = "There is room for one message. Stored before the `k` has "
		"come, the next one overwrites a message that the reader may "
		"not have seen, or only half.",
};

const char too_early[] = "this one came too early";

static bool printed_the_next(struct trial *t)
{
	const struct bytes *got = &t->seen.got;

	return t->seen.symptom == WRONG_OUTPUT && got->n &&
	       memmem(got->data, got->n, too_early, strlen(too_early));
}

const struct diagnosis acks_before_copying = {
	.id = "acks-before-copying",
	.title = "The message is acknowledged before it is copied out",
	.text = "With the `k` the segment is the writer's again, who may store "
		"the next message at that very moment. Copy into memory of "
		"your own, then acknowledge.",
	.holds = printed_the_next,
};

static bool is_reader(const struct program *p)
{
	return p && strncmp(p->line, "reader", 6) == 0;
}

static bool goes_on_after_x(struct trial *t)
{
	return t->seen.symptom == NOT_EXITED && is_reader(t->seen.program);
}

const struct diagnosis ignores_x = {
	.id = "ignores-x",
	.title = "The reader goes on after the `x`",
	.text = "`x` says that no message will come any more. It is no message "
		"itself: nothing to print, nothing to acknowledge, but the "
		"end, with status 0.",
	.holds = goes_on_after_x,
};

static bool acknowledged_only(struct trial *t)
{
	return t->meeting && t->seen.symptom == WRONG_OUTPUT &&
	       is_reader(t->seen.program);
}

const struct diagnosis not_printed = {
	.id = "not-printed",
	.title = "A message is acknowledged, and not printed as it was stored",
	.text = "Each message is one line on standard output: its bytes up to "
		"the NUL, whatever they are, and a newline.",
	.holds = acknowledged_only,
};

static bool other_content(struct trial *t)
{
	return t->meeting && t->seen.symptom == WRONG_BYTES;
}

const struct diagnosis wrong_message = {
	.id = "wrong-message",
	.title = "The segment does not hold what was typed",
	.text = "The message is the line, byte for byte, from offset 0 of the "
		"segment on, and a NUL behind it. A struct, a length or a "
		"pointer in front of it is not agreed on.",
	.holds = other_content,
};

const struct diagnosis lost_or_doubled = {
	.id = "lost-or-doubled",
	.title = "Messages are lost or come twice",
	.text = "At full speed one of the two went on before it was its turn: "
		"the writer stored over a message that nobody had copied, or "
		"the reader copied the same one twice.",
};

const struct diagnosis loses_empty_line = {
	.id = "loses-empty-line",
	.title = "An empty line is lost",
	.text = "A line without characters is a message of no bytes: a NUL at "
		"offset 0, a notification, an empty line in the output. A "
		"length of 0 is not the end of anything here.",
};

const struct diagnosis off_by_one = {
	.id = "off-by-one",
	.title = "One byte of a message is missing",
	.text = "4095 bytes and a NUL fill the segment exactly, and the last "
		"line of the input may have no newline: then the last "
		"character is not there to be cut off.",
};

const struct diagnosis long_line_overflows = {
	.id = "long-line-overflows",
	.title = "A long line is stored past the end of the segment",
	.text = "What is copied is bounded by the segment, not by the line: "
		"strcpy() does not know that. Look at the length before you "
		"copy.",
};

const struct diagnosis long_line_split = {
	.id = "long-line-split",
	.title = "A long line arrives cut, or in pieces",
	.text = "fgets() with a buffer of 4096 gives a long line in pieces, "
		"each of which looks like a line. A line that does not fit is "
		"named on stderr, and no part of it is sent.",
};

const struct diagnosis long_line_stops_writer = {
	.id = "long-line-stops-writer",
	.title = "After a line that is too long the next one does not come",
	.text = "One bad line is no reason to leave the others. Say which it "
		"was, and go on with the line behind it.",
};

const struct diagnosis trusts_the_writer = {
	.id = "trusts-the-writer",
	.title = "The reader reads on behind the segment",
	.text = "The NUL comes from another process, which may have forgotten "
		"it. strlen(), strcpy() and printf(\"%s\") go on until they "
		"find one; strnlen() and memchr() know when to stop.",
};

const struct diagnosis reader_creates_segment = {
	.id = "reader-creates-segment",
	.title = "The reader makes what is the writer's to make",
	.text = "With IPC_CREAT, or mkfifo(), a reader that is too early makes "
		"a place of its own, and the writer with IPC_EXCL then finds "
		"it taken. The reader opens what is there, or waits.",
};

const struct diagnosis takes_over_segment = {
	.id = "takes-over-segment",
	.title = "A second writer takes over what is in use",
	.text = "Two writers in one segment mix their messages. IPC_EXCL makes "
		"shmget() fail when the segment is there, and only a creator "
		"that is dead, with nobody attached, leaves it free to take.",
};

const struct diagnosis left_over_blocks_start = {
	.id = "left-over-blocks-start",
	.title = "What a dead writer has left keeps the next one from starting",
	.text = "Nobody cleans up after SIGKILL. shmctl(IPC_STAT) tells who "
		"made the segment (shm_cpid; kill(pid, 0) tells if it lives) "
		"and how many have attached it (shm_nattch). FIFOs may lie "
		"there too.",
};

const struct diagnosis segment_left = {
	.id = "segment-left",
	.title = "The segment is left behind",
	.text = "A System V segment belongs to no process: it stays until "
		"shmctl(IPC_RMID), or the next boot. The writer removes it on "
		"every way out.",
};

const struct diagnosis fifo_left = {
	.id = "fifo-left",
	.title = "A FIFO is left behind",
	.text = "A FIFO is a name in a directory, and stays there until "
		"unlink(). The writer removes both on every way out.",
};

const struct diagnosis signal_unheard = {
	.id = "signal-unheard",
	.title = "SIGINT or SIGTERM does not end the writer",
	.text = "A handler that sets a flag is of use only if the call that "
		"sleeps ends with EINTR: signal() and SA_RESTART start it "
		"again, and nobody looks at the flag.",
};

static bool killed_by_sigpipe(struct trial *t)
{
	const struct program *p = t->seen.program;

	return p && p->ended && WIFSIGNALED(p->status) &&
	       WTERMSIG(p->status) == SIGPIPE;
}

const struct diagnosis sigpipe_kills_writer = {
	.id = "sigpipe-kills-writer",
	.title = "SIGPIPE has killed the writer",
	.text = "To write into a FIFO that nobody reads raises SIGPIPE, which "
		"ends a program that does not ignore it: without a word, and "
		"with everything left behind. Ignored, write() fails with "
		"EPIPE.",
	.holds = killed_by_sigpipe,
};

const struct diagnosis waits_for_ever = {
	.id = "waits-for-ever",
	.title = "One waits for ever for the other, who is dead",
	.text = "A FIFO comes to its end when its last holder on the other "
		"side is gone. Who has opened it for both directions is such "
		"a holder itself, and sees no end: then poll() has to look at "
		"the other FIFO (POLLERR, POLLHUP).",
};

const struct diagnosis waits_at_removed_fifo = {
	.id = "waits-at-removed-fifo",
	.title = "The reader waits at a FIFO that has been replaced",
	.text = "A reader was waiting in open() at the FIFO that a dead writer "
		"had left. The next writer removed it and made a new one of "
		"the same name: now both wait, each at its own. Use the FIFO "
		"that is there.",
};
