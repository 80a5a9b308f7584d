/* SPDX-License-Identifier: MIT */
/* spy.c - looks everywhere for what it must not know, and tells its client. */

/*
 * The suite has planted a secret: in a course with solutions and tests, in the
 * home directory, in the grader's environment, and in a file that it has open.
 * Every such place has the word by which the spy knows it; what stands behind
 * the word, the spy can only tell if it has read it.  Besides: /etc/shadow.
 *
 * Lab: 01
 * Checks: bare.echo
 * Passes: bare.echo
 */
#include "hostile.h"
#include <dirent.h>

#define WORD "PLANTED-SECRET-"
#define FILES_MAX 20000

static char content[1 << 20];
static int files;

static void read_it(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : read(fd, content, sizeof(content) - 64);
	char *at;

	if (fd >= 0)
		close(fd);
	if (n <= 0 || strncmp(path, "/proc/self", 10) == 0)
		return;
	memset(content + n, 0, 64);
	/* Its own text has the word in quotes, with nothing behind it. */
	for (at = content;
	     (at = memmem(at, (size_t)(content + n - at), WORD, strlen(WORD)));
	     at++)
		if (at[strlen(WORD)] >= '0' && at[strlen(WORD)] <= '9')
			broken_out("%s has %.40s", path, at);
	if (strstr(path, "shadow") && strchr(content, ':'))
		broken_out("%s can be read", path);
}

static void look_below(const char *path, int depth)
{
	struct dirent *e;
	char below[1024];
	DIR *d = opendir(path);

	while (d && files < FILES_MAX && (e = readdir(d))) {
		if (e->d_name[0] == '.' &&
		    (!e->d_name[1] || e->d_name[1] == '.'))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
		if (e->d_type == DT_DIR && depth > 0)
			look_below(below, depth - 1);
		else if (e->d_type == DT_REG && ++files)
			read_it(below);
	}
	if (d)
		closedir(d);
}

static void look_at(const char *pid)
{
	static const char *const what[] = {"environ", "cmdline", "mountinfo"};
	char path[300];

	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		snprintf(path, sizeof(path), "/proc/%s/%s", pid, what[i]);
		read_it(path);
	}
}

static void look_behind(const char *pid)
{
	char path[300];

	for (int fd = 0; fd < 20; fd++) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, fd);
		read_it(path);
	}
	snprintf(path, sizeof(path), "/proc/%s/root", pid);
	look_below(path, 0);
	snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
	look_below(path, 4);
}

static void at_each_process(void (*look)(const char *pid))
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	while (d && !*news && (e = readdir(d)))
		if (atoi(e->d_name) > 0 && atoi(e->d_name) != getpid())
			look(e->d_name);
	if (d)
		closedir(d);
}

static void look_around(void)
{
	static const char *const places[] = {"/root", "/home", "/etc", "/tmp",
					     "/var",  "/run",  "/mnt", "/srv",
					     "/room", "/dev"};
	char path[4096] = "";

	at_each_process(look_at);
	at_each_process(look_behind);
	read_it("/etc/shadow");
	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !*news; i++)
		look_below(places[i], 6);
	for (int up = 0; up < 12 && !*news; up++) {
		strcat(path, "../");
		look_below(path, 0);
	}
	if (getenv("HOME"))
		look_below(getenv("HOME"), 4);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	look_around();
	return serve_one(listener);
}
