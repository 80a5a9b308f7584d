/* SPDX-License-Identifier: MIT */
/* policy.c - fuzzes an instructor's policy file, and what is made of it. */
#include "policy.h"

#include "target.h"

#include <stdlib.h>
#include <string.h>

static void look_over(const struct policy *p, const struct lab *l)
{
	int sum = 0;

	for (const struct check *const *c = l->checks; *c; c++) {
		int points = policy_points(p, l, *c);
		const struct occasion now = {.now = 1800000000};

		must(points >= 0);
		sum += points;
		policy_hides(p, &now, l, *c);
	}
	must(sum <= 10000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct policy p;
	FILE *in = n ? fmemopen((void *)(uintptr_t)data, n, "r") : NULL;
	char *wrong;

	if (!in)
		return 0;
	wrong = policy_parse(&p, in, "policy.ini");
	fclose(in);
	if (wrong)
		must(strncmp(wrong, "policy.ini", 10) == 0);
	for (const struct lab *const *l = course; !wrong && *l; l++)
		look_over(&p, *l);
	free(wrong);
	policy_free(&p);
	return 0;
}
