/* SPDX-License-Identifier: MIT */
/* unix.h - what the checks of lab 06 are made of, beyond words */
#ifndef GRADER_CHECKS_UNIX_H
#define GRADER_CHECKS_UNIX_H

#include "../check.h"
#include "../words/datagram.h"
#include "../words/path.h"

#define NAME_ROOM 108 /* of sun_path */

/* unix_names.c */

/* A file's name, whose beginnings are no other file's names. */
char *name_of_length(size_t n);
/* The client that has just connected is named, and served; it leaves.
 * `earlier` is the name of one before it. */
void is_announced(struct trial *t, char *name, const char *earlier);
/* Nothing that was printed lately is odd, or holds this part of a name. */
void no_strange_name(struct trial *t, const char *earlier);
/* The program on connection n is bound to this name. */
void expect_called(struct trial *t, int n, const char *own);
/* Under the sanitizers: names of all kinds, and longer ones than there is room
 * for. */
void naming_session(struct trial *t);

/* unix_paths.c */

/* It ends with a word why; `otherwise` says what it is if it does not, unless
 * bind() had said so, and nobody listened. */
void expect_refusal(struct trial *t, struct program *p,
		    const struct diagnosis *otherwise);
/* The path was left by a server that is dead; the next starts there. */
void starts_where_one_died(struct trial *t, const char *path, bool datagrams);
/* This process, the first of two, still listens at the path. */
void expect_not_taken_over(struct trial *t, pid_t first);
/* The file holds what it held. */
void expect_kept(struct trial *t, const char *name, const char *content);
void leaves_file_alone(struct trial *t, const char *server);
void expect_removed(struct trial *t, const char *path);
/* SIGTERM ends the server p, and its path is removed. */
void ends_cleanly(struct trial *t, struct program *p);

/* unix_lengths.c */

/* p was given a name that is too long. */
void refuses_length(struct trial *t, struct program *p, const char *program,
		    const char *name);
/* 108 bytes fit if no NUL follows: what does not do that has to say so. */
void takes_or_refuses(struct trial *t, const char *server, bool stream);
void refuses_long_paths(struct trial *t, const char *server);
/* A client is given one byte too much, and a server is where the cut name, of
 * so many bytes, would lead. */
void calls_no_shorter(struct trial *t, size_t cut);
/* What begins with a NUL by accident is an abstract name. */
void refuses_empty_path(struct trial *t);
/* `@upper` is a file, or the abstract name, or nothing at all. */
void takes_at_sign_as_asked(struct trial *t);

/* unix_datagrams.c */

/* Datagrams of many lengths, from two senders in turn. */
void answers_all_lengths(struct trial *t, int a, int b);
/* Three that are all there when the server looks. */
void answers_in_order(struct trial *t, int a, int b);
/* This sender has no name to answer to; a, who has, is answered. */
void passes_over(struct trial *t, int nobody, const char *message, int a);
/* The client, which is bound to this name, types s and prints the answer. */
void converse_in_datagrams(struct trial *t, struct program *p, const char *s,
			   const char *name);
/* Two lines typed at once are two datagrams. */
void converse_in_two(struct trial *t, struct program *p, const char *name);
/* Under a tool, messages of all telling sizes; false: one came back wrong. */
bool datagram_session(struct trial *t, enum tool tool);
bool datagram_client_session(struct trial *t, enum tool tool);

#endif
