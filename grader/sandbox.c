/* SPDX-License-Identifier: MIT */
/* sandbox.c - bubblewrap's command line: what a submission may see */
#include "sandbox.h"

#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 128

struct words {
	const char *word[WORDS_MAX + 1];
	size_t n;
};

static void add(struct words *w, const char *word)
{
	if (w->n == WORDS_MAX)
		die("bubblewrap's command line is too long");
	w->word[w->n++] = word;
}

#define ADD(w, ...)                                                            \
	do {                                                                   \
		const char *const list_[] = {__VA_ARGS__};                     \
		for (size_t i_ = 0; i_ < sizeof(list_) / sizeof(*list_); i_++) \
			add(w, list_[i_]);                                     \
	} while (0)

static const char *sandbox_bubblewrap(void)
{
	static const char *const places[] = {"/usr/bin/bwrap", "/bin/bwrap",
					     "/usr/local/bin/bwrap"};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* What `path arg` prints, or NULL. */
static char *output_of(const char *path, const char *arg)
{
	struct bytes all = {0};
	char block[4096];
	int end[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(end, O_CLOEXEC) < 0)
		return NULL;
	pid = fork();
	if (pid == 0) {
		dup2(end[1], STDOUT_FILENO);
		execl(path, path, arg, (char *)NULL);
		_exit(127);
	}
	close(end[1]);
	while ((n = read(end[0], block, sizeof(block))) > 0)
		bytes_add(&all, block, (size_t)n);
	close(end[0]);
	waitpid(pid, NULL, 0);
	bytes_add(&all, "", 1);
	return (char *)all.data;
}

/* /bin and its like are links into /usr on a merged system, directories of
 * their own on an older one. */
static void add_system(struct words *w)
{
	static const char *const dirs[] = {"/bin",   "/sbin",  "/lib",
					   "/lib32", "/lib64", "/libx32"};
	static char target[6][PATH_MAX];

	ADD(w, "--ro-bind", "/usr", "/usr");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		ssize_t n = readlink(dirs[i], target[i], PATH_MAX - 1);

		if (n > 0)
			ADD(w, "--symlink", target[i], dirs[i]);
		else if (errno == EINVAL)
			ADD(w, "--ro-bind", dirs[i], dirs[i]);
	}
	ADD(w, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache");
	ADD(w, "--ro-bind-try", "/etc/alternatives", "/etc/alternatives");
}

static void add_etc(struct words *w, const char *room)
{
	static const char *const files[] = {"hosts", "nsswitch.conf", "passwd",
					    "group"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		ADD(w, "--ro-bind-try", text("%s/etc/%s", room, files[i]),
		    text("/etc/%s", files[i]));
}

/* bubblewrap 0.8 has an option that older ones do without. */
static bool can_disable_userns;

const char *sandbox_learn(void)
{
	const char *bwrap = sandbox_bubblewrap();
	char *help = bwrap ? output_of(bwrap, "--help") : NULL;

	can_disable_userns = help && strstr(help, "--disable-userns");
	free(help);
	return bwrap;
}

void sandbox_furnish(const char *room, const char *dir)
{
	static const char *const own[] = {"tmp", "shm"};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		char *path = text("%s/%s/%s", room, dir, own[i]);

		if (mkdir(path, 0755) < 0)
			die_errno("%s", path);
		free(path);
	}
}

void sandbox_exec(const char *room, const char *dir,
		  const struct opening *openings, const char *const *command)
{
	struct words w = {0};
	char *none[] = {NULL};

	/* The network and the System V objects are shared with the trial on
	 * purpose: it talks to the program and looks for what it leaves. */
	ADD(&w, "bwrap", "--unshare-user", "--unshare-pid", "--unshare-uts",
	    "--hostname", "box", "--as-pid-1", "--new-session",
	    "--die-with-parent", "--cap-drop", "ALL", "--uid", "1000", "--gid",
	    "1000");
	if (can_disable_userns)
		add(&w, "--disable-userns");
	add_system(&w);
	add_etc(&w, room);
	/* The limits of System V objects are in /proc/sys, and would be the
	 * submission's to raise. */
	ADD(&w, "--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys",
	    "--dev", "/dev", "--bind", text("%s/%s/shm", room, dir), "/dev/shm",
	    "--remount-ro", "/dev", "--bind", text("%s/%s/tmp", room, dir),
	    "/tmp");
	for (; openings->path; openings++)
		ADD(&w, openings->writable ? "--bind" : "--ro-bind",
		    text("%s/%s", room, openings->path),
		    text(SANDBOX_ROOM "/%s", openings->path));
	ADD(&w, "--remount-ro", "/", "--");
	for (; *command; command++)
		add(&w, *command);
	add(&w, NULL);
	execve(sandbox_bubblewrap(), (char *const *)w.word, none);
}

void sandbox_exec_true(const char *room, const char *dir)
{
	static const struct opening none[] = {{NULL, false}};
	static const char *const command[] = {"/bin/true", NULL};

	sandbox_furnish(room, dir);
	sandbox_exec(room, dir, none, command);
}
