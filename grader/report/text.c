/* SPDX-License-Identifier: MIT */
/* text.c - the result for a person at a terminal */
#include "columns.h"
#include "report.h"
#include "result.h"

#include "base.h"
#include "language.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 78
#define INDENT 13 /* of the second column of a failure */
#define STEPS_HEAD 8
#define STEPS_TAIL 12
#define ROWS_IN_SHORT 14 /* of a timeline */

void put_harmless(FILE *out, const char *s, size_t n)
{
	char *copy = strndup(s, n);

	if (!copy)
		die("out of memory");
	make_printable(copy);
	fputs(copy, out);
	free(copy);
}

static void put_padded(FILE *out, const char *s, size_t width)
{
	size_t wide = columns(s, strlen(s));

	put_harmless(out, s, strlen(s));
	fprintf(out, "%*s", width > wide ? (int)(width - wide) : 0, "");
}

static void put_field(FILE *out, const json_t *object, const char *key,
		      size_t width)
{
	put_padded(out, get(object, key), width);
}

static const char *colour(const struct report_style *style, const char *code)
{
	return style->colour ? code : "";
}

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define BOLD "\033[1m"
#define OFF "\033[0m"

static const char *status_colour(const json_t *check)
{
	return status_is(check, "pass")	  ? GREEN
	       : status_is(check, "fail") ? RED
					  : YELLOW;
}

static void one_line(FILE *out, const struct report_style *style,
		     const json_t *check)
{
	fputs(colour(style, status_colour(check)), out);
	put_padded(out, translated(get(check, "status")), 5);
	fprintf(out, "%s  ", colour(style, OFF));
	put_field(out, check, "id", 23);
	fprintf(out, "%2d/%-2d  ", number(check, "points"),
		number(check, "max_points"));
	put_field(out, check, "title", 0);
	fputc('\n', out);
}

/* The lines of s, wrapped but for those that are indented: they show source, and
 * have their columns for a reason. */
static void wrapped(FILE *out, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, "\n");

		if (*s == ' ')
			put_harmless(out, s, n);
		else
			put_wrapped(out, s, n, INDENT, WIDTH);
		s += n + (s[n] == '\n');
		if (*s)
			fprintf(out, "\n%*s", INDENT, "");
	}
	fputc('\n', out);
}

static void field(FILE *out, const struct report_style *style, const char *name,
		  const char *value)
{
	if (!*value)
		return;
	fprintf(out, "  %s", colour(style, BOLD));
	put_padded(out, translated(name), 10);
	fprintf(out, "%s ", colour(style, OFF));
	wrapped(out, value);
}

/* A long story is told by its beginning and its end. */
static bool is_told(size_t i, size_t n, bool failed)
{
	return failed || n <= STEPS_HEAD + STEPS_TAIL || i < STEPS_HEAD ||
	       i + STEPS_TAIL >= n;
}

static void steps(FILE *out, const json_t *check)
{
	const json_t *list = json_object_get(check, "transcript"), *s;
	json_int_t failed = number(check, "failed_step"), before = 0;
	size_t i, n = json_array_size(list);

	json_array_foreach(list, i, s)
	{
		json_int_t here = number(s, "n");

		if (!is_told(i, n, here == failed))
			continue;
		if (here > before + 1)
			fprintf(out, _("      ... %d steps like these ...\n"),
				(int)(here - before - 1));
		fprintf(out, "  %s%3d. ", here == failed ? ">" : " ",
			(int)here);
		put_padded(out, said(s, "what"), 0);
		fputc('\n', out);
		before = here;
	}
}

/* Lines of a submission, the one that counts marked; where that is in a way that
 * terminals and editors can follow. */
static void source(FILE *out, const char *lab, const json_t *excerpt)
{
	json_int_t n = number(excerpt, "first");
	const json_t *line;
	size_t i;

	fprintf(out, "%*slabs/%s/", INDENT, "", lab);
	put_field(out, excerpt, "file", 0);
	fprintf(out, ":%d:\n", number(excerpt, "line"));
	json_array_foreach(json_object_get(excerpt, "lines"), i, line)
	{
		const char *s = json_string_value(line);

		fprintf(out, "%*s%c %4d  ", INDENT, "",
			n == number(excerpt, "line") ? '>' : ' ', (int)n);
		put_harmless(out, s, strlen(s));
		fputc('\n', out);
		n++;
	}
}

static void in_full(FILE *out, const struct report_style *style,
		    const json_t *check)
{
	const json_t *said = json_object_get(check, "stderr"), *s;
	char *both;
	size_t i;

	fprintf(out, "\n%s", colour(style, RED BOLD));
	put_field(out, check, "id", 0);
	fprintf(out, "%s: ", colour(style, OFF));
	put_field(out, check, "title", 0);
	fputs("\n\n", out);
	steps(out, check);
	fputc('\n', out);
	field(out, style, N_("expected"), get(check, "expected"));
	field(out, style, N_("seen"), get(check, "got"));
	json_array_foreach(json_object_get(check, "source"), i, s)
		source(out, get(check, "lab"), s);
	json_array_foreach(said, i, s)
		field(out, style, i ? "" : "stderr", get(s, "stderr"));
	both = text("%s: %s", get(check, "diagnosis"), get(check, "message"));
	field(out, style, N_("diagnosis"), both);
	free(both);
	field(out, style, "", get(check, "explanation"));
	field(out, style, N_("hint"), get(check, "hint"));
	field(out, style, N_("read"), get(check, "handout"));
	both = text("make check LAB=%.2s CHECK=%s", get(check, "lab"),
		    get(check, "id"));
	field(out, style, N_("again"), both);
	free(both);
	if (json_object_get(check, "timeline") && !style->timelines) {
		fprintf(out, "\n  %s%s%s\n\n", colour(style, BOLD),
			_("how it went, in the end (TIMELINE=1 shows all of it)"),
			colour(style, OFF));
		put_timeline(out, style, check, ROWS_IN_SHORT);
	}
}

static void in_short(FILE *out, const json_t *check)
{
	fputs("  ", out);
	put_field(out, check, "id", 22);
	fputc(' ', out);
	put_padded(out,
		   status_is(check, "fail") ? get(check, "diagnosis")
					    : translated(get(check, "status")),
		   0);
	fputs(": ", out);
	put_field(out, check, "message", 0);
	fputc('\n', out);
}

static void whole_timeline(FILE *out, const struct report_style *style,
			   const json_t *check)
{
	if (!style->timelines || !json_object_get(check, "timeline"))
		return;
	fprintf(out, "\n%s", colour(style, BOLD));
	fprintf(out, _("%s: how it went"), get(check, "id"));
	fprintf(out, "%s\n\n", colour(style, OFF));
	put_timeline(out, style, check, SIZE_MAX);
}

static void put_notes(FILE *out, const json_t *lab)
{
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(lab, "notes"), i, note)
	{
		const char *s = json_string_value(note);

		put_wrapped(out, s, strlen(s), 0, WIDTH);
		fputc('\n', out);
	}
}

static void lab(FILE *out, const struct report_style *style,
		const json_t *result)
{
	const json_t *checks = json_object_get(result, "checks"), *check;
	const json_t *first = NULL;
	size_t i, others = 0, passed = 0;

	json_array_foreach(checks, i, check)
	{
		passed += status_is(check, "pass");
		if (!first && status_is(check, "fail"))
			first = check;
	}
	if (first)
		in_full(out, style, first);
	json_array_foreach(checks, i, check) whole_timeline(out, style, check);
	json_array_foreach(checks, i, check)
	{
		if (check == first || status_is(check, "pass"))
			continue;
		if (!others++)
			fprintf(out, "\n%s\n",
				first ? _("Others, which the first may explain:")
				      : _("Not judged:"));
		in_short(out, check);
	}
	fprintf(out, "\n%s%s: ", colour(style, BOLD), get(result, "lab"));
	fprintf(out, _("%d of %d points"), number(result, "points"),
		number(result, "max_points"));
	fputs(colour(style, OFF), out);
	fprintf(out, _(", %zu of %zu checks, %.1f s\n"), passed,
		json_array_size(checks),
		json_real_value(json_object_get(result, "seconds")));
	put_notes(out, result);
}

const struct report report_text = {
	.name = "text", .check = one_line, .failure = in_full, .lab = lab};
