/* SPDX-License-Identifier: MIT */
/* datagram.h - words for datagrams, which keep their boundaries */
#ifndef GRADER_WORDS_DATAGRAM_H
#define GRADER_WORDS_DATAGRAM_H

#include "../trial.h"

/* Senders are numbered from 1. */

/* Start `dgram_server PATH`, and wait until it is bound there; where it never is,
 * the word fails, says so, or skips the check. */
void serve_datagrams_at(struct trial *t, const char *path);
bool serves_datagrams(struct trial *t, enum tool tool);
bool serves_datagrams_again(struct trial *t);
void need_datagrams(struct trial *t);
/* A socket of the grader's; its number. */
int sender_called(struct trial *t, const char *name);
int sender_abstract(struct trial *t, const char *name);
int sender_unnamed(struct trial *t);
void sender_leaves(struct trial *t, int n);
void send_datagram(struct trial *t, int n, const void *data, size_t size);
bool sends(struct trial *t, int n, const void *data, size_t size);
bool has_sender(int n);
/* The next one that comes is this. */
void expect_datagram(struct trial *t, int n, const void *data, size_t size);
void expect_no_datagram(struct trial *t, int n);
void exchange_datagram(struct trial *t, int n, const void *data, size_t size);
void exchange_datagram_text(struct trial *t, int n, const char *s);
/* For experiments: take the next one, and say if it is this; if there is one, and
 * its size; if any sender has it, or one at all. */
bool gets_datagram(struct trial *t, int n, const void *data, size_t size);
bool gets_datagram_of(struct trial *t, int n, size_t *size);
bool somebody_else_has(struct trial *t, const void *data, size_t size);
bool more_datagrams(struct trial *t);
/* The grader as receiver, at the server's path (receiver.c). */
void receive_datagrams(struct trial *t);
void stop_receiving(struct trial *t);
void expect_datagram_from(struct trial *t, const char *s, const char *name);
bool datagram_comes(struct trial *t, const char *s);
bool answer_datagram(struct trial *t, const char *s);
/* Is it so?  The program has not received what it was sent from there. */
bool plays_receiver(void);
bool answer_is_unread(struct trial *t);

#endif
