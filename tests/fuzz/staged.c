/* SPDX-License-Identifier: MIT */
/* staged.c - fuzzes the folder that is handed in: what is in it, and under what name. */

/*
 * An input is a list: a byte that says what to make, a name up to a NUL, and for
 * a file its content up to the next.
 */
/* wrap: die_usage */
#include "stage.h"

#include "target.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THINGS_MAX = 12, NAME_BYTES_MAX = 200 };

static jmp_buf refused;
static char home[] = "/dev/shm/staged.XXXXXX", *handed_in;

_Noreturn void __wrap_die_usage(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void __wrap_die_usage(const char *fmt, ...)
{
	va_list args;
	char *why;

	va_start(args, fmt);
	why = vtext(fmt, args);
	va_end(args);
	must(*why);
	free(why);
	longjmp(refused, 1);
}

static void clear(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[PATH_MAX];

	while (d && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_DIR)
			clear(path);
		else
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

static void forget(void)
{
	clear(home);
}

/* With a file beside it that nobody may ever take. */
static int folder(void)
{
	if (!handed_in) {
		char *secret;
		int fd;

		must(mkdtemp(home));
		atexit(forget);
		handed_in = text("%s/in", home);
		secret = text("%s/secret.c", home);
		fd = open(secret, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		must(fd >= 0 && write(fd, "SECRET", 6) == 6);
		close(fd);
		free(secret);
	}
	must(mkdir(handed_in, 0700) == 0);
	return open(handed_in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void make(int at, char what, const char *name, const char *content)
{
	int fd;

	/* Nowhere but in there. */
	if (*name == '/' || strstr(name, ".."))
		return;
	switch (what % 6) {
	case 0:
		fd = openat(at, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0 && write(fd, content, strlen(content)) >= 0)
			close(fd);
		break;
	case 1:
		mkdirat(at, name, 0700);
		break;
	case 2:
		symlinkat("../secret.c", at, name);
		break;
	case 3:
		symlinkat(content, at, name);
		break;
	case 4:
		mkfifoat(at, name, 0600);
		break;
	default:
		linkat(at, content, at, name, 0);
	}
}

static void furnish(int at, const char *list, size_t n)
{
	for (int i = 0; i < THINGS_MAX && n > 1; i++) {
		char what = *list, name[NAME_BYTES_MAX + 1];
		size_t length = strnlen(list + 1, n - 1);

		snprintf(name, sizeof(name), "%.*s", (int)length, list + 1);
		if (length + 2 > n)
			return;
		list += length + 2;
		n -= length + 2;
		/* A NUL always comes, behind the whole. */
		make(at, what, name, list);
		if (what % 6 == 0 || what % 6 == 3 || what % 6 == 5) {
			length = strnlen(list, n);
			length += length < n;
			list += length;
			n -= length;
		}
	}
}

/* Only what the lab names, and never what a link leads to. */
static void look_over(const struct stage *s, const struct lab *l)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct staged_file *f = &s->file[i];
		bool named = false;

		for (const char *const *p = l->programs; *p; p++) {
			char *path = text("src/%s/%s.c", l->name, *p);

			named |= strcmp(f->path, path) == 0;
			free(path);
		}
		must(named);
		must(f->content.n <= SOURCE_BYTES_MAX);
		must(f->content.n != 6 ||
		     memcmp(f->content.data, "SECRET", 6) != 0);
	}
}

static void drop(struct stage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->file[i].path);
		bytes_free(&s->file[i].content);
	}
	free(s->file);
	*s = (struct stage){0};
}

static void take(const struct lab *l, bool several_labs)
{
	static struct stage s;

	if (setjmp(refused) == 0)
		stage_submission(&s, handed_in, l, several_labs);
	look_over(&s, l);
	drop(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *list = must_calloc(n + 1, 1);
	int at = folder();

	memcpy(list, data, n);
	furnish(at, list, n);
	free(list);
	for (const struct lab *const *l = course; *l; l++) {
		take(*l, false);
		take(*l, true);
		/* Who refuses ends, and closes nothing. */
		close_range((unsigned)at + 1, ~0u, 0);
	}
	close(at);
	clear(handed_in);
	return 0;
}
