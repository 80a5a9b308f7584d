/* SPDX-License-Identifier: MIT */
/* html.c - the result as one page, which needs nothing else */

/*
 * No script is in it, and its policy allows none: whatever a submission has
 * printed is text.  It reads the same without colours, printed, and aloud.
 */
#include "html.h"

#include "report.h"
#include "result.h"

#include "base.h"
#include "language.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The style sheet, as it is in its files. */
__asm__(".section .rodata\n"
	".local report_css\n"
	"report_css: .incbin \"grader/report/tokens.css\"\n"
	".incbin \"grader/report/report.css\"\n"
	".byte 0\n"
	".previous");
extern const char report_css[] __attribute__((visibility("hidden")));

static const char *entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void put_line(FILE *out, char *s)
{
	make_printable(s);
	for (; *s; s++) {
		const char *e = entity(*s);

		if (e)
			fputs(e, out);
		else
			fputc(*s, out);
	}
}

/* All strings are harmless when they come here; this is the last gate. */
void put_text(FILE *out, const char *s)
{
	char *copy = must_strdup(s), *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		put_line(out, line);
		if (rest)
			fputc('\n', out);
	}
	free(copy);
}

/* Words of the grader's own: what stands between `...` is code. */
static void put_prose(FILE *out, const char *s)
{
	char *copy = must_strdup(s), *rest = copy, *part;

	for (bool code = false; (part = strsep(&rest, "`")); code = !code) {
		bool paired = code && rest;

		fputs(paired ? "<code>" : code ? "`" : "", out);
		put_text(out, part);
		fputs(paired ? "</code>" : "", out);
	}
	free(copy);
}

/* <TAG ATTRIBUTES>text</TAG> */
static void element(FILE *out, const char *tag, const char *s)
{
	fprintf(out, "<%s>", tag);
	put_text(out, s);
	fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	put_text(out, value);
	fputc('"', out);
}

/* What has several lines has its columns for a reason. */
static void term(FILE *out, const char *name, const char *value)
{
	if (!*value)
		return;
	element(out, "dt", translated(name));
	if (strchr(value, '\n')) {
		fputs("<dd>", out);
		element(out, "pre", value);
		fputs("</dd>\n", out);
		return;
	}
	element(out, "dd", value);
	fputc('\n', out);
}

static void put_complaint(FILE *out, const json_t *said)
{
	char *name = sentence("stderr of %s", get(said, "program"));

	element(out, "dt", name);
	element(out, "dd class=\"code\"", get(said, "stderr"));
	fputc('\n', out);
	free(name);
}

static void put_source(FILE *out, const json_t *excerpt)
{
	int n = number(excerpt, "first");
	const json_t *line;
	size_t i;

	fputs("<figure><figcaption>", out);
	put_text(out, get(excerpt, "file"));
	fputs("</figcaption><pre>", out);
	json_array_foreach(json_object_get(excerpt, "lines"), i, line)
	{
		bool here = n == number(excerpt, "line");

		fprintf(out, "%s%s%4d  ", here ? "<mark>" : "",
			here ? "&gt;" : " ", n++);
		put_text(out, json_string_value(line));
		fputs(here ? "</mark>\n" : "\n", out);
	}
	fputs("</pre></figure>\n", out);
}

static void put_step(FILE *out, const json_t *check, const json_t *step)
{
	int n = number(step, "n");

	fprintf(out, "<li value=\"%d\"%s>", n,
		n == number(check, "failed_step") ? " class=\"broke\""
		: json_is_true(json_object_get(step, "experiment"))
			? " class=\"experiment\""
			: "");
	put_text(out, said(step, "what"));
	fputs("</li>\n", out);
}

static void put_gap(FILE *out, int steps)
{
	fputs("<li class=\"gap\">", out);
	fprintf(out, _("%d steps like these"), steps);
	fputs("</li>\n", out);
}

/* Beside a picture, which tells nearly all of it, they are folded. */
static void put_steps(FILE *out, const json_t *check)
{
	const json_t *steps = json_object_get(check, "transcript"), *step;
	int before = 0;
	size_t i;

	if (!json_array_size(steps))
		return;
	fprintf(out, "<details class=\"steps\"%s><summary>%s</summary>\n<ol>\n",
		json_object_get(check, "timeline") ? "" : " open=\"open\"",
		_("What was done, step by step"));
	json_array_foreach(steps, i, step)
	{
		int n = number(step, "n");

		if (n > before + 1)
			put_gap(out, n - before - 1);
		put_step(out, check, step);
		before = n;
	}
	fputs("</ol></details>\n", out);
}

static void put_diagnosis(FILE *out, const struct report_style *style,
			  const json_t *check)
{
	fputs("<div class=\"diagnosis\">", out);
	element(out, "h4", get(check, "message"));
	fputs("<p><code>", out);
	put_text(out, get(check, "diagnosis"));
	fprintf(out, "</code>%s", _(": "));
	put_prose(out, get(check, "explanation"));
	fputs("</p>\n", out);
	if (*get(check, "hint")) {
		fprintf(out, "<p><strong>%s</strong> ", _("Ask yourself:"));
		put_prose(out, get(check, "hint"));
		fputs("</p>\n", out);
	}
	if (*get(check, "handout")) {
		fprintf(out, "<details><summary>%s</summary>\n",
			_("What the handout says of it"));
		put_section(out, style->root, get(check, "handout"));
		fprintf(out, "<p>%s<code>", _("In "));
		put_text(out, get(check, "handout"));
		fputs("</code></p></details>", out);
	}
	fputs("</div>\n", out);
}

static void put_facts(FILE *out, const json_t *check)
{
	const json_t *s;
	size_t i;

	fputs("<dl>\n", out);
	term(out, N_("expected"), get(check, "expected"));
	term(out, N_("seen"), get(check, "got"));
	json_array_foreach(json_object_get(check, "stderr"), i, s)
		put_complaint(out, s);
	json_array_foreach(json_object_get(check, "faults"), i, s)
		term(out, N_("injected fault"), json_string_value(s));
	if (!status_is(check, "fail"))
		term(out, N_("why"), get(check, "message"));
	fputs("</dl>\n", out);
}

/* What was expected and seen, how it came about, what that means. */
static void put_evidence(FILE *out, const struct report_style *style,
			 const json_t *check)
{
	const json_t *s;
	size_t i;

	put_facts(out, check);
	json_array_foreach(json_object_get(check, "source"), i, s)
		put_source(out, s);
	if (json_object_get(check, "timeline"))
		fprintf(out, "<h4>%s</h4>\n", _("How it went"));
	put_picture(out, check);
	put_steps(out, check);
	if (status_is(check, "fail"))
		put_diagnosis(out, style, check);
	fprintf(out, "<p class=\"again\">%s<code>make check LAB=%.2s CHECK=",
		_("Only this check, again: "), get(check, "lab"));
	put_text(out, get(check, "id"));
	fputs("</code></p>\n", out);
}

static const char *sign(const json_t *check)
{
	return status_is(check, "pass")	  ? "✓"
	       : status_is(check, "fail") ? "✗"
					  : "–";
}

/* Failures lie open, all else is folded. */
static void put_check(FILE *out, const struct report_style *style,
		      const json_t *check)
{
	char *class = text("check %s", get(check, "status"));

	fputs("<details", out);
	attribute(out, "class", class);
	attribute(out, "id", get(check, "id"));
	fputs(status_is(check, "fail") ? " open=\"open\">" : ">", out);
	fprintf(out,
		"<summary><span class=\"sign\" aria-hidden=\"true\">%s</span> ",
		sign(check));
	element(out, "span class=\"status\"", translated(get(check, "status")));
	fputc(' ', out);
	element(out, "h3", get(check, "id"));
	fputs(" <span class=\"points\">", out);
	fprintf(out, _("%d of %d"), number(check, "points"),
		number(check, "max_points"));
	fputs("</span> ", out);
	element(out, "span class=\"claim\"", get(check, "title"));
	fputs("</summary>\n", out);
	put_evidence(out, style, check);
	fputs("</details>\n", out);
	free(class);
}

static void put_failure(FILE *out, const json_t *check)
{
	fputs("<li><a href=\"#", out);
	put_text(out, get(check, "id"));
	fputs("\">", out);
	put_text(out, get(check, "id"));
	fputs("</a>: ", out);
	put_text(out, get(check, "message"));
	fputs("</li>\n", out);
}

static void put_failures(FILE *out, const json_t *checks)
{
	const json_t *check;
	size_t i, n = 0;

	json_array_foreach(checks, i, check)
	{
		if (!status_is(check, "fail"))
			continue;
		if (!n++)
			fprintf(out, "<p>%s</p>\n<ol class=\"failures\">\n",
				_("What failed; begin with the first, it may "
				  "explain the others:"));
		put_failure(out, check);
	}
	if (n)
		fputs("</ol>\n", out);
}

static size_t count_passed(const json_t *checks)
{
	const json_t *check;
	size_t i, n = 0;

	json_array_foreach(checks, i, check) n += status_is(check, "pass");
	return n;
}

static void put_lab(FILE *out, const struct report_style *style,
		    const json_t *lab)
{
	const json_t *checks = json_object_get(lab, "checks"), *check, *note;
	char *anchor = text("lab-%s", get(lab, "lab"));
	size_t i;

	fputs("<section", out);
	attribute(out, "aria-labelledby", anchor);
	fputs("><h2", out);
	attribute(out, "id", anchor);
	fputc('>', out);
	put_text(out, get(lab, "lab"));
	fprintf(out, _(": %d of %d points, %zu of %zu checks"),
		number(lab, "points"), number(lab, "max_points"),
		count_passed(checks), json_array_size(checks));
	fputs("</h2>\n", out);
	json_array_foreach(json_object_get(lab, "notes"), i, note)
		element(out, "p", json_string_value(note));
	put_failures(out, checks);
	json_array_foreach(checks, i, check) put_check(out, style, check);
	fputs("</section>\n", out);
	free(anchor);
}

static void put_staircase(FILE *out, const json_t *labs)
{
	const json_t *lab;
	size_t i;

	fprintf(out, "<nav aria-label=\"%s\"><ol class=\"staircase\">\n",
		_("labs"));
	json_array_foreach(labs, i, lab)
	{
		int points = number(lab, "points");
		int most = number(lab, "max_points");

		fputs("<li><a href=\"#lab-", out);
		put_text(out, get(lab, "lab"));
		fputs("\">", out);
		put_text(out, get(lab, "lab"));
		fprintf(out,
			"</a> <meter aria-hidden=\"true\" min=\"0\" max=\"%d\" "
			"value=\"%d\"></meter> <span>",
			most, points);
		fprintf(out, _("%d of %d"), points, most);
		fputs("</span></li>\n", out);
	}
	fputs("</ol></nav>\n", out);
}

static const char head[] =
	"<head><meta charset=\"utf-8\"/>"
	"<meta name=\"viewport\" "
	"content=\"width=device-width, initial-scale=1\"/>"
	"<meta http-equiv=\"Content-Security-Policy\" content=\""
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
	"form-action 'none'\"/>";

/* What the pictures' arrows end in. */
static const char tip[] =
	"<svg class=\"defs\" aria-hidden=\"true\"><defs><marker id=\"tip\" "
	"viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
	"markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8Z\"/>"
	"</marker></defs></svg>\n";

/* Terms and what they mean, as HTML. */
static const char *const how_to_read[][2] = {
	{N_("pass, fail"),
	 N_("A check is one claim of the handout, tried out on your "
	    "program.")},
	{N_("skip"),
	 N_("It could not be tried, and gives no points: mend first what "
	    "<em>why</em> names.")},
	{N_("error"),
	 N_("The grader itself failed. That is not your fault: run it "
	    "again, and report it.")},
	{N_("expected, seen"),
	 N_("What should have come at the step that failed, and what came. "
	    "Bytes are written as in C: <code>\"hello\\n\"</code>.")},
	{N_("How it went"),
	 N_("Time runs downwards, in milliseconds since the check began. "
	    "There is a column for each client, which the grader plays, "
	    "and for each process and thread of your program: a line while "
	    "it is there, a <span class=\"bar\">wide bar</span> while it "
	    "waits in a call, a dot where something happens. An arrow "
	    "leads from who gave something to who took it. The red line at "
	    "the end is where the expectation was not met. Bold is what "
	    "the grader does; what it keeps to itself has no column.")},
	{N_("calls"),
	 N_("<code>read(7) = 6 \"hello\\n\", client 1</code>: the call, "
	    "its descriptor, its result, the bytes, whose connection it "
	    "was. <code>recv</code> and <code>send</code> stand for "
	    "<code>recvfrom</code>, <code>sendto</code> and their like as "
	    "well, <code>poll</code> for <code>select</code>. Processes "
	    "have the numbers that they have in the sandbox: <code>child "
	    "3</code> is what <code>fork() = 3</code> has made.")},
	{N_("injected fault"),
	 N_("The grader let a call fail, come up short or return late on "
	    "purpose. That happens on any system, only seldom. Such calls "
	    "have another colour, and say so in brackets.")},
	{N_("experiment"),
	 N_("After a failure the grader tries out what could have caused "
	    "it, on the program as it stands. The diagnosis, in the grey "
	    "box, is what has confirmed itself.")},
};

static void put_legend(FILE *out)
{
	fprintf(out, "<details class=\"legend\"><summary>%s</summary>\n<dl>\n",
		_("How to read this page"));
	for (size_t i = 0; i < sizeof(how_to_read) / sizeof(*how_to_read); i++)
		fprintf(out, "<dt>%s</dt><dd>%s</dd>\n", _(how_to_read[i][0]),
			_(how_to_read[i][1]));
	fputs("</dl></details>\n", out);
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	const json_t *labs = json_object_get(result, "labs"), *lab;
	size_t i;

	fprintf(out, "<!DOCTYPE html>\n<html lang=\"%s\">", _("en"));
	fputs(head, out);
	fprintf(out, "<title>%s</title>\n<style>\n", _("Lab report"));
	fputs(report_css, out);
	fputs("</style></head>\n<body>\n", out);
	fputs(tip, out);
	fprintf(out, "<header><h1>%s</h1>\n", _("Lab report"));
	put_staircase(out, labs);
	put_legend(out);
	fputs("</header>\n<main>\n", out);
	json_array_foreach(labs, i, lab) put_lab(out, style, lab);
	fputs("</main></body></html>\n", out);
}

const struct report report_html = {.name = "html", .whole = whole};
