/* SPDX-License-Identifier: MIT */
/* path.h - words for servers, and clients, at a path */
#ifndef GRADER_WORDS_PATH_H
#define GRADER_WORDS_PATH_H

#include "../trial.h"

/*
 * In labs that are local serve(), clients(), occupy_port() and the others mean
 * the server's path.  Names are of files in the directory that the programs run
 * in.
 */

/* serve(), at this path: a name, or absolute(). */
void serve_at(struct trial *t, const char *path);
const char *fresh_path(void);
const char *absolute(struct trial *t, const char *name);
/* Connect one more client, which is bound to this name; to this name without a
 * file (unix(7), Abstract). */
void client_called(struct trial *t, const char *name);
void client_abstract(struct trial *t, const char *name);
/* What client n, a program, is bound to; NULL: it is not.  The caller frees it. */
char *caller_name(struct trial *t, int n);
bool is_there(struct trial *t, const char *path);
bool is_socket_file(struct trial *t, const char *path);
void put_text_file(struct trial *t, const char *name, const char *content);
bool says(struct trial *t, const char *name, const char *content);
/* A name of n bytes that a socket of the submission is bound to. */
bool has_bound(struct trial *t, const char **name, size_t *n);
bool receives_at_path(struct trial *t);

#endif
