/* SPDX-License-Identifier: MIT */
/* path.c - words for servers, and clients, at a path in the box */

/*
 * The program can put what it likes in the place of its socket, a link to a
 * socket elsewhere for one, so nothing here follows a name: a file of the box is
 * opened first, as what it is, and then called by its descriptor.  The grader's
 * own sockets are bound with the box as the working directory, because the name
 * that a peer sees is what bind() was given.
 */
#include "path.h"

#include "connection.h"

#include "../check.h"
#include "../diagnoses.h"
#include "../sockets.h"
#include "../sockets_unix.h"
#include "../language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct unix_sockets all;

const char *fresh_path(void)
{
	static int used;

	return text("socket-%d", ++used);
}

const char *absolute(struct trial *t, const char *name)
{
	return text("%s/%s/box/%s", t->root, t->dir, name);
}

/* Its name in the box; all paths that we give to programs lie there. */
static const char *in_box(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool find_file(struct trial *t, const char *path, struct stat *about)
{
	return fstatat(t->box, in_box(path), about, AT_SYMLINK_NOFOLLOW) == 0;
}

bool is_there(struct trial *t, const char *path)
{
	struct stat about;

	return find_file(t, path, &about);
}

bool is_socket_file(struct trial *t, const char *path)
{
	struct stat about;

	return find_file(t, path, &about) && S_ISSOCK(about.st_mode);
}

/* ---- the submission's sockets ---- */

static bool submission_holds(struct trial *t, uint32_t inode)
{
	static struct look l;
	pid_t pids[PROCESSES_MAX];

	probe_processes(&l, t->agent);
	for (size_t i = 0; i < l.n; i++)
		pids[i] = l.p[i].pid;
	return holds_socket(pids, l.n, inode);
}

/* A socket of this type and state that is bound to the server's path; a
 * datagram socket has no state.  NULL: there is none. */
static const struct unix_socket *socket_at(struct trial *t, int type, int state)
{
	struct stat file;

	if (!find_file(t, t->path, &file) || !S_ISSOCK(file.st_mode))
		return NULL;
	unix_sockets_read(&all);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].type == type && all.s[i].inode &&
		    (type == SOCK_DGRAM || all.s[i].state == state) &&
		    is_bound_to(&all.s[i], &file, t->path))
			return &all.s[i];
	return NULL;
}

bool listens_at_path(struct trial *t)
{
	const struct unix_socket *s = socket_at(t, SOCK_STREAM, TCP_LISTEN);

	return s && submission_holds(t, s->inode);
}

bool receives_at_path(struct trial *t)
{
	const struct unix_socket *s = socket_at(t, SOCK_DGRAM, 0);

	return s && submission_holds(t, s->inode);
}

bool holds_listener_at_path(struct trial *t, pid_t pid)
{
	const struct unix_socket *s = socket_at(t, SOCK_STREAM, TCP_LISTEN);

	return s && holds_socket(&pid, 1, s->inode);
}

/* Connections have the name of the socket that accepted them.  What TCP calls
 * CLOSE_WAIT is no state here: the peer has shut down its sending, or closed. */
size_t count_at_path(struct trial *t, int state)
{
	int wanted = state == TCP_CLOSE_WAIT ? TCP_ESTABLISHED : state;
	struct stat file;
	size_t n = 0;

	if (!find_file(t, t->path, &file))
		return 0;
	unix_sockets_read(&all);
	for (size_t i = 0; i < all.n; i++)
		n += all.s[i].type == SOCK_STREAM && all.s[i].inode &&
		     all.s[i].state == wanted &&
		     is_bound_to(&all.s[i], &file, t->path) &&
		     (state != TCP_CLOSE_WAIT || all.s[i].ended & RCV_SHUTDOWN);
	return n;
}

/* The first bound socket of the submission, wherever that is. */
static const struct unix_socket *bound_elsewhere(struct trial *t)
{
	unix_sockets_read(&all);
	for (size_t i = 0; i < all.n; i++)
		if (all.s[i].length && submission_holds(t, all.s[i].inode))
			return &all.s[i];
	return NULL;
}

bool has_bound(struct trial *t, const char **name, size_t *n)
{
	const struct unix_socket *s = bound_elsewhere(t);

	if (s) {
		*name = s->name;
		*n = s->length;
	}
	return s;
}

/* A beginning of the path, and not all of it. */
static bool is_cut(const struct trial *t, const struct unix_socket *s)
{
	size_t n = strnlen(s->name, s->length);

	return n && n < strlen(t->path) && memcmp(s->name, t->path, n) == 0;
}

void never_at_path(struct trial *t, enum outcome o)
{
	const struct unix_socket *s = o == IS_GONE ? NULL : bound_elsewhere(t);
	char *seen = s ? sentence("a socket of type %s is bound to %s, and %s",
				  s->type == SOCK_STREAM  ? "SOCK_STREAM"
				  : s->type == SOCK_DGRAM ? "SOCK_DGRAM"
							  : "SOCK_SEQPACKET",
				  readable(s->name, strnlen(s->name, s->length),
					   UNIX_NAME_MAX),
				  s->state == TCP_LISTEN ? _("listens there")
							 : _("does not listen"))
		       : sentence("no such socket; %s", state_of(t, o));

	fail_as(t,
		symptom_of(t, o) == CRASHED ? &crash
		: s && is_cut(t, s)	    ? &path_truncated
					    : &never_listens,
		NEVER_LISTENS,
		sentence(
			t->server
				? N_("a stream socket of the server listens at `%s`")
				: N_("a datagram socket of the program is bound to "
				     "`%s`"),
			t->path),
		seen);
}

/* ---- the grader's sockets ---- */

int bind_in_box(struct trial *t, int type, const struct name *own)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	socklen_t start = offsetof(struct sockaddr_un, sun_path);

	if (fd < 0 || fchdir(t->box) < 0)
		give_up(t, text("a socket: %s", strerror(errno)));
	if (!own)
		return fd;
	memcpy(at.sun_path, own->bytes, own->n);
	/* The program's box is the program's: it may have spoilt it. */
	if (bind(fd, (struct sockaddr *)&at, start + (socklen_t)own->n) < 0)
		fail(t, WRONG_FACT,
		     sentence("the names in its directory are left alone%s",
			      own->is),
		     text("bind: %s", strerror(errno)));
	return fd;
}

int listen_at_path(struct trial *t)
{
	const char *name = in_box(t->path);
	int fd = bind_in_box(t, SOCK_STREAM,
			     &(struct name){name, strlen(name), ""});

	if (listen(fd, 16) < 0)
		give_up(t, text("listen: %s", strerror(errno)));
	return fd;
}

int open_path(struct trial *t, char at[PATH_ROOM])
{
	int fd = openat(t->box, in_box(t->path),
			O_PATH | O_NOFOLLOW | O_CLOEXEC);

	snprintf(at, PATH_ROOM, "/proc/self/fd/%d", fd);
	return fd;
}

struct call {
	int fd, error;
};

/* A queue that is full says so instead of making us wait: ask again. */
static bool is_let_in(struct trial *t, void *arg)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct call *c = arg;
	int path = open_path(t, to.sun_path);

	c->error = errno;
	if (path < 0)
		return true;
	c->error = connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0
			   ? errno
			   : 0;
	close(path);
	if (c->error == EAGAIN)
		return false;
	t->moves++;
	t->advances++;
	return true;
}

enum outcome try_path(struct trial *t, const struct name *own,
		      struct connection **made)
{
	struct call c = {.fd = bind_in_box(t, SOCK_STREAM, own)};
	enum outcome o = wait_until(t, is_let_in, &c);

	*made = add_connection(t, c.fd);
	(*made)->error = c.error;
	return o;
}

/* ---- words ---- */

void client_called(struct trial *t, const char *name)
{
	struct name own = {name, strlen(name),
			   sentence(", bound to `%s`,", name)};

	connect_client(t, &own);
}

void client_abstract(struct trial *t, const char *name)
{
	struct name own = {
		text("%c%s", 0, name), strlen(name) + 1,
		sentence(", bound to the abstract name \"%s\",", name)};

	connect_client(t, &own);
}

void put_text_file(struct trial *t, const char *name, const char *content)
{
	int fd = openat(t->box, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0644);

	step(t, "`%s` is an ordinary file that says \"%s\"", name, content);
	if (fd < 0 || write(fd, content, strlen(content)) < 0)
		give_up(t, text("%s: %s", name, strerror(errno)));
	close(fd);
}

bool says(struct trial *t, const char *name, const char *content)
{
	char is[256] = "";
	int fd = openat(t->box, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool same = fd >= 0 && read(fd, is, sizeof(is) - 1) >= 0 &&
		    strcmp(is, content) == 0;

	if (fd >= 0)
		close(fd);
	return same;
}

char *caller_name(struct trial *t, int n)
{
	struct sockaddr_un peer = {0};
	socklen_t size = sizeof(peer),
		  start = offsetof(struct sockaddr_un, sun_path);

	if (getpeername(conn(t, n)->fd, (struct sockaddr *)&peer, &size) < 0 ||
	    size <= start)
		return NULL;
	if (size > sizeof(peer))
		size = sizeof(peer);
	return text("%.*s", (int)(size - start), peer.sun_path);
}
