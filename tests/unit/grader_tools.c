/* SPDX-License-Identifier: MIT */
/* grader_tools.c - tests of what is made of memcheck's and the sanitizers' words. */
#define _GNU_SOURCE 1
#include "check.h"

#include "grader_trial.h"

#include "room.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char room[64]; /* with trial/notes in it, new for every test */
static char path_buffer[160];

static const char *note(const char *name)
{
	snprintf(path_buffer, sizeof(path_buffer), "%s/trial/notes/%s", room,
		 name);
	return path_buffer;
}

static void put_bytes(const char *name, const void *content, size_t n)
{
	int fd = open(note(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, n), n);
	close(fd);
}

static void put(const char *name, const char *content)
{
	put_bytes(name, content, strlen(content));
}

/* ---- the trial ---- */

static bool exact;
static pid_t under_memcheck; /* a program that was, by its own pid; 0: none */
static const char *note_later;

static void look_at_notes(struct trial *t)
{
	static struct program p = {.line = (char *)(uintptr_t) "server",
				   .tool = MEMCHECK,
				   .in = -1,
				   .out = -1,
				   .err = -1};

	/* Hostile input may be slow or large, but not without end. */
	setrlimit(RLIMIT_CPU, &(struct rlimit){20, 20});
	alarm(HANGS_AFTER_SECONDS);
	t->notes = open(note("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (under_memcheck) {
		p.pid = p.inner = under_memcheck;
		t->program[t->programs++] = &p;
	}
	expect_clean_memory(t, exact);
	if (note_later) {
		put("memcheck.99.xml", note_later);
		expect_clean_memory(t, exact);
	}
}

static json_t *verdict(bool echo_exact)
{
	exact = echo_exact;
	return verdict_of(look_at_notes);
}

static void assert_clean(void)
{
	for (int echo_exact = 0; echo_exact <= 1; echo_exact++) {
		json_t *v = verdict(echo_exact);

		assert_word(v, "got", "(none)");
		assert_word(v, "status", "pass");
		json_decref(v);
	}
}

static void assert_found(bool echo_exact, const char *id, const char *seen)
{
	json_t *v = verdict(echo_exact);

	assert_word(v, "got", seen);
	assert_word(v, "diagnosis", id);
	assert_word(v, "status", "fail");
	json_decref(v);
}

/* ---- memcheck ---- */

#define HEAD                                                            \
	"<?xml version=\"1.0\"?>\n<valgrindoutput>\n"                   \
	"<protocolversion>4</protocolversion>\n<pid>12</pid>\n<status>" \
	"<state>RUNNING</state><time>0</time></status>\n"
#define TAIL "<status><state>FINISHED</state></status>\n</valgrindoutput>\n"

#define FRAME(file, line, fn)                                           \
	"<frame><ip>0x10</ip><obj>/o</obj><fn>" fn "</fn><dir>/d</dir>" \
	"<file>" file "</file><line>" line "</line></frame>\n"
#define ERROR(kind, what, frames)                                             \
	"<error><unique>0x0</unique><tid>1</tid><kind>" kind "</kind>\n" what \
	"<stack>" frames "</stack></error>\n"
#define WHAT(s) "<what>" s "</what>\n"
#define LIBC "<frame><ip>0x1</ip><obj>/lib/libc.so</obj><fn>memcpy</fn></frame>"

static const char invalid_read[] = HEAD ERROR(
	"InvalidRead", WHAT("Invalid read of size 1"),
	LIBC FRAME("other.c", "7", "helper") FRAME("server.c", "41", "serve")
		FRAME("server.c", "90", "main")) TAIL;

static const char invalid_read_found[] =
	"valgrind: Invalid read of size 1 (server.c:41, in serve())";

static void clean_is_clean(void **state)
{
	(void)state;
	assert_clean(); /* no note at all */
	put("memcheck.12.xml", HEAD TAIL);
	put("memcheck.13.xml", "");
	assert_clean();
}

static void finds_an_error(void **state)
{
	json_t *v;

	(void)state;
	put("memcheck.12.xml", HEAD TAIL);
	put("memcheck.13.xml", invalid_read);
	assert_found(true, "memory-error", invalid_read_found);
	assert_found(false, "memory-error", invalid_read_found);
	v = verdict(true);
	assert_int_equal(json_integer_value(json_object_get(v, "failed_step")),
			 1);
	json_decref(v);
}

static void names_the_first_of_a_file(void **state)
{
	(void)state;
	put("memcheck.1.xml",
	    HEAD ERROR("InvalidWrite", WHAT("Invalid write of size 4"),
		       FRAME("client.c", "3", "main"))
		    ERROR("InvalidRead", WHAT("Invalid read of size 1"),
			  FRAME("server.c", "5", "main")) TAIL);
	assert_found(true, "memory-error",
		     "valgrind: Invalid write of size 4 (client.c:3, in "
		     "main())");
}

static void errors_elsewhere_count_too(void **state)
{
	(void)state;
	put("memcheck.1.xml",
	    HEAD ERROR("InvalidFree", WHAT("Invalid free()"), LIBC) TAIL);
	assert_found(true, "memory-error",
		     "valgrind: Invalid free() (outside the program's own "
		     "source)");
	/* Not this lab's: a longer name, another ending. */
	put("memcheck.1.xml",
	    HEAD ERROR("InvalidFree", WHAT("Invalid free()"),
		       FRAME("myserver.c", "1", "f") FRAME("zerver.c", "1", "f")
			       FRAME("server.cc", "1", "f")
				       FRAME("server", "1", "f")) TAIL);
	assert_found(true, "memory-error",
		     "valgrind: Invalid free() (outside the program's own "
		     "source)");
}

static void leaks_do_not_count(void **state)
{
	(void)state;
	put("memcheck.1.xml",
	    HEAD ERROR("Leak_DefinitelyLost",
		       "<xwhat><text>64 bytes are definitely lost</text>"
		       "</xwhat>\n",
		       FRAME("server.c", "1", "main")) TAIL);
	assert_clean();
}

#define LEAK(kind, blocks)                                           \
	ERROR(kind,                                                  \
	      "<xwhat><text>" blocks " blocks</text><leakedbytes>64" \
	      "</leakedbytes><leakedblocks>" blocks                  \
	      "</leakedblocks></xwhat>\n",                           \
	      FRAME("server.c", "9", "add"))

static void look_for_leaks(struct trial *t)
{
	static struct program p = {.tool = MEMCHECK, .pid = 12, .inner = 12};

	t->notes = open(note("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	t->program[t->programs++] = &p;
	expect_no_leak(t, 10);
}

static void leaks_count_where_they_are_asked_for(void **state)
{
	static const struct {
		const char *xml, *status;
	} cases[] = {
		{HEAD LEAK("Leak_DefinitelyLost", "9") TAIL, "pass"},
		{HEAD LEAK("Leak_StillReachable", "10") TAIL, "pass"},
		{HEAD LEAK("Leak_PossiblyLost", "10") TAIL, "pass"},
		{HEAD LEAK("Leak_DefinitelyLost", "10") TAIL, "fail"},
		{HEAD LEAK("Leak_DefinitelyLost", "1")
			 LEAK("Leak_IndirectlyLost", "10") TAIL,
		 "fail"},
		{HEAD "<error><kind>Leak_DefinitelyLost</kind></error>" TAIL,
		 "pass"},
		{"", "pass"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *v;

		put("memcheck.12.xml", cases[i].xml);
		v = verdict_of(look_for_leaks);
		assert_word(v, "status", cases[i].status);
		if (strcmp(cases[i].status, "fail") == 0)
			assert_word(v, "got",
				    "valgrind: 10 blocks (server.c:9, in "
				    "add())");
		json_decref(v);
	}
}

#define UNINITIALISED(call) \
	"Syscall param " call " points to uninitialised byte(s)"

static void uninitialised_bytes_count_if_they_may_have_left(void **state)
{
	static const char *const outputs[] = {
		HEAD ERROR("SyscallParam", WHAT(UNINITIALISED("write(buf)")),
			   FRAME("server.c", "9", "report")) TAIL,
		HEAD ERROR("SyscallParam",
			   WHAT(UNINITIALISED("socketcall.sendto(msg)")),
			   FRAME("server.c", "9", "report")) TAIL,
		HEAD ERROR("SyscallParam",
			   WHAT(UNINITIALISED("writev(vector[0])")),
			   FRAME("server.c", "9", "report")) TAIL,
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		json_t *v;

		put("memcheck.1.xml", outputs[i]);
		v = verdict(true);
		assert_word(v, "status", "pass");
		json_decref(v);
		v = verdict(false);
		assert_word(v, "diagnosis", "sends-uninitialised");
		assert_non_null(
			strstr(word_of(v, "got"), "(server.c:9, in report())"));
		json_decref(v);
	}
	/* Whatever was sent, a decision on such bytes is an error. */
	put("memcheck.1.xml",
	    HEAD ERROR("SyscallParam", WHAT(UNINITIALISED("write(buf)")),
		       FRAME("server.c", "9", "report"))
		    ERROR("UninitCondition",
			  WHAT("Conditional jump depends on uninitialised "
			       "value(s)"),
			  FRAME("server.c", "11", "main")) TAIL);
	assert_found(true, "memory-error",
		     "valgrind: Conditional jump depends on uninitialised "
		     "value(s) (server.c:11, in main())");
	put("memcheck.1.xml",
	    HEAD ERROR("SyscallParam", WHAT(UNINITIALISED("bind(my_addr)")),
		       FRAME("server.c", "9", "main")) TAIL);
	assert_found(
		true, "memory-error",
		"valgrind: " UNINITIALISED("bind(my_addr)") " (server.c:9, "
							    "in main())");
}

static void the_words_may_be_elsewhere(void **state)
{
	(void)state;
	put("memcheck.1.xml",
	    HEAD ERROR("FishyValue",
		       "<xwhat><text>Argument is fishy</text></xwhat>\n",
		       FRAME("server.c", "1", "main")) TAIL);
	assert_found(true, "memory-error",
		     "valgrind: Argument is fishy (server.c:1, in main())");
}

/* ---- files that are not as they should be ---- */

/* A process that was killed leaves half a file. */
static void half_a_file_is_read_as_far_as_it_goes(void **state)
{
	size_t n = strlen(invalid_read), found = 0;

	(void)state;
	put_bytes("memcheck.1.xml", invalid_read, n - strlen(TAIL));
	assert_found(true, "memory-error", invalid_read_found);
	put_bytes("memcheck.1.xml", invalid_read, strlen(HEAD));
	assert_clean();
	/* Wherever it breaks off: a verdict, and never another finding. */
	for (size_t cut = 0; cut <= n; cut += 23) {
		json_t *v;

		put_bytes("memcheck.1.xml", invalid_read, cut);
		v = verdict(true);
		if (strcmp(word_of(v, "status"), "fail") == 0) {
			assert_word(v, "diagnosis", "memory-error");
			found++;
		} else {
			assert_word(v, "status", "pass");
			assert_int_equal(found, 0);
		}
		json_decref(v);
	}
	assert_true(found > 0);
}

static void nonsense_finds_nothing(void **state)
{
	static const char *const nonsense[] = {
		"this is no XML",
		"<",
		"<?xml version=\"1.0\"?>",
		"<a><b></a></b>",
		"<html><error><what>no</what></html>",
		"<valgrindoutput><error/>",
		"\xff\xfe\x00",
		"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///dev/zero\">]><x>&e;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		json_t *v;

		put("memcheck.1.xml", nonsense[i]);
		v = verdict(true);
		/* A finding without words is one all the same. */
		assert_string_not_equal(word_of(v, "status"), "error");
		json_decref(v);
	}
	put_bytes("memcheck.1.xml", "\0\0\0\0<error>", 11);
	assert_clean();
}

/* No control character of ASCII, and none of those that UTF-8 adds. */
static void assert_printable(const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		assert_in_range(c, 32, 255);
		assert_int_not_equal(c, 127);
		if (c == 0xc2)
			assert_in_range((unsigned char)s[1], 0xa0, 0xbf);
	}
}

static void hostile_words_are_made_harmless(void **state)
{
	json_t *v;

	(void)state;
	put("memcheck.1.xml",
	    HEAD ERROR("InvalidRead",
		       WHAT("&lt;b&gt;\n&#127;&#155;[2J&#233;&#x202e;&#9;end"),
		       FRAME("server.c", "1\n2&#133;", "f&#9;n")) TAIL);
	v = verdict(true);
	assert_word(v, "diagnosis", "memory-error");
	assert_printable(word_of(v, "got"));
	assert_non_null(strstr(word_of(v, "got"), "<b>"));
	json_decref(v);
	/* XML knows no such characters. */
	put("memcheck.1.xml",
	    HEAD ERROR("InvalidRead", WHAT("a&#27;[2Jb\033[m"),
		       FRAME("server.c", "1", "f")) TAIL);
	v = verdict(true);
	assert_word(v, "diagnosis", "memory-error");
	assert_printable(word_of(v, "got"));
	json_decref(v);
	put("sanitizer.1", "==1==ERROR: \033]0;title\007\xc2\x9b\xff bad\n");
	unlink(note("memcheck.1.xml"));
	v = verdict(true);
	assert_word(v, "diagnosis", "memory-error");
	assert_printable(word_of(v, "got"));
	json_decref(v);
}

/* Ten entities, each ten of the one before, are ten thousand million. */
static void entities_do_not_explode(void **state)
{
	char xml[4096];
	size_t n = 0;
	json_t *v;

	(void)state;
	n += (size_t)snprintf(xml, sizeof(xml),
			      "<!DOCTYPE v [<!ENTITY e0 "
			      "\"aaaaaaaaaa\">");
	for (int i = 1; i < 10; i++) {
		n += (size_t)snprintf(xml + n, sizeof(xml) - n,
				      "<!ENTITY e%d \"", i);
		for (int j = 0; j < 10; j++)
			n += (size_t)snprintf(xml + n, sizeof(xml) - n, "&e%d;",
					      i - 1);
		n += (size_t)snprintf(xml + n, sizeof(xml) - n, "\">");
	}
	snprintf(xml + n, sizeof(xml) - n,
		 "]><v><error><kind>K</kind><what>&e9;</what></error></v>");
	put("memcheck.1.xml", xml);
	v = verdict(true);
	assert_string_not_equal(word_of(v, "status"), "error");
	assert_true(strlen(word_of(v, "got")) < 5000);
	json_decref(v);
}

/* One of a megabyte, named a million times, is not even nested. */
static void entities_are_not_multiplied(void **state)
{
	FILE *f = fopen(note("memcheck.1.xml"), "w");
	json_t *v;

	(void)state;
	fputs("<!DOCTYPE v [<!ENTITY e \"", f);
	for (int i = 0; i < 1 << 20; i++)
		fputc('a', f);
	fputs("\">]><v><error><kind>", f);
	for (int i = 0; i < 1000000; i++)
		fputs("&e;", f);
	fputs("</kind><what>it</what></error></v>", f);
	fclose(f);
	v = verdict(true);
	assert_word(v, "diagnosis", "memory-error");
	json_decref(v);
}

static void nothing_is_fetched_from_elsewhere(void **state)
{
	static const char *const tricks[] = {
		"<!DOCTYPE v [<!ENTITY s SYSTEM \"file://%s\">]>"
		"<v><error><what>is: &s;</what></error></v>",
		"<!DOCTYPE v [<!ENTITY %% p SYSTEM \"file://%s\"> %%p;]>"
		"<v><error><what>is: </what></error></v>",
		"<!DOCTYPE v SYSTEM \"file://%s\">"
		"<v><error><what>is: </what></error></v>",
		"<v xmlns:xi=\"http://www.w3.org/2001/XInclude\"><error>"
		"<what>is: <xi:include href=\"file://%s\" parse=\"text\"/>"
		"</what></error></v>",
	};
	char xml[512];

	(void)state;
	put("secret", "the-secret");
	for (size_t i = 0; i < sizeof(tricks) / sizeof(*tricks); i++) {
		json_t *v;
		size_t n = 0;

		for (const char *p = tricks[i]; *p; p++) {
			if (*p == '%' && p[1] == 's')
				n += (size_t)sprintf(xml + n, "%s",
						     note("secret"));
			else
				xml[n++] = *p;
			p += *p == '%';
		}
		xml[n] = 0;
		put("memcheck.1.xml", xml);
		v = verdict(true);
		assert_word(v, "diagnosis", "memory-error");
		assert_null(strstr(word_of(v, "got"), "secret"));
		json_decref(v);
	}
}

/* What a program has written itself may be as long as it likes. */
static void long_words_are_cut(void **state)
{
	size_t n = 1u << 20;
	char *much = malloc(n + 1);
	json_t *v;
	int fd;

	(void)state;
	memset(much, 'x', n);
	much[n] = 0;
	put("memcheck.1.xml", HEAD "<error><what>");
	fd = open(note("memcheck.1.xml"), O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, much, n), n);
	close(fd);
	v = verdict(true);
	assert_word(v, "status", "fail");
	assert_true(strlen(word_of(v, "got")) < 5000);
	json_decref(v);
	unlink(note("memcheck.1.xml"));
	memcpy(much, "ERROR: ", 7);
	put("sanitizer.1", much);
	v = verdict(true);
	assert_word(v, "status", "fail");
	assert_true(strlen(word_of(v, "got")) < 5000);
	json_decref(v);
	free(much);
}

static void only_files_are_read(void **state)
{
	(void)state;
	put("real", invalid_read);
	assert_int_equal(symlink("real", note("memcheck.1.xml")), 0);
	assert_int_equal(mkdir(note("memcheck.2.xml"), 0755), 0);
	assert_int_equal(mkfifo(note("memcheck.3.xml"), 0644), 0);
	assert_int_equal(mkfifo(note("sanitizer.3"), 0644), 0);
	assert_int_equal(symlink("/dev/zero", note("sanitizer.4")), 0);
	assert_clean();
}

static void the_largest_is_read_in_part(void **state)
{
	(void)state;
	put("memcheck.1.xml", invalid_read);
	assert_int_equal(truncate(note("memcheck.1.xml"), (off_t)1 << 33), 0);
	put("sanitizer.1", "");
	assert_int_equal(truncate(note("sanitizer.1"), (off_t)1 << 33), 0);
	assert_found(true, "memory-error", invalid_read_found);
}

/* To read them all would take minutes. */
static void one_file_of_many_names_is_not_read_for_ever(void **state)
{
	int dir = open(note("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FILE *f = fopen(note("memcheck.1.xml"), "w");
	char name[32];

	(void)state;
	fputs(HEAD, f);
	for (int i = 0; i < 1 << 20; i++)
		fputs("<a/><a/>", f);
	fclose(f);
	for (int i = 1000; i < 3000; i++) {
		snprintf(name, sizeof(name), "memcheck.%d.xml", i);
		assert_int_equal(linkat(dir, "memcheck.1.xml", dir, name, 0),
				 0);
	}
	close(dir);
	under_memcheck = 1000;
	assert_found(true, "memory-error",
		     "valgrind's report has been removed or overwritten "
		     "(by the program)");
	under_memcheck = 0;
}

static void looks_anew_each_time(void **state)
{
	json_t *v;

	(void)state;
	put("memcheck.12.xml", HEAD TAIL);
	note_later = invalid_read;
	v = verdict(true);
	assert_word(v, "diagnosis", "memory-error");
	json_decref(v);
}

/* The program can remove its report, or write another over it. */
static void a_missing_report_is_a_finding(void **state)
{
	static const char *const others[] = {"", "nothing wrong here"};
	json_t *v;

	(void)state;
	under_memcheck = 12;
	put("memcheck.12.xml", HEAD TAIL);
	assert_clean();
	put("memcheck.12.xml", HEAD); /* it was killed */
	assert_clean();
	for (size_t i = 0; i < 3; i++) {
		if (i < 2)
			put("memcheck.12.xml", others[i]);
		else
			unlink(note("memcheck.12.xml"));
		v = verdict(true);
		assert_word(v, "diagnosis", "memory-error");
		assert_word(v, "status", "fail");
		json_decref(v);
	}
	put("memcheck.13.xml", HEAD TAIL);
	v = verdict(true);
	assert_word(v, "status", "fail");
	json_decref(v);
}

/* ---- sanitizers ---- */

static void reads_address_sanitizer(void **state)
{
	(void)state;
	put("sanitizer.77",
	    "=================================================================\n"
	    "==77==ERROR: AddressSanitizer: stack-buffer-overflow on address "
	    "0x7ffd1234 at pc 0x55d0 bp 0x7ffd sp 0x7ffd\n"
	    "WRITE of size 1 at 0x7ffd1234 thread T0\n"
	    "    #0 0x55d0 in memcpy /usr/src/libc.c:1\n"
	    "    #1 0x55d0 in serve /room/src/03-fork/server.c:41:9\n"
	    "    #2 0x55d1 in main /room/src/03-fork/server.c:90\n");
	assert_found(true, "memory-error",
		     "sanitizers: AddressSanitizer: stack-buffer-overflow "
		     "(server.c:41)");
	put("sanitizer.77",
	    "==77==ERROR: AddressSanitizer: SEGV on unknown address 0x000000 "
	    "(pc 0x55d0 bp 0x7ffd sp 0x7ffd T0)\n"
	    "    #0 0x55d0 in main client.c:12\n");
	assert_found(false, "memory-error",
		     "sanitizers: AddressSanitizer: SEGV (client.c:12)");
}

static void reads_undefined_behaviour_sanitizer(void **state)
{
	(void)state;
	put("sanitizer.78",
	    "server.c:12:5: runtime error: index 64 out of bounds for type "
	    "'char [64]'\n    #0 0x1 in main server.c:12\n");
	assert_found(true, "memory-error",
		     "sanitizers: index 64 out of bounds for type 'char [64]' "
		     "(server.c:12)");
	put("sanitizer.78",
	    "../x/y.h:1:1: runtime error: load of null pointer");
	assert_found(true, "memory-error",
		     "sanitizers: load of null pointer (outside the program's "
		     "own source)");
}

static void other_words_are_no_finding(void **state)
{
	(void)state;
	put("sanitizer.1", "==1==WARNING: something\nnothing else\n");
	put("sanitizer.2", "");
	put("witness", invalid_read);
	put("core", "ERROR: x");
	put("memcheck", invalid_read);
	put("my-sanitizer.1", "ERROR: x");
	assert_clean();
}

/* ---- each test has notes of its own ---- */

static int begin(void **state)
{
	char path[128];

	(void)state;
	under_memcheck = 0;
	note_later = NULL;
	strcpy(room, "/tmp/grader_tools.XXXXXX");
	if (!mkdtemp(room))
		return -1;
	snprintf(path, sizeof(path), "%s/trial", room);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/trial/notes", room);
	return mkdir(path, 0755);
}

static int end(void **state)
{
	(void)state;
	room_remove_tree(room);
	return access(room, F_OK) == 0 ? -1 : 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(clean_is_clean),
		TEST(finds_an_error),
		TEST(names_the_first_of_a_file),
		TEST(errors_elsewhere_count_too),
		TEST(leaks_do_not_count),
		TEST(leaks_count_where_they_are_asked_for),
		TEST(uninitialised_bytes_count_if_they_may_have_left),
		TEST(the_words_may_be_elsewhere),
		TEST(half_a_file_is_read_as_far_as_it_goes),
		TEST(nonsense_finds_nothing),
		TEST(hostile_words_are_made_harmless),
		TEST(entities_do_not_explode),
		TEST(entities_are_not_multiplied),
		TEST(nothing_is_fetched_from_elsewhere),
		TEST(long_words_are_cut),
		TEST(only_files_are_read),
		TEST(one_file_of_many_names_is_not_read_for_ever),
		TEST(the_largest_is_read_in_part),
		TEST(looks_anew_each_time),
		TEST(a_missing_report_is_a_finding),
		TEST(reads_address_sanitizer),
		TEST(reads_undefined_behaviour_sanitizer),
		TEST(other_words_are_no_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
