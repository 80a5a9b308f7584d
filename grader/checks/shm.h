/* SPDX-License-Identifier: MIT */
/* shm.h - what the checks of lab 07 are made of, beyond words */
#ifndef GRADER_CHECKS_SHM_H
#define GRADER_CHECKS_SHM_H

#include "../check.h"
#include "../words/meeting.h"
#include "../words/turns.h"

#define LINE_MAX_BYTES (MESSAGE_BYTES - 1)

/* shm_turns.c */

/* A writer in a place of its own, with all three made. */
struct program *begin(struct trial *t);
void type_line(struct trial *t, struct program *w, const char *line);
/* A line on its way from the keyboard to the reader. */
void hand_over(struct trial *t, struct program *w, const char *line);
void hand_over_the_end(struct trial *t, struct program *w);
/* A reader, with the grader as writer. */
struct program *begin_reading(struct trial *t);
/* A message on its way to the reader's output. */
void pass_on(struct trial *t, struct program *r, const char *message);
void must_be_alive(struct trial *t, const struct program *p);
/* From now on every write to a FIFO is done, and then the program stops. */
void stop_at_every_turn(struct trial *t);
/* When it has stopped. */
void go_on(struct trial *t, const struct program *p);
/* A condition: the program `arg` has ended. */
bool has_ended(struct trial *t, void *arg);

/* shm_lines.c */

/* 10,000 lines through writer and reader. */
void carry_many_lines(struct trial *t);

/* Lines that are just as good as others. */
struct odd_line {
	unsigned char data[MESSAGE_BYTES];
	size_t n;
	const char *what;
	const struct diagnosis *otherwise;
	bool last; /* its newline is missing, and then the input ends */
};
struct odd_line *odd_lines(struct trial *t, size_t *n);
void hand_over_odd(struct trial *t, struct program *w,
		   const struct odd_line *l);
void pass_on_odd(struct trial *t, struct program *r, const struct odd_line *l);

/* A line of random letters; the caller frees it. */
char *letters(struct trial *t, size_t n);
/* From now on who reads or writes behind a segment is stopped. */
void guard_segments(struct trial *t);
/* The line that was too long must not be seen, and the next one must. */
void expect_next_line(struct trial *t, struct program *w, const char *too_long,
		      const char *next);
/* 4096 bytes and no NUL.  To refuse them is as good as to cut them. */
void pass_on_unterminated(struct trial *t, struct program *r);

/* shm_ends.c */

/* Another writer gets an error, and what there is stays. */
void must_refuse(struct trial *t);
/* … also while the first has made the segment, and not yet attached it. */
void refuses_unattached(struct trial *t);
/* A writer where one was killed. */
struct program *start_anew(struct trial *t);
void expect_end_told(struct trial *t);
/* Wherever the writer waits, this signal ends it, and nothing is left. */
void stops_cleanly(struct trial *t, int signo);
/* The other one is gone: it says so, and ends.  `spinning` is what it is called
 * if it does not rest either. */
void expect_mourning(struct trial *t, struct program *p,
		     const struct diagnosis *spinning);

/* shm_killed.c */

/* Kill one of the two at its n-th call; false: it does not make so many. */
bool writer_dies(struct trial *t, unsigned n);
bool reader_dies(struct trial *t, unsigned n);
void at_every_step(struct trial *t, const char *who,
		   bool (*dies)(struct trial *t, unsigned n));
/* Both under a tool; and a reader whose message has no NUL. */
void pair_session(struct trial *t, enum tool tool);
void unterminated_session(struct trial *t, enum tool tool);

#endif
