/* SPDX-License-Identifier: MIT */
/* grader_stage.c - tests of staging: what is taken from real directories. */
#define _GNU_SOURCE 1
#include "stage.h"

#include "common_child.h"
#include "probe.h"
#include "room.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

static const char *const programs[] = {"server", "client", NULL};
static const struct lab lab = {.name = "09-test", .programs = programs};

static char dir[64]; /* the submission, new for every test */
static char at_buffer[256];

/* A path inside the submission; good until the next call. */
static const char *at(const char *name)
{
	snprintf(at_buffer, sizeof(at_buffer), "%s/%s", dir, name);
	return at_buffer;
}

static void make_dir(const char *name)
{
	assert_int_equal(mkdir(at(name), 0755), 0);
}

static void make_checkout(void)
{
	make_dir("labs");
	make_dir("labs/09-test");
}

static void make_file(const char *name, const void *content, size_t n)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_EXCL, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, n), n);
	close(fd);
}

static void make_text(const char *name, const char *content)
{
	make_file(name, content, strlen(content));
}

static void make_link(const char *to, const char *name)
{
	assert_int_equal(symlink(to, at(name)), 0);
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

static void assert_staged(const struct stage *s, const char *path, mode_t mode,
			  const void *content, size_t n)
{
	const struct staged_file *f;
	size_t i = 0;

	while (i < s->n && strcmp(s->file[i].path, path) != 0)
		i++;
	assert_string_equal(i < s->n ? s->file[i].path : "not staged", path);
	f = &s->file[i];
	assert_int_equal(f->mode, mode);
	assert_int_equal(f->content.n, n);
	if (n)
		assert_memory_equal(f->content.data, content, n);
}

static struct stage staged(bool several)
{
	struct stage s = {0};

	stage_submission(&s, dir, &lab, several);
	return s;
}

/* ---- what is taken ---- */

static void takes_the_labs_own_folder(void **state)
{
	struct stage s;

	(void)state;
	make_file("server.c", "int\0\377main", 9);
	make_text("client.c", "");
	s = staged(false);
	assert_int_equal(s.n, 2);
	assert_staged(&s, "src/09-test/server.c", 0644, "int\0\377main", 9);
	assert_staged(&s, "src/09-test/client.c", 0644, "", 0);
	drop(&s);
}

static void takes_a_checkout(void **state)
{
	struct stage s;

	(void)state;
	make_checkout();
	make_text("labs/09-test/server.c", "right");
	make_text("labs/09-test/client.c", "too");
	make_text("server.c", "not this one");
	for (int several = 0; several <= 1; several++) {
		s = staged(several);
		assert_int_equal(s.n, 2);
		assert_staged(&s, "src/09-test/server.c", 0644, "right", 5);
		assert_staged(&s, "src/09-test/client.c", 0644, "too", 3);
		drop(&s);
	}
}

static void takes_a_folder_of_folders(void **state)
{
	const struct lab *first = course[0], *second = course[1];
	char path[128], staged_as[128];
	struct stage s = {0};

	(void)state;
	make_dir(first->name);
	snprintf(path, sizeof(path), "%s/server.c", first->name);
	snprintf(staged_as, sizeof(staged_as), "src/%s/server.c", first->name);
	make_text(path, "in there");
	make_text("server.c", "not this one");
	stage_submission(&s, dir, first, false);
	stage_submission(&s, dir, second, true);
	assert_int_equal(s.n, 1);
	assert_staged(&s, staged_as, 0644, "in there", 8);
	drop(&s);
}

static void leaves_out_what_is_missing(void **state)
{
	struct stage s;

	(void)state;
	make_text("client.c", "int main");
	s = staged(false);
	assert_int_equal(s.n, 1);
	assert_staged(&s, "src/09-test/client.c", 0644, "int main", 8);
	drop(&s);
}

static void leaves_everything_else_alone(void **state)
{
	struct stage s;

	(void)state;
	make_text("server.c", "x");
	make_text("server", "a program");
	make_text("server.h", "a header");
	make_text("Makefile", "all:");
	make_link("/etc/passwd", "passwd");
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	make_dir("client");
	make_text("client/client.c", "too deep");
	s = staged(false);
	assert_int_equal(s.n, 1);
	drop(&s);
}

static void several_labs_need_not_all_be_there(void **state)
{
	struct stage s;

	(void)state;
	make_dir("labs");
	s = staged(true);
	assert_int_equal(s.n, 0);
	make_dir("labs/09-test");
	s = staged(true);
	assert_int_equal(s.n, 0);
	drop(&s);
}

static void adds_to_what_is_staged(void **state)
{
	static const struct lab other = {.name = "10-more",
					 .programs = programs};
	struct stage s = {0};

	(void)state;
	make_checkout();
	make_dir("labs/10-more");
	make_text("labs/09-test/server.c", "nine");
	make_text("labs/10-more/server.c", "ten");
	stage_submission(&s, dir, &lab, true);
	stage_submission(&s, dir, &other, true);
	assert_int_equal(s.n, 2);
	assert_staged(&s, "src/09-test/server.c", 0644, "nine", 4);
	assert_staged(&s, "src/10-more/server.c", 0644, "ten", 3);
	drop(&s);
}

static void follows_what_the_operator_names(void **state)
{
	struct stage s = {0};

	(void)state;
	make_dir("real");
	make_text("real/server.c", "x");
	make_link("real", "link");
	stage_submission(&s, at("link"), &lab, false);
	assert_int_equal(s.n, 1);
	drop(&s);
}

static void takes_the_largest(void **state)
{
	struct stage s;

	(void)state;
	make_text("server.c", "");
	assert_int_equal(truncate(at("server.c"), SOURCE_BYTES_MAX), 0);
	s = staged(false);
	assert_int_equal(s.file[0].content.n, SOURCE_BYTES_MAX);
	drop(&s);
}

static void closes_what_it_opens(void **state)
{
	int before = probe_descriptors(getpid());
	struct stage s;

	(void)state;
	make_text("server.c", "x");
	s = staged(false);
	drop(&s);
	make_checkout();
	make_text("labs/09-test/client.c", "x");
	s = staged(false);
	drop(&s);
	s = staged(true);
	drop(&s);
	assert_int_equal(probe_descriptors(getpid()), before);
}

/* ---- what is refused ---- */

static const char *named; /* what the operator names, below dir */
static bool several_named;

static void stage_named(void)
{
	struct stage s = {0};

	/* Permissions mean nothing to root: be nobody. */
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return;
	stage_submission(&s, *named ? at(named) : dir, &lab, several_named);
}

/* Exit status 2, and one line: the path below dir first, then why. */
static void assert_refused(const char *path, const char *why)
{
	struct ending end = end_of(stage_named);
	char start[512], *reason, *line_end = strchr(end.said, '\n');
	int n = snprintf(start, sizeof(start), "grade: %s%s%s: ", dir,
			 *path ? "/" : "", path);

	if (strncmp(end.said, start, (size_t)n) != 0)
		assert_string_equal(end.said, start);
	reason = end.said + n;
	if (!strstr(reason, why))
		assert_string_equal(reason, why);
	assert_ptr_equal(line_end, end.said + strlen(end.said) - 1);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), EXIT_USAGE);
}

static void refuses_what_is_no_directory(void **state)
{
	(void)state;
	make_text("file", "");
	named = "file";
	assert_refused("file", "Not a directory");
	named = "missing";
	assert_refused("missing", "No such file or directory");
}

static void refuses_what_holds_nothing(void **state)
{
	(void)state;
	assert_refused("", "server.c");
	make_text("README.md", "");
	assert_refused("", "server.c");
	make_dir("labs");
	assert_refused("labs", "no 09-test");
	make_dir("labs/09-test");
	assert_refused("labs/09-test", "no server.c");
}

static void several_labs_need_more_than_one(void **state)
{
	(void)state;
	several_named = true;
	make_text("server.c", "");
	assert_refused("", "no labs");
}

#define A_LINK "is a symbolic link, which is never followed"

static void refuses_a_linked_file(void **state)
{
	static const char *const targets[] = {"real.c",	     "nowhere",
					      ".",	     "/dev/zero",
					      "/etc/passwd", "server.c"};

	(void)state;
	make_text("real.c", "int main");
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		make_link(targets[i], "server.c");
		assert_refused("server.c", A_LINK);
		unlink(at("server.c"));
	}
	make_text("server.c", "good");
	make_link("real.c", "client.c");
	assert_refused("client.c", A_LINK);
}

static void refuses_linked_folders(void **state)
{
	(void)state;
	make_dir("real");
	make_dir("real/09-test");
	make_text("real/09-test/server.c", "");
	make_link("real", "labs");
	assert_refused("labs", A_LINK);
	several_named = true;
	assert_refused("labs", A_LINK);
	unlink(at("labs"));
	make_link("nowhere", "labs");
	assert_refused("labs", A_LINK);
	unlink(at("labs"));
	make_dir("labs");
	make_link("../real/09-test", "labs/09-test");
	assert_refused("labs/09-test", A_LINK);
	unlink(at("labs/09-test"));
	make_dir("labs/09-test");
	make_link("../../real/09-test/server.c", "labs/09-test/server.c");
	assert_refused("labs/09-test/server.c", A_LINK);
}

static void refuses_folders_that_are_none(void **state)
{
	(void)state;
	make_text("labs", "");
	assert_refused("labs", "Not a directory");
	unlink(at("labs"));
	make_dir("labs");
	make_text("labs/09-test", "");
	assert_refused("labs/09-test", "Not a directory");
}

static void refuses_a_fifo_at_once(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(at("server.c"), 0644), 0);
	assert_refused("server.c", "not a regular file");
}

static void refuses_a_directory_for_a_file(void **state)
{
	(void)state;
	make_dir("server.c");
	assert_refused("server.c", "not a regular file");
}

static void refuses_a_socket(void **state)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	snprintf(name.sun_path, sizeof(name.sun_path), "%.64s/server.c", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	close(fd);
	chmod(at("server.c"), 0666);
	assert_refused("server.c", "No such device or address");
}

static void refuses_a_device(void **state)
{
	(void)state;
	if (mknod(at("server.c"), S_IFCHR | 0666, makedev(1, 5)) < 0)
		skip(); /* only root may */
	chmod(at("server.c"), 0666);
	assert_refused("server.c", "not a regular file");
}

static void refuses_the_too_large(void **state)
{
	(void)state;
	make_text("server.c", "");
	assert_int_equal(truncate(at("server.c"), SOURCE_BYTES_MAX + 1), 0);
	assert_refused("server.c", "larger than 1048576 bytes");
	assert_int_equal(truncate(at("server.c"), (off_t)1 << 30), 0);
	assert_refused("server.c", "larger than 1048576 bytes");
}

static void refuses_the_unreadable(void **state)
{
	(void)state;
	make_text("server.c", "");
	chmod(at("server.c"), 0);
	assert_refused("server.c", "Permission denied");
	make_dir("labs");
	chmod(at("labs"), 0);
	assert_refused("labs", "Permission denied");
	chmod(at("labs"), 0755);
	make_dir("labs/09-test");
	chmod(at("labs/09-test"), 0);
	assert_refused("labs/09-test", "Permission denied");
	chmod(dir, 0);
	assert_refused("", "Permission denied");
	chmod(dir, 0755);
}

/* ---- what the course gives ---- */

static void make_course(void)
{
	make_dir("common");
	make_text("common/io.h", "header");
	make_text("common/io.c", "source");
	make_text("common/h", "neither");
	make_text("common.a", "archive");
	make_text("agent", "program");
	make_text("witness.so", "library");
	make_text("ordered.so", "another");
}

static void takes_what_a_trial_needs(void **state)
{
	int before = probe_descriptors(getpid());
	struct stage s = {0};

	(void)state;
	make_course();
	stage_course(&s, dir, dir);
	assert_staged(&s, "common/io.h", 0644, "header", 6);
	assert_staged(&s, "common/common.a", 0644, "archive", 7);
	assert_staged(&s, "run/agent", 0755, "program", 7);
	assert_staged(&s, "run/witness.so", 0755, "library", 7);
	assert_staged(&s, "run/ordered.so", 0755, "another", 7);
	for (size_t i = 0; i < s.n; i++) {
		assert_null(strstr(s.file[i].path, "io.c"));
		assert_string_not_equal(s.file[i].path, "common/h");
	}
	assert_int_equal(probe_descriptors(getpid()), before);
	drop(&s);
}

static void stage_whole_course(void)
{
	struct stage s = {0};

	stage_course(&s, dir, dir);
}

static void assert_unbuilt(const char *missing, const char *why)
{
	struct ending end = end_of(stage_whole_course);
	char line[512];

	snprintf(line, sizeof(line), "grade: %s%s: %s\n", at(missing), why,
		 strerror(ENOENT));
	assert_string_equal(end.said, line);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), EXIT_GRADER);
}

static void names_what_was_not_built(void **state)
{
	static const char *const parts[] = {"common.a", "agent", "witness.so",
					    "ordered.so"};

	(void)state;
	assert_unbuilt("common", "");
	make_course();
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		assert_int_equal(unlink(at(parts[i])), 0);
		assert_unbuilt(parts[i],
			       " (a part of the grader; `make` builds it)");
		make_text(parts[i], "");
	}
}

/* ---- writing it again ---- */

static void assert_written(const char *name, mode_t mode, const char *content)
{
	struct stat st;
	char *s;

	assert_int_equal(lstat(at(name), &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	assert_true(S_ISREG(st.st_mode));
	s = slurp(at(name), 1000);
	assert_string_equal(s, content);
	free(s);
}

static void writes_what_was_staged(void **state)
{
	struct stage s = {0};

	(void)state;
	make_course();
	make_text("server.c", "int main");
	stage_submission(&s, dir, &lab, false);
	stage_course(&s, dir, dir);
	make_dir("room");
	stage_write(&s, at("room"));
	assert_written("room/src/09-test/server.c", 0644, "int main");
	assert_written("room/common/common.a", 0644, "archive");
	assert_written("room/run/agent", 0755, "program");
	drop(&s);
}

static void write_into_room(void)
{
	struct staged_file f = {.path = (char *)(uintptr_t) "a/b",
				.mode = 0644};
	struct stage s = {&f, 1};

	stage_write(&s, at("room"));
}

static void writes_over_nothing(void **state)
{
	struct ending end;

	(void)state;
	make_dir("room");
	make_dir("room/a");
	make_text("victim", "precious");
	make_link("../../victim", "room/a/b");
	end = end_of(write_into_room);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), EXIT_GRADER);
	assert_non_null(strstr(end.said, "room/a/b: File exists\n"));
	assert_written("victim", 0644, "precious");
}

/* ---- each test has a directory of its own ---- */

static int begin(void **state)
{
	(void)state;
	named = "";
	several_named = false;
	umask(022);
	strcpy(dir, "/tmp/grader_stage.XXXXXX");
	return mkdtemp(dir) && chmod(dir, 0755) == 0 ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	room_remove_tree(dir);
	return access(dir, F_OK) == 0 ? -1 : 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_the_labs_own_folder),
		TEST(takes_a_checkout),
		TEST(takes_a_folder_of_folders),
		TEST(leaves_out_what_is_missing),
		TEST(leaves_everything_else_alone),
		TEST(several_labs_need_not_all_be_there),
		TEST(adds_to_what_is_staged),
		TEST(follows_what_the_operator_names),
		TEST(takes_the_largest),
		TEST(closes_what_it_opens),
		TEST(refuses_what_is_no_directory),
		TEST(refuses_what_holds_nothing),
		TEST(several_labs_need_more_than_one),
		TEST(refuses_a_linked_file),
		TEST(refuses_linked_folders),
		TEST(refuses_folders_that_are_none),
		TEST(refuses_a_fifo_at_once),
		TEST(refuses_a_directory_for_a_file),
		TEST(refuses_a_socket),
		TEST(refuses_a_device),
		TEST(refuses_the_too_large),
		TEST(refuses_the_unreadable),
		TEST(takes_what_a_trial_needs),
		TEST(names_what_was_not_built),
		TEST(writes_what_was_staged),
		TEST(writes_over_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
