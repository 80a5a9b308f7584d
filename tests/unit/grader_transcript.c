/* SPDX-License-Identifier: MIT */
/* grader_transcript.c - tests of a trial's steps, and of the verdict it ends in. */
/* wrap: write */
#define _GNU_SOURCE 1
#include "trial.h"

#include "grader_trial.h"

#include "diagnoses.h"

#include <stdarg.h>

/* A pipe may take less than it is given. */
ssize_t __real_write(int fd, const void *data, size_t n);
ssize_t __wrap_write(int fd, const void *data, size_t n);

ssize_t __wrap_write(int fd, const void *data, size_t n)
{
	return __real_write(fd, data, n < 1000 ? n : 1000);
}

static json_int_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const json_t *step_of(const json_t *verdict, size_t i)
{
	return json_array_get(json_object_get(verdict, "transcript"), i);
}

static size_t steps_of(const json_t *verdict)
{
	return json_array_size(json_object_get(verdict, "transcript"));
}

static bool is_experiment(const json_t *s)
{
	return json_is_true(json_object_get(s, "experiment"));
}

/* ---- steps ---- */

static void take_two_steps(struct trial *t)
{
	step(t, "start `%s %d`", "server", 7007);
	step(t, "client 1 sends %s", "\"100%\\n\"");
}

static void tells_steps(void **state)
{
	json_t *v = verdict_of(take_two_steps);
	double first, second;

	(void)state;
	assert_word(v, "status", "pass");
	assert_int_equal(steps_of(v), 2);
	assert_word(step_of(v, 0), "what", "start `server 7007`");
	assert_word(step_of(v, 1), "what", "client 1 sends \"100%\\n\"");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(number_of(step_of(v, i), "n"), i + 1);
		assert_false(is_experiment(step_of(v, i)));
	}
	first = json_real_value(json_object_get(step_of(v, 0), "ms"));
	second = json_real_value(json_object_get(step_of(v, 1), "ms"));
	assert_true(0 <= first && first <= second);
	json_decref(v);
}

enum { A_LOT = 1000 };

static void take_many_steps(struct trial *t)
{
	for (int i = 1; i <= A_LOT; i++)
		step(t, "step %d", i);
	fail_as(t, &crash, CRASHED, text("a"), text("b"));
}

/* Of a long transcript the beginning is kept, and the end. */
static void long_transcripts_are_cut_in_the_middle(void **state)
{
	json_t *v = verdict_of(take_many_steps);
	json_int_t before = 0;
	size_t n = steps_of(v);
	char what[16];

	(void)state;
	assert_in_range(n, 50, 300);
	for (size_t i = 0; i < n; i++) {
		json_int_t here = number_of(step_of(v, i), "n");

		assert_true(here > before);
		snprintf(what, sizeof(what), "step %d", (int)here);
		assert_word(step_of(v, i), "what", what);
		before = here;
	}
	assert_word(step_of(v, 0), "what", "step 1");
	assert_word(step_of(v, n - 1), "what", "step 1000");
	assert_int_equal(number_of(v, "failed_step"), A_LOT);
	json_decref(v);
}

/* ---- the ways to end ---- */

static void do_nothing(struct trial *t)
{
	(void)t;
}

static void passes(void **state)
{
	json_t *v = verdict_of(do_nothing);
	const json_t *seconds = json_object_get(v, "seconds");

	(void)state;
	assert_word(v, "status", "pass");
	assert_true(json_is_real(seconds) && json_real_value(seconds) >= 0);
	assert_true(json_is_array(json_object_get(v, "transcript")));
	assert_true(json_is_array(json_object_get(v, "faults")));
	assert_int_equal(steps_of(v), 0);
	assert_null(json_object_get(v, "diagnosis"));
	json_decref(v);
}

static void skip_it(struct trial *t)
{
	step(t, "look");
	json_array_append_new(t->faults, json_string("accept() fails"));
	skip(t, "there is nothing to see");
}

static void skips(void **state)
{
	json_t *v = verdict_of(skip_it);

	(void)state;
	assert_word(v, "status", "skip");
	assert_word(v, "message", "there is nothing to see");
	assert_int_equal(steps_of(v), 1);
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(v, "faults"), 0)),
			    "accept() fails");
	json_decref(v);
}

static void give_it_up(struct trial *t)
{
	give_up(t, text("no %s", "pipe"));
}

static void gives_up(void **state)
{
	json_t *v = verdict_of(give_it_up);

	(void)state;
	assert_word(v, "status", "error");
	assert_word(v, "message", "no pipe");
	assert_null(json_object_get(v, "diagnosis"));
	json_decref(v);
}

static const struct diagnosis mistake = {
	.id = "a-mistake", .title = "It is wrong", .text = "Do it right."};

static void fail_with_a_name(struct trial *t)
{
	step(t, "do");
	step(t, "expect");
	fail_as(t, &mistake, WRONG_FACT, text("this"), text("that"));
}

static void fails_as_the_word_says(void **state)
{
	json_t *v = verdict_of(fail_with_a_name);

	(void)state;
	assert_word(v, "status", "fail");
	assert_word(v, "diagnosis", "a-mistake");
	assert_word(v, "message", "It is wrong");
	assert_word(v, "explanation", "Do it right.");
	assert_word(v, "expected", "this");
	assert_word(v, "got", "that");
	assert_int_equal(number_of(v, "failed_step"), 2);
	assert_int_equal(json_array_size(json_object_get(v, "stderr")), 0);
	assert_null(json_object_get(v, "never_listens"));
	json_decref(v);
}

static void fail_to_listen(struct trial *t)
{
	fail_as(t, &mistake, NEVER_LISTENS, text("this"), text("that"));
}

/* judge.c skips other checks for it. */
static void marks_those_that_never_listen(void **state)
{
	json_t *v = verdict_of(fail_to_listen);

	(void)state;
	assert_true(json_is_true(json_object_get(v, "never_listens")));
	json_decref(v);
}

/* ---- a symptom, when nobody has confirmed himself ---- */

static const struct symptom_case {
	enum symptom symptom;
	const char *id;
	const char *want, *got; /* of the bytes in question */
} symptoms[] = {
	{NOTHING, "unknown", "", ""},
	{NEVER_LISTENS, "never-listens", "", ""},
	{SILENCE, "no-reply", "abc", ""},
	{SILENCE, "wrong-bytes", "abc", "ab"},
	{ENDED_EARLY, "no-reply", "abc", ""},
	{ENDED_EARLY, "wrong-bytes", "abc", "ab"},
	{WAS_RESET, "no-reply", "abc", ""},
	{WAS_RESET, "loses-tail", "abc", "ab"},
	{WAS_RESET, "loses-tail", "", ""},
	{REFUSED, "drops-queued-client", "", ""},
	{WRONG_BYTES, "wrong-bytes", "abc", "abx"},
	{EXTRA_BYTES, "wrong-bytes", "", "x"},
	{NOT_CLOSED, "never-closes", "", ""},
	{NOT_EXITED, "never-exits", "", ""},
	{EXITED, "exits-early", "", ""},
	{CRASHED, "crash", "", ""},
	{WRONG_STATUS, "wrong-exit-status", "", ""},
	{BUSY, "busy-loop", "", ""},
	{GREEDY, "uses-up-everything", "", ""},
	{DOZES, "sleeps-instead-of-waiting", "", ""},
	{WRONG_OUTPUT, "no-reply", "abc", ""},
	{WRONG_OUTPUT, "wrong-bytes", "abc", "abx"},
	{WRONG_FACT, "unknown", "", ""},
};
static const struct symptom_case *now;

static void fail_with_symptom(struct trial *t)
{
	bytes_add(&t->seen.want, now->want, strlen(now->want));
	bytes_add(&t->seen.got, now->got, strlen(now->got));
	fail(t, now->symptom, text("this"), text("that"));
}

static void names_symptoms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(symptoms) / sizeof(*symptoms); i++) {
		json_t *v;

		now = &symptoms[i];
		v = verdict_of(fail_with_symptom);
		assert_word(v, "diagnosis", now->id);
		assert_word(v, "message", find_diagnosis(now->id)->title);
		json_decref(v);
	}
}

/* ---- suspects ---- */

static bool denies(struct trial *t)
{
	step(t, "experiment: is it this?");
	return false;
}

static bool confirms(struct trial *t)
{
	step(t, "experiment: is it that?");
	return t->seen.symptom == SILENCE &&
	       strcmp(t->seen.expected, "this") == 0 &&
	       strcmp(t->seen.seen, "that") == 0;
}

static bool must_not_be_asked(struct trial *t)
{
	give_up(t, text("asked too late"));
}

static const struct diagnosis innocent = {.id = "innocent", .holds = denies},
			      mute = {.id = "mute"},
			      guilty = {.id = "guilty",
					.title = "It was me",
					.text = "I confess.",
					.holds = confirms},
			      later = {.id = "later",
				       .holds = must_not_be_asked};

static const struct diagnosis *const four[] = {&innocent, &mute, &guilty,
					       &later, NULL},
				     *const only_innocent[] = {&innocent, NULL};
static const struct check with_four = {.suspects = four},
			  with_innocent = {.suspects = only_innocent};
static const struct check *accusing;

static void fail_with_suspects(struct trial *t)
{
	t->check = accusing;
	step(t, "say");
	step(t, "expect");
	fail(t, SILENCE, text("this"), text("that"));
}

static void the_first_that_holds_is_named(void **state)
{
	json_t *v;

	(void)state;
	accusing = &with_four;
	v = verdict_of(fail_with_suspects);
	assert_word(v, "status", "fail");
	assert_word(v, "diagnosis", "guilty");
	assert_word(v, "message", "It was me");
	assert_word(v, "explanation", "I confess.");
	assert_int_equal(steps_of(v), 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(is_experiment(step_of(v, i)), i >= 2);
	assert_int_equal(number_of(v, "failed_step"), 2);
	json_decref(v);
}

static void without_one_the_symptom_is_named(void **state)
{
	json_t *v;

	(void)state;
	accusing = &with_innocent;
	v = verdict_of(fail_with_suspects);
	assert_word(v, "diagnosis", "no-reply");
	assert_int_equal(steps_of(v), 3);
	json_decref(v);
}

/* ---- stderr ---- */

static struct program *add_program(struct trial *t, const char *line,
				   const char *said, enum tool tool)
{
	struct program *p = must_calloc(1, sizeof(*p));

	*p = (struct program){.line = must_strdup(line),
			      .tool = tool,
			      .in = -1,
			      .out = -1,
			      .err = -1};
	bytes_add(&p->complained, said, strlen(said));
	t->program[t->programs++] = p;
	return p;
}

static bool complains_more(struct trial *t)
{
	bytes_add(&t->program[0]->complained, "later", 5);
	return true;
}

static const struct diagnosis noisy = {
	.id = "noisy", .title = "", .text = "", .holds = complains_more};
static const struct diagnosis *const only_noisy[] = {&noisy, NULL};
static const struct check with_noisy = {.suspects = only_noisy};

static void fail_with_complaints(struct trial *t)
{
	char much[1001];

	memset(much, 'x', 1000);
	much[1000] = 0;
	t->check = &with_noisy;
	add_program(t, "server 7007", "bind: \033[31mno\n", PLAIN);
	add_program(t, "server 7008", "", PLAIN);
	add_program(t, "server 7009", "==1== Memcheck", MEMCHECK);
	add_program(t, "client", much, PLAIN);
	fail(t, SILENCE, text("this"), text("that"));
}

static void tells_what_was_on_stderr(void **state)
{
	json_t *v = verdict_of(fail_with_complaints);
	const json_t *list = json_object_get(v, "stderr");
	const char *cut;

	(void)state;
	assert_word(v, "diagnosis", "noisy");
	assert_int_equal(json_array_size(list), 2);
	assert_word(json_array_get(list, 0), "program", "server 7007");
	assert_word(json_array_get(list, 0), "stderr",
		    "\"bind: \\x1b[31mno\\n\"");
	assert_word(json_array_get(list, 1), "program", "client");
	cut = word_of(json_array_get(list, 1), "stderr");
	assert_in_range(strlen(cut), 300, 900);
	assert_non_null(strstr(cut, "\"... (1000 bytes)"));
	json_decref(v);
}

/* ---- the report itself ---- */

static void fail_at_length(struct trial *t)
{
	size_t n = 300u << 10;
	char *much = must_calloc(1, n + 1);

	memset(much, 'x', n);
	fail_as(t, &mistake, WRONG_BYTES, text("little"), much);
}

static void reports_in_full(void **state)
{
	json_t *v = verdict_of(fail_at_length);

	(void)state;
	assert_int_equal(strlen(word_of(v, "got")), 300u << 10);
	json_decref(v);
}

static void assert_no_verdict(void (*body)(struct trial *t), const char *said)
{
	json_t *v;
	struct ending end = end_of_trial(body, &v);

	assert_null(v);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), EXIT_GRADER);
	if (!strstr(end.said, said))
		assert_string_equal(end.said, said);
}

static void report_to_nobody(struct trial *t)
{
	close(t->report);
}

static void fail_outside_utf8(struct trial *t)
{
	fail_as(t, &mistake, WRONG_BYTES, text("this"), text("that: \377"));
}

/* Never a pass, never the student's fault. */
static void dies_where_it_cannot_tell(void **state)
{
	(void)state;
	assert_no_verdict(report_to_nobody, "");
	assert_no_verdict(fail_outside_utf8, "UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_steps),
		cmocka_unit_test(long_transcripts_are_cut_in_the_middle),
		cmocka_unit_test(passes),
		cmocka_unit_test(skips),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(fails_as_the_word_says),
		cmocka_unit_test(marks_those_that_never_listen),
		cmocka_unit_test(names_symptoms),
		cmocka_unit_test(the_first_that_holds_is_named),
		cmocka_unit_test(without_one_the_symptom_is_named),
		cmocka_unit_test(tells_what_was_on_stderr),
		cmocka_unit_test(reports_in_full),
		cmocka_unit_test(dies_where_it_cannot_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
