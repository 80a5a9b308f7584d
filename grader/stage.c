/* SPDX-License-Identifier: MIT */
/* stage.c - the few files that judging needs, read into memory */
#include "stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct staged_file *new_file(struct stage *s, char *path, mode_t mode)
{
	s->file = realloc(s->file, (s->n + 1) * sizeof(*s->file));
	if (!s->file)
		die("out of memory");
	s->file[s->n] = (struct staged_file){.path = path, .mode = mode};
	return &s->file[s->n++];
}

static void read_all(int fd, struct bytes *to, size_t most, const char *name)
{
	char block[16384];
	ssize_t got;

	while ((got = read(fd, block, sizeof(block))) > 0) {
		bytes_add(to, block, (size_t)got);
		if (to->n > most)
			die_usage("%s: larger than %zu bytes", name, most);
	}
	if (got < 0)
		die_usage("%s: %s", name, strerror(errno));
}

/* Why an openat(O_NOFOLLOW) of a submission's path failed, for the operator. */
static const char *open_problem(int error)
{
	if (error == ELOOP)
		return "is a symbolic link, which is never followed";
	return strerror(error);
}

/* -1 if there is nothing of that name. */
static int open_submitted(int at, const char *dir, const char *name, int flags)
{
	int fd = openat(at, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags);

	if (fd < 0 && errno == ENOTDIR && (flags & O_DIRECTORY)) {
		struct stat st;

		if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			errno = ELOOP;
	}
	if (fd < 0 && errno != ENOENT)
		die_usage("%s/%s: %s", dir, name, open_problem(errno));
	return fd;
}

static bool stage_program(struct stage *s, int at, const char *dir,
			  const struct lab *lab, const char *program)
{
	char *name = text("%s.c", program);
	char *full = text("%s/%s", dir, name);
	int fd = open_submitted(at, dir, name, 0);
	struct stat st;

	if (fd >= 0) {
		if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
			die_usage("%s: not a regular file", full);
		read_all(fd,
			 &new_file(s, text("src/%s/%s", lab->name, name), 0644)
				  ->content,
			 SOURCE_BYTES_MAX, full);
		close(fd);
	}
	free(name);
	free(full);
	return fd >= 0;
}

static int stage_folder(struct stage *s, int at, const char *dir,
			const struct lab *lab)
{
	int found = 0;

	for (const char *const *p = lab->programs; *p; p++)
		found += stage_program(s, at, dir, lab, *p);
	return found;
}

/* The lab's folder below a directory of labs, all of whose files may be missing
 * if it is one lab of several. */
static void stage_below(struct stage *s, int labs, const char *dir,
			const struct lab *lab, bool several_labs)
{
	int folder = open_submitted(labs, dir, lab->name, O_DIRECTORY);
	char *path = text("%s/%s", dir, lab->name);
	int found = folder < 0 ? 0 : stage_folder(s, folder, path, lab);

	if (folder < 0 && !several_labs)
		die_usage("%s: there is no %s in it", dir, lab->name);
	if (!found && !several_labs)
		die_usage("%s: there is no %s.c in it", path, lab->programs[0]);
	if (folder >= 0)
		close(folder);
	free(path);
}

static bool has_folder_of(int at, const char *dir)
{
	for (const struct lab *const *l = course; *l; l++) {
		int fd = open_submitted(at, dir, (*l)->name, O_DIRECTORY);

		if (fd >= 0) {
			close(fd);
			return true;
		}
	}
	return false;
}

void stage_submission(struct stage *s, const char *dir, const struct lab *lab,
		      bool several_labs)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int labs;

	if (at < 0)
		die_usage("%s: %s", dir, strerror(errno));
	labs = open_submitted(at, dir, "labs", O_DIRECTORY);
	if (labs >= 0) {
		char *where = text("%s/labs", dir);

		stage_below(s, labs, where, lab, several_labs);
		free(where);
		close(labs);
	} else if (has_folder_of(at, dir)) {
		stage_below(s, at, dir, lab, several_labs);
	} else if (several_labs) {
		die_usage("%s: holds no labs; if it is the folder of one lab, "
			  "name that lab",
			  dir);
	} else if (!stage_folder(s, at, dir, lab)) {
		die_usage("%s: holds neither labs/ nor %s.c", dir,
			  lab->programs[0]);
	}
	close(at);
}

static void stage_ours(struct stage *s, const char *from, char *as, mode_t mode)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die_errno("%s (a part of the grader; `make` builds it)", from);
	read_all(fd, &new_file(s, as, mode)->content, 64u << 20, from);
	close(fd);
}

static void stage_headers(struct stage *s, const char *root)
{
	char *dir = text("%s/common", root);
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		die_errno("%s", dir);
	while ((e = readdir(d))) {
		const char *dot = strrchr(e->d_name, '.');
		char *from;

		if (!dot || strcmp(dot, ".h") != 0)
			continue;
		from = text("%s/%s", dir, e->d_name);
		stage_ours(s, from, text("common/%s", e->d_name), 0644);
		free(from);
	}
	closedir(d);
	free(dir);
}

static void stage_text(struct stage *s, const char *path, const char *content)
{
	bytes_add(&new_file(s, must_strdup(path), 0644)->content, content,
		  strlen(content));
}

void stage_course(struct stage *s, const char *root, const char *build)
{
	static const struct {
		const char *from, *as;
		mode_t mode;
	} ours[] = {
		{"common.a", "common/common.a", 0644},
		{"agent", "run/agent", 0755},
		{"witness.so", "run/witness.so", 0755},
		{"ordered.so", "run/ordered.so", 0755},
	};

	stage_headers(s, root);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		char *from = text("%s/%s", build, ours[i].from);

		stage_ours(s, from, must_strdup(ours[i].as), ours[i].mode);
		free(from);
	}
	/* The /etc of a trial: enough for getaddrinfo and getpwuid. */
	stage_text(s, "etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
	stage_text(s, "etc/nsswitch.conf",
		   "passwd: files\ngroup: files\nhosts: files\n");
	stage_text(s, "etc/passwd", "student:x:1000:1000::/box:/bin/sh\n");
	stage_text(s, "etc/group", "student:x:1000:\n");
}

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			die_errno("mkdir %s", path);
		*slash = '/';
	}
}

static void write_file(const char *path, const struct staged_file *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, f->mode);
	size_t put = 0;

	if (fd < 0)
		die_errno("%s", path);
	while (put < f->content.n) {
		ssize_t n =
			write(fd, f->content.data + put, f->content.n - put);

		if (n < 0)
			die_errno("%s", path);
		put += (size_t)n;
	}
	close(fd);
}

void stage_write(const struct stage *s, const char *room)
{
	for (size_t i = 0; i < s->n; i++) {
		char *path = text("%s/%s", room, s->file[i].path);

		make_parents(path);
		write_file(path, &s->file[i]);
		free(path);
	}
}
