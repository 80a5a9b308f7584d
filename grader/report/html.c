/* SPDX-License-Identifier: MIT */
/* html.c - the result as one page, which needs nothing else */

/*
 * No script is in it, and its policy allows none: whatever a submission has
 * printed is text.  It reads the same without colours, printed, and aloud.
 */
#include "html.h"

#include "report.h"

#include "base.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The style sheet, as it is in its file. */
__asm__(".section .rodata\n"
	".local report_css\n"
	"report_css: .incbin \"grader/report/report.css\"\n"
	".byte 0\n"
	".previous");
extern const char report_css[] __attribute__((visibility("hidden")));

static const char *get(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static int number(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

static bool status_is(const json_t *check, const char *status)
{
	return strcmp(get(check, "status"), status) == 0;
}

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

void put_text(FILE *out, const char *s)
{
	for (; *s; s++) {
		const char *e = entity(*s);

		if (e)
			fputs(e, out);
		else
			fputc(*s == '\n' || (unsigned char)*s >= ' ' ? *s : '?',
			      out);
	}
}

/* <TAG>text</TAG> */
static void element(FILE *out, const char *tag, const char *s)
{
	fprintf(out, "<%s>", tag);
	put_text(out, s);
	fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void term(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	element(out, "dt", name);
	element(out, "dd class=pre", value);
	fputc('\n', out);
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

static void put_steps(FILE *out, const json_t *check)
{
	const json_t *step;
	int before = 0;
	size_t i;

	if (!json_array_size(json_object_get(check, "transcript")))
		return;
	fputs("<h4>What was done</h4>\n<ol class=\"steps\">\n", out);
	json_array_foreach(json_object_get(check, "transcript"), i, step)
	{
		int n = number(step, "n");

		if (n > before + 1)
			fprintf(out, "<li class=\"gap\">%d steps like these\n",
				n - before - 1);
		fprintf(out, "<li value=\"%d\"%s>", n,
			n == number(check, "failed_step") ? " class=\"broke\""
			: json_is_true(json_object_get(step, "experiment"))
				? " class=\"experiment\""
				: "");
		put_text(out, get(step, "what"));
		fputc('\n', out);
		before = n;
	}
	fputs("</ol>\n", out);
}

static void put_diagnosis(FILE *out, const struct report_style *style,
			  const json_t *check)
{
	fputs("<div class=\"diagnosis\">", out);
	element(out, "h4", get(check, "message"));
	fputs("<p><code>", out);
	put_text(out, get(check, "diagnosis"));
	fputs("</code> ", out);
	put_text(out, get(check, "explanation"));
	fputs("</p>\n", out);
	if (*get(check, "hint")) {
		fputs("<p><strong>Ask yourself:</strong> ", out);
		put_text(out, get(check, "hint"));
		fputs("</p>\n", out);
	}
	fputs("<details><summary>What the handout says of it</summary>", out);
	put_section(out, style->root, get(check, "handout"));
	fputs("<p>In <code>", out);
	put_text(out, get(check, "handout"));
	fputs("</code></p></details></div>\n", out);
}

static void put_evidence(FILE *out, const struct report_style *style,
			 const json_t *check)
{
	const json_t *s;
	size_t i;

	fputs("<dl>\n", out);
	term(out, "expected", get(check, "expected"));
	term(out, "seen", get(check, "got"));
	json_array_foreach(json_object_get(check, "stderr"), i, s)
		term(out, "it printed on stderr", get(s, "stderr"));
	json_array_foreach(json_object_get(check, "faults"), i, s)
		term(out, "a fault was injected", json_string_value(s));
	if (!status_is(check, "fail"))
		term(out, "why", get(check, "message"));
	fputs("</dl>\n", out);
	json_array_foreach(json_object_get(check, "source"), i, s)
		put_source(out, s);
	if (status_is(check, "fail"))
		put_diagnosis(out, style, check);
	if (json_object_get(check, "timeline"))
		fputs("<h4>How it went</h4>\n", out);
	put_picture(out, check);
	put_steps(out, check);
	fprintf(out,
		"<p class=\"again\">Again, only this: <code>make check "
		"LAB=%.2s CHECK=%s</code></p>\n",
		get(check, "lab"), get(check, "id"));
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
	fprintf(out, "<details class=\"check %s\" id=\"%s\"%s><summary>",
		get(check, "status"), get(check, "id"),
		status_is(check, "fail") ? " open" : "");
	fprintf(out,
		"<span class=\"sign\" aria-hidden=\"true\">%s</span> "
		"<span class=\"status\">%s</span> ",
		sign(check), get(check, "status"));
	fprintf(out, "<h3>%s</h3> <span class=\"claim\">", get(check, "id"));
	put_text(out, get(check, "title"));
	fprintf(out,
		"</span> <span class=\"points\">%d of %d</span></summary>\n",
		number(check, "points"), number(check, "max_points"));
	put_evidence(out, style, check);
	fputs("</details>\n", out);
}

static void put_lab(FILE *out, const struct report_style *style,
		    const json_t *lab)
{
	const json_t *check;
	size_t i;

	fprintf(out,
		"<section aria-labelledby=\"lab-%s\"><h2 id=\"lab-%s\">%s: %d "
		"of %d points</h2>\n",
		get(lab, "lab"), get(lab, "lab"), get(lab, "lab"),
		number(lab, "points"), number(lab, "max_points"));
	json_array_foreach(json_object_get(lab, "checks"), i, check)
		put_check(out, style, check);
	fputs("</section>\n", out);
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

		fprintf(out,
			"<li><a href=\"#lab-%s\">%s</a> <meter min=\"0\" "
			"max=\"%d\" value=\"%d\">%d of %d</meter> "
			"<span>%d of %d</span>\n",
			get(lab, "lab"), get(lab, "lab"), most, points, points,
			most, points, most);
	}
	fputs("</ol></nav>\n", out);
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	const json_t *labs = json_object_get(result, "labs"), *lab;
	size_t i;

	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width\">"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\""
	      "default-src 'none'; style-src 'unsafe-inline'\">"
	      "<title>Lab report</title>\n<style>\n",
	      out);
	fputs(report_css, out);
	fputs("</style></head>\n<body>\n<svg class=\"defs\" aria-hidden=\"true\">"
	      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" "
	      "refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
	      "orient=\"auto\"><path d=\"M0 0L8 4L0 8Z\"/></marker></defs>"
	      "</svg>\n<header><h1>Lab report</h1>\n",
	      out);
	put_staircase(out, labs);
	fputs("</header>\n<main>\n", out);
	json_array_foreach(labs, i, lab) put_lab(out, style, lab);
	fputs("</main></body></html>\n", out);
}

const struct report report_html = {.name = "html", .whole = whole};
