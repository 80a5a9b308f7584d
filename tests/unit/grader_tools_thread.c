/* SPDX-License-Identifier: MIT */
/* grader_tools_thread.c - tests of what is made of helgrind's words. */
#define _GNU_SOURCE 1
#include "check.h"
#include "words/thread.h"

#include "grader_trial.h"

#include <fcntl.h>
#include <sys/stat.h>

static char notes[] = "/tmp/grader_notes.XXXXXX";

static void put(const char *name, const char *content)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", notes, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
}

static void look_for_races(struct trial *t)
{
	t->notes = open(notes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_no_race(t);
}

static void assert_seen(void (*look)(struct trial *t), const char *diagnosis,
			const char *seen)
{
	json_t *v = verdict_of(look);

	assert_word(v, "got", seen);
	assert_word(v, "diagnosis", diagnosis);
	json_decref(v);
}

#define assert_no_race() assert_seen(look_for_races, "(none)", "(none)")
#define assert_race(seen) assert_seen(look_for_races, "data-race", seen)

#define XML(errors) \
	"<?xml version=\"1.0\"?>\n<valgrindoutput>" errors "</valgrindoutput>\n"
#define FRAME(obj, fn, file, line)                                        \
	"<frame><ip>0x1</ip><obj>" obj "</obj><fn>" fn "</fn><file>" file \
	"</file><line>" line "</line></frame>"
#define OWN(fn, line) FRAME("/out/server", fn, "server.c", line)
#define START                                                              \
	"<frame><ip>0x2</ip><obj>/usr/libexec/valgrind/vgpreload.so</obj>" \
	"</frame>" FRAME("/lib/libc.so.6", "start_thread", "pthread.c", "4")
#define HANDLED "<frame><ip>0x3</ip><obj>/lib/libc.so.6</obj></frame>"
#define RACE(first, second, tail)                                             \
	"<error><kind>Race</kind><xwhat><text>Possible data race during "     \
	"write of size 8 at 0x1 by thread #3</text></xwhat><stack>" first     \
	"</stack><xauxwhat><text>This conflicts with a previous read of "     \
	"size 8 by thread #2</text></xauxwhat><stack>" second "</stack>" tail \
	"</error>"
#define SYMBOL                                                         \
	"<auxwhat>Address 0x1 is 0 bytes inside data symbol \"bytes\"" \
	"</auxwhat>"

static void names_both_lines(void **state)
{
	(void)state;
	put("helgrind.7.xml",
	    XML(RACE(OWN("leave", "75") START,
		     OWN("sum_up", "170") OWN("main", "190"), SYMBOL)));
	assert_race("helgrind: a write of bytes at server.c:75, in leave(), "
		    "and another thread's read at server.c:170, in sum_up(): "
		    "nothing says which comes first");
	put("helgrind.7.xml",
	    XML(RACE(OWN("f", "1") START, OWN("f", "2") START, "")));
	assert_race("helgrind: a write at server.c:1, in f(), and another "
		    "thread's read at server.c:2, in f(): nothing says which "
		    "comes first");
}

static void a_copy_is_the_callers(void **state)
{
	(void)state;
	put("helgrind.7.xml", XML(RACE(FRAME("/lib/libc.so.6", "__memcpy_avx",
					     "m.S", "9") OWN("f", "1") START,
				       OWN("f", "2") START, "")));
	assert_race("helgrind: a write at server.c:1, in f(), and another "
		    "thread's read at server.c:2, in f(): nothing says which "
		    "comes first");
}

static void others_business_is_not_counted(void **state)
{
	static const char *const innocent[] = {
		/* inside the C library, on either side */
		XML(RACE(FRAME("/lib/libc.so.6", "_IO_puts", "p.c", "1")
				 OWN("f", "1") START,
			 OWN("f", "2") START, "")),
		XML(RACE(OWN("f", "2") START,
			 FRAME("/lib/libc.so.6", "_IO_puts", "p.c", "1")
				 OWN("f", "1") START,
			 "")),
		/* in a handler */
		XML(RACE(OWN("on_term", "3") HANDLED OWN("main", "9"),
			 OWN("f", "2") START, "")),
		XML(RACE(OWN("f", "2") START,
			 OWN("set", "3") OWN("on_term", "4")
				 HANDLED OWN("main", "9"),
			 "")),
		/* one of the two is not known */
		XML("<error><kind>Race</kind><xwhat><text>Possible data race "
		    "during write</text></xwhat><stack>" OWN("f", "2") START
		    "</stack></error>"),
		/* another matter */
		XML("<error><kind>LockOrder</kind><xwhat><text>lock order"
		    "</text></xwhat><stack>" OWN("f", "2") START
		    "</stack></error>"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(innocent) / sizeof(*innocent); i++) {
		put("helgrind.7.xml", innocent[i]);
		assert_no_race();
	}
}

#define UNLOCK(kind, stack)                                               \
	"<error><kind>" kind "</kind><xwhat><text>Thread #2 unlocked a "  \
	"lock</text></xwhat><stack><frame><ip>0x4</ip><obj>/usr/libexec/" \
	"valgrind/vgpreload_helgrind.so</obj></frame>" stack "</stack>"   \
	"</error>"

static void a_lock_is_released_by_its_holder(void **state)
{
	static const char *const kinds[] = {
		XML(UNLOCK("UnlockUnlocked", OWN("leave", "7") START)),
		XML(UNLOCK("UnlockForeign",
			   FRAME("/out/server", "Pthread_mutex_unlock",
				 "wrap_thread.c", "3") OWN("leave", "7")
				   START)),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		put("helgrind.7.xml", kinds[i]);
		assert_seen(look_for_races, "lock-not-held",
			    "helgrind: at server.c:7, in leave() a lock is "
			    "released that this thread does not hold");
	}
	/* what the C library does with its own */
	put("helgrind.7.xml",
	    XML(UNLOCK("UnlockForeign", FRAME("/lib/libc.so.6", "fclose", "f.c",
					      "9") OWN("leave", "7") START)));
	assert_no_race();
}

static void looks_past_what_does_not_count(void **state)
{
	json_t *v;

	(void)state;
	put("helgrind.7.xml",
	    XML(RACE(OWN("on_term", "3") HANDLED OWN("main", "9"),
		     OWN("f", "2") START, "")
			RACE(OWN("f", "5") START, OWN("f", "6") START, "")));
	v = verdict_of(look_for_races);
	assert_non_null(strstr(word_of(v, "got"), "server.c:5"));
	json_decref(v);
}

static void a_report_that_is_not_there_is_a_finding(void **state)
{
	static const char gone[] = "helgrind's report has been removed or "
				   "overwritten by the program";

	(void)state;
	put("helgrind.7.xml", "");
	assert_race(gone);
	put("helgrind.7.xml", "nothing that valgrind would write");
	assert_race(gone);
	put("helgrind.7.xml", "<valgrindoutput>"); /* killed in the middle */
	assert_no_race();
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(notes) ? 0 : -1;
}

static int end(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/helgrind.7.xml", notes);
	unlink(path);
	return rmdir(notes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_both_lines),
		cmocka_unit_test(a_copy_is_the_callers),
		cmocka_unit_test(others_business_is_not_counted),
		cmocka_unit_test(a_lock_is_released_by_its_holder),
		cmocka_unit_test(looks_past_what_does_not_count),
		cmocka_unit_test(a_report_that_is_not_there_is_a_finding),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
