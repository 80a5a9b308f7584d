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
	element(out, "dt", name);
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
	char *name = text("stderr of %s", get(said, "program"));

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
	put_text(out, get(step, "what"));
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
	fprintf(out,
		"<details class=\"steps\"%s><summary>What was done, step by "
		"step</summary>\n<ol>\n",
		json_object_get(check, "timeline") ? "" : " open=\"open\"");
	json_array_foreach(steps, i, step)
	{
		int n = number(step, "n");

		if (n > before + 1)
			fprintf(out,
				"<li class=\"gap\">%d steps like these</li>\n",
				n - before - 1);
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
	fputs("</code>: ", out);
	put_prose(out, get(check, "explanation"));
	fputs("</p>\n", out);
	if (*get(check, "hint")) {
		fputs("<p><strong>Ask yourself:</strong> ", out);
		put_prose(out, get(check, "hint"));
		fputs("</p>\n", out);
	}
	if (*get(check, "handout")) {
		fputs("<details><summary>What the handout says of it"
		      "</summary>\n",
		      out);
		put_section(out, style->root, get(check, "handout"));
		fputs("<p>In <code>", out);
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
	term(out, "expected", get(check, "expected"));
	term(out, "seen", get(check, "got"));
	json_array_foreach(json_object_get(check, "stderr"), i, s)
		put_complaint(out, s);
	json_array_foreach(json_object_get(check, "faults"), i, s)
		term(out, "injected fault", json_string_value(s));
	if (!status_is(check, "fail"))
		term(out, "why", get(check, "message"));
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
		fputs("<h4>How it went</h4>\n", out);
	put_picture(out, check);
	put_steps(out, check);
	if (status_is(check, "fail"))
		put_diagnosis(out, style, check);
	fputs("<p class=\"again\">Only this check, again: <code>make check ",
	      out);
	fprintf(out, "LAB=%.2s CHECK=", get(check, "lab"));
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
	element(out, "span class=\"status\"", get(check, "status"));
	fputc(' ', out);
	element(out, "h3", get(check, "id"));
	fprintf(out, " <span class=\"points\">%d of %d</span> ",
		number(check, "points"), number(check, "max_points"));
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
			fputs("<p>What failed; begin with the first, it may "
			      "explain the others:</p>\n<ol "
			      "class=\"failures\">\n",
			      out);
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
	const json_t *checks = json_object_get(lab, "checks"), *check;
	char *anchor = text("lab-%s", get(lab, "lab"));
	size_t i;

	fputs("<section", out);
	attribute(out, "aria-labelledby", anchor);
	fputs("><h2", out);
	attribute(out, "id", anchor);
	fputc('>', out);
	put_text(out, get(lab, "lab"));
	fprintf(out, ": %d of %d points, %zu of %zu checks</h2>\n",
		number(lab, "points"), number(lab, "max_points"),
		count_passed(checks), json_array_size(checks));
	put_failures(out, checks);
	json_array_foreach(checks, i, check) put_check(out, style, check);
	fputs("</section>\n", out);
	free(anchor);
}

static void put_staircase(FILE *out, const json_t *labs)
{
	const json_t *lab;
	size_t i;

	fputs("<nav aria-label=\"labs\"><ol class=\"staircase\">\n", out);
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
			"value=\"%d\"></meter> <span>%d of %d</span></li>\n",
			most, points, points, most);
	}
	fputs("</ol></nav>\n", out);
}

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
	"<meta name=\"viewport\" "
	"content=\"width=device-width, initial-scale=1\"/>"
	"<meta http-equiv=\"Content-Security-Policy\" content=\""
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
	"form-action 'none'\"/><title>Lab report</title>\n<style>\n";

/* What the pictures' arrows end in. */
static const char tip[] =
	"<svg class=\"defs\" aria-hidden=\"true\"><defs><marker id=\"tip\" "
	"viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
	"markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8Z\"/>"
	"</marker></defs></svg>\n";

static const char how_to_read[] =
	"<details class=\"legend\"><summary>How to read this page</summary>\n"
	"<dl>\n"
	"<dt>pass, fail</dt><dd>A check is one claim of the handout, tried out "
	"on your program.</dd>\n"
	"<dt>skip</dt><dd>It could not be tried, and gives no points: mend "
	"first what <em>why</em> names.</dd>\n"
	"<dt>error</dt><dd>The grader itself failed. That is not your fault: "
	"run it again, and report it.</dd>\n"
	"<dt>expected, seen</dt><dd>What should have come at the step that "
	"failed, and what came. Bytes are written as in C: "
	"<code>\"hello\\n\"</code>.</dd>\n"
	"<dt>How it went</dt><dd>Time runs downwards, in milliseconds since "
	"the check began. There is a column for each client, which the grader "
	"plays, and for each process and thread of your program: a line while "
	"it is there, a <span class=\"bar\">wide bar</span> while it waits in "
	"a call, a dot where something happens. An arrow leads from who gave "
	"something to who took it. The red line at the end is where the "
	"expectation was not met. Bold is what the grader does; what it keeps "
	"to itself has no column.</dd>\n"
	"<dt>calls</dt><dd><code>read(7) = 6 \"hello\\n\", client 1</code>: "
	"the call, its descriptor, its result, the bytes, whose connection it "
	"was. <code>recv</code> and <code>send</code> stand for "
	"<code>recvfrom</code>, <code>sendto</code> and their like as well, "
	"<code>poll</code> for <code>select</code>. Processes have the numbers "
	"that they have in the sandbox: <code>child 3</code> is what "
	"<code>fork() = 3</code> has made.</dd>\n"
	"<dt>injected fault</dt><dd>The grader let a call fail, come up short "
	"or return late on purpose. That happens on any system, only seldom. "
	"Such calls have another colour, and say so in brackets.</dd>\n"
	"<dt>experiment</dt><dd>After a failure the grader tries out what "
	"could have caused it, on the program as it stands. The diagnosis, in "
	"the grey box, is what has confirmed itself.</dd>\n"
	"</dl></details>\n";

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	const json_t *labs = json_object_get(result, "labs"), *lab;
	size_t i;

	fputs(head, out);
	fputs(report_css, out);
	fputs("</style></head>\n<body>\n", out);
	fputs(tip, out);
	fputs("<header><h1>Lab report</h1>\n", out);
	put_staircase(out, labs);
	fputs(how_to_read, out);
	fputs("</header>\n<main>\n", out);
	json_array_foreach(labs, i, lab) put_lab(out, style, lab);
	fputs("</main></body></html>\n", out);
}

const struct report report_html = {.name = "html", .whole = whole};
