/* SPDX-License-Identifier: MIT */
/* grader_course.c - tests of the course as data: labs, checks, diagnoses. */

/*
 * What must hold of every lab, so that adding one cannot go wrong unseen.
 * Programs run in the repository's root, as tests/unit.sh does it.
 */
#define _GNU_SOURCE 1
#include "course.h"

#include "grader_must.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#define EACH_WORD(w, list)             \
	const char *const *w = (list); \
	*w;                            \
	w++

/* A line that can stand in a list or a sentence: ASCII, one line, no ends. */
static bool is_line(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	if (!n || s[0] == ' ' || s[n - 1] == ' ')
		return false;
	for (; *s; s++)
		if (*s < 32 || *s > 126)
			return false;
	return true;
}

static bool is_text(const char *s)
{
	return is_line(s) && !strstr(s, "  ");
}

static bool is_id(const char *s, size_t n)
{
	if (!n || !islower((unsigned char)s[0]) || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", s[i]))
			return false;
		if (s[i] == '-' && s[i + 1] == '-')
			return false;
	}
	return true;
}

/* 07-shm-fifo: shm */
static size_t prefix_of(const struct lab *lab, const char **prefix)
{
	*prefix = lab->name + 3;
	return strcspn(*prefix, "-");
}

/* ---- labs ---- */

static void labs_are_in_order(void **state)
{
	int number = 1;

	(void)state;
	for (EACH_LAB(l)) {
		const char *name = (*l)->name;

		must(strlen(name) > 3 && name[2] == '-' && atoi(name) == number,
		     "lab %s should be number %02d", name, number);
		must(is_id(name + 3, strlen(name + 3)), "lab name %s", name);
		must(is_text((*l)->title), "%s: title", name);
		must((*l)->programs && (*l)->programs[0], "%s: programs", name);
		must((*l)->checks && (*l)->checks[0], "%s: checks", name);
		number++;
	}
	must(number > 1, "there is no lab");
	assert_nothing_wrong();
}

static void programs_have_starters_and_solutions(void **state)
{
	static const char *const rooms[] = {"labs", "solutions"};
	char path[256];

	(void)state;
	for (EACH_LAB(l)) {
		for (EACH_WORD(p, (*l)->programs)) {
			for (size_t i = 0; i < 2; i++) {
				snprintf(path, sizeof(path), "%s/%s/%s.c",
					 rooms[i], (*l)->name, *p);
				must(access(path, R_OK) == 0, "%s is missing",
				     path);
			}
		}
	}
	assert_nothing_wrong();
}

static void labs_are_found(void **state)
{
	static const char *const none[] = {
		"",	   "0",	       "00",  "003", "3x",     "99",
		" 3",	   "-3",       "+3",  "03-", "3-fork", "fork",
		"03-FORK", "03-fork ", "all", "0x3", "1.0",    "4294967299"};

	(void)state;
	for (EACH_LAB(l)) {
		const char *name = (*l)->name;
		char number[8];

		assert_ptr_equal(find_lab(name), *l);
		snprintf(number, sizeof(number), "%.2s", name);
		assert_ptr_equal(find_lab(number), *l);
		if (number[0] == '0')
			assert_ptr_equal(find_lab(number + 1), *l);
	}
	assert_string_equal(find_lab("3")->name, "03-fork");
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_null(find_lab(none[i]));
}

/* ---- checks ---- */

static int same_ids(const char *id)
{
	int n = 0;

	for (EACH_LAB(l))
		for (EACH_CHECK(c, *l))
			n += strcmp((*c)->id, id) == 0;
	return n;
}

static void check_ids_are_right(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		const char *prefix;
		size_t n = prefix_of(*l, &prefix);

		for (EACH_CHECK(c, *l)) {
			const char *id = (*c)->id;

			must(same_ids(id) == 1, "%s is there %d times", id,
			     same_ids(id));
			must(strncmp(id, prefix, n) == 0 && id[n] == '.' &&
				     is_id(id + n + 1, strlen(id + n + 1)),
			     "%s should be %.*s.lower-case-words", id, (int)n,
			     prefix);
		}
	}
	assert_nothing_wrong();
}

static void checks_have_claim_and_hint(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		for (EACH_CHECK(c, *l)) {
			const char *claim = (*c)->claim, *hint = (*c)->hint;

			/* A line of the report is at most 100 columns. */
			must(is_text(claim) && strlen(claim) <= 62, "%s: claim",
			     (*c)->id);
			must(is_text(claim) &&
				     !strchr(".?!", claim[strlen(claim) - 1]),
			     "%s: the claim is no sentence with a full stop",
			     (*c)->id);
			must(is_text(hint) && hint[strlen(hint) - 1] == '?',
			     "%s: the hint is to be a question", (*c)->id);
		}
	}
	assert_nothing_wrong();
}

static void points_sum_to_100(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		int sum = 0;

		for (EACH_CHECK(c, *l)) {
			must((*c)->points > 0, "%s: %d points", (*c)->id,
			     (*c)->points);
			sum += (*c)->points;
		}
		must(sum == 100, "%s: %d points", (*l)->name, sum);
	}
	assert_nothing_wrong();
}

/* judge.c rests on it. */
static void the_first_check_is_the_build(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		for (EACH_CHECK(c, *l)) {
			bool first = c == (*l)->checks;

			must(!(*c)->body == first, "%s: %s", (*c)->id,
			     first ? "the build is judged without a body"
				   : "only the first check has no body");
		}
		must(strstr((*l)->checks[0]->id, ".builds"), "%s",
		     (*l)->checks[0]->id);
	}
	assert_nothing_wrong();
}

static void there_is_one_gate(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		int gates = 0;

		for (EACH_CHECK(c, *l)) {
			gates += (*c)->gate;
			must(!(*c)->gate || (*c)->body, "%s: a gate runs",
			     (*c)->id);
			must(!(*c)->gate || !(*c)->slow,
			     "%s: all others wait for the gate", (*c)->id);
		}
		must(gates == 1, "%s: %d gates", (*l)->name, gates);
	}
	assert_nothing_wrong();
}

static bool is_among(const char *const *list, const char *s)
{
	for (EACH_WORD(w, list))
		if (strcmp(*w, s) == 0)
			return true;
	return false;
}

static void checks_need_programs_of_the_lab(void **state)
{
	(void)state;
	for (EACH_LAB(l))
		for (EACH_CHECK(c, *l))
			must(is_among((*l)->programs,
				      (*c)->program ? (*c)->program : "server"),
			     "%s: no such program", (*c)->id);
	assert_nothing_wrong();
}

static void must_be_askable(const char *whose,
			    const struct diagnosis *const *suspects)
{
	for (; suspects && *suspects; suspects++) {
		const struct diagnosis *s = *suspects;

		must(find_diagnosis(s->id) == s, "%s: no lab teaches %s", whose,
		     s->id);
		must(s->holds, "%s: %s has no experiment to confirm it", whose,
		     s->id);
		for (const struct diagnosis *const *o = suspects + 1; *o; o++)
			must(*o != s, "%s: %s twice", whose, s->id);
	}
}

static void suspects_can_be_asked(void **state)
{
	(void)state;
	for (EACH_LAB(l)) {
		must_be_askable((*l)->name, (*l)->suspects);
		for (EACH_CHECK(c, *l))
			must_be_askable((*c)->id, (*c)->suspects);
	}
	assert_nothing_wrong();
}

static void checks_are_found(void **state)
{
	const struct lab *fork_lab = find_lab("03");

	(void)state;
	for (EACH_LAB(l)) {
		for (EACH_CHECK(c, *l))
			assert_ptr_equal(find_check(*l, (*c)->id), *c);
		assert_null(find_check(*l, ""));
		assert_null(find_check(*l, "reaps"));
	}
	assert_null(find_check(fork_lab, find_lab("01")->checks[0]->id));
}

/* ---- diagnoses ---- */

/* A lab teaches each of its diagnoses once, and none has the id of another. */
static void diagnosis_ids_are_right(void **state)
{
	(void)state;
	for (EACH_LAB(l))
		for (EACH_DIAGNOSIS(d, *l)) {
			int n = 0;

			for (EACH_DIAGNOSIS(other, *l))
				n += strcmp((*other)->id, (*d)->id) == 0;
			must(n == 1, "%s: %s is there %d times", (*l)->name,
			     (*d)->id, n);
			must(is_id((*d)->id, strlen((*d)->id)),
			     "diagnosis id %s", (*d)->id);
			must(find_diagnosis((*d)->id) == *d,
			     "%s: there are two of it", (*d)->id);
		}
	assert_null(find_diagnosis(""));
	assert_null(find_diagnosis("zombie"));
	assert_nothing_wrong();
}

static void must_explain_itself(const struct diagnosis *d)
{
	must(is_text(d->title) && d->title[strlen(d->title) - 1] != '.',
	     "%s: the title is one line without a full stop", d->id);
	must(is_text(d->title) && strlen(d->title) <= 75,
	     "%s: the title is too long", d->id);
	must(is_text(d->text) && strchr(".)?", d->text[strlen(d->text) - 1]),
	     "%s: the text is sentences", d->id);
}

static void diagnoses_explain_themselves(void **state)
{
	(void)state;
	for (EACH_LAB(l))
		for (EACH_DIAGNOSIS(d, *l))
			must_explain_itself(*d);
	must_explain_itself(find_diagnosis("unknown"));
	assert_nothing_wrong();
}

static void assert_taught_at(const char *id, const char *lab,
			     const char *expected)
{
	char *where =
		(char *)(uintptr_t)taught_at(find_diagnosis(id), find_lab(lab));

	assert_string_equal(where, expected);
	free(where);
}

static void tells_where_it_is_taught(void **state)
{
	(void)state;
	assert_taught_at("crash", "02", "labs/02-loop/README.md#crash");
	assert_taught_at("crash", "03", "labs/03-fork/README.md#crash");
	assert_taught_at("zombies", "03", "labs/03-fork/README.md#zombies");
	assert_taught_at("loses-tail", "01",
			 "labs/02-loop/README.md#loses-tail");
	assert_taught_at("short-buffer", "03",
			 "labs/01-bare/README.md#short-buffer");
	assert_taught_at("unknown", "03", "labs/03-fork/README.md");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(labs_are_in_order),
		TEST(programs_have_starters_and_solutions),
		TEST(labs_are_found),
		TEST(check_ids_are_right),
		TEST(checks_have_claim_and_hint),
		TEST(points_sum_to_100),
		TEST(the_first_check_is_the_build),
		TEST(there_is_one_gate),
		TEST(checks_need_programs_of_the_lab),
		TEST(suspects_can_be_asked),
		TEST(checks_are_found),
		TEST(diagnosis_ids_are_right),
		TEST(diagnoses_explain_themselves),
		TEST(tells_where_it_is_taught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
