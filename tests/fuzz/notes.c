/* SPDX-License-Identifier: MIT */
/* notes.c - fuzzes what memcheck and the sanitizers leave, as tools.c reads it. */
#include "../../grader/tools.c" /* NOLINT(bugprone-suspicious-include) */

#include "target.h"

static const char *const programs[] = {"server", "client", NULL};
static const struct lab lab = {.name = "01-bare", .programs = programs};

static void drop(struct finding *f)
{
	json_t *said = json_pack("{s:s, s:s}", "what", brief(f->what), "where",
				 brief(f->where));

	must(said); /* it is UTF-8, then */
	must(strlen(f->what) <= BRIEF && strlen(f->where) <= BRIEF);
	json_decref(said);
	free(f->what);
	free(f->where);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct trial t = {.lab = &lab};
	struct bytes note = {0};
	struct finding f = {0};

	bytes_add(&note, data, n);
	bytes_add(&note, "", 1);
	note.n--;
	if (memcheck_finding(&t, &note, true, &f))
		drop(&f);
	if (memcheck_finding(&t, &note, false, &f))
		drop(&f);
	if (leak_finding(&t, &note, 1, &f))
		drop(&f);
	if (sanitizer_finding(&t, &note, &f))
		drop(&f);
	bytes_free(&note);
	return 0;
}
