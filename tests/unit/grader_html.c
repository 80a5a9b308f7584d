/* SPDX-License-Identifier: MIT */
/* grader_html.c - tests of the report as one HTML page. */
#define _GNU_SOURCE 1
#include "report/html.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

/* A course of our own, with one handout. */
static char root[] = "/tmp/grader_html.XXXXXX";
static struct report_style style = {.root = root};

static const char handout[] =
	"# Lab\n"
	"\n"
	"### Zombies\n"
	"\n"
	"They `wait`. See [below](#more), [lab 02](../02-loop/README.md) or\n"
	"[the manual](https://man7.org/x). <script>alert(1)</script>\n"
	"\n"
	"```c\n"
	"# define NOT_A_HEADING 1 < 2 && 3\n"
	"### Nor this\n"
	"```\n"
	"\n"
	"After the code.\n"
	"\n"
	"### More, or less: `fork()`\n"
	"\n"
	"Of the next one.\n"
	"\n"
	"## In code\n"
	"\n"
	"```\n"
	"### Hidden\n"
	"```\n"
	"\n"
	"### Last_one\n"
	"\n"
	"The end.\n";

static int make_course(void **state)
{
	char path[100];
	FILE *f;

	(void)state;
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/README.md", root);
	f = fopen(path, "we");
	return !f || fputs(handout, f) < 0 || fclose(f) != 0 ? -1 : 0;
}

static int drop_course(void **state)
{
	char path[100];

	(void)state;
	snprintf(path, sizeof(path), "%s/README.md", root);
	unlink(path);
	return rmdir(root);
}

/* ---- results made by hand ---- */

static json_t *check_of(const char *id, const char *status)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "lab", "03-fork",
			 "id", id, "title", "it does what it should", "status",
			 status, "points", strcmp(status, "pass") ? 0 : 7,
			 "max_points", 7);
}

/* One that has everything, with `s` wherever there is a string that a program
 * could have a hand in, and wherever it could not. */
static json_t *failed_check(const char *id, const char *s)
{
	json_t *c = check_of(id, "fail");
	static const char *const keys[] = {
		"title",       "message", "expected", "got",
		"explanation", "hint",	  "diagnosis"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		json_object_set_new(c, keys[i], json_string(s));
	json_object_set_new(c, "handout", json_string("README.md#zombies"));
	json_object_set_new(c, "failed_step", json_integer(9));
	json_object_set_new(c, "faults", json_pack("[s]", s));
	json_object_set_new(
		c, "stderr",
		json_pack("[{s:s, s:s}]", "program", s, "stderr", s));
	json_object_set_new(c, "source",
			    json_pack("[{s:s, s:i, s:i, s:[s, s]}]", "file", s,
				      "line", 8, "first", 7, "lines", s, s));
	json_object_set_new(
		c, "transcript",
		json_pack("[{s:i, s:s}, {s:i, s:s}, {s:i, s:s, s:b}]", "n", 1,
			  "what", s, "n", 9, "what", s, "n", 10, "what", s,
			  "experiment", 1));
	json_object_set_new(
		c, "timeline",
		json_pack("{s:[{s:s, s:s}, {s:s, s:s}], s:[{s:f, s:i, s:s, "
			  "s:s}, {s:f, s:i, s:s, s:s, s:i}, {s:f, s:i, s:s, "
			  "s:s, s:b, s:i}], s:i, s:i}",
			  "lanes", "name", s, "kind", "client", "name", s,
			  "kind", "process", "rows", "ms", 1.5, "lane", 0,
			  "kind", "step", "what", s, "ms", 2.5, "lane", 1,
			  "kind", "wait", "what", s, "times", 3, "ms", 3.5,
			  "lane", -1, "kind", "state", "what", s, "fault", 1,
			  "from", 0, "head", 1, "left_out", 5));
	return c;
}

static json_t *result_of(json_t *one, json_t *other)
{
	return json_pack("{s:i, s:[{s:s, s:i, s:i, s:[o, o]}]}", "version", 1,
			 "labs", "lab", "03-fork", "points", 7, "max_points",
			 14, "checks", one, other);
}

static char *page_of(json_t *result)
{
	char *s = NULL;
	size_t n;
	FILE *out = open_memstream(&s, &n);

	report_html.whole(out, &style, result);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(s), n);
	json_decref(result);
	return s;
}

/* ---- what a browser would make of it ---- */

static void ignore(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

static xmlDoc *tree_of(const char *page)
{
	xmlDoc *tree;

	xmlSetGenericErrorFunc(NULL, ignore);
	tree = xmlReadMemory(page, (int)strlen(page), "page", NULL,
			     XML_PARSE_NONET | XML_PARSE_NOERROR |
				     XML_PARSE_NOWARNING);
	if (!tree)
		print_error("%s\n", xmlGetLastError()->message);
	assert_non_null(tree);
	return tree;
}

static xmlXPathObject *find(xmlDoc *tree, const char *what)
{
	xmlXPathContext *c = xmlXPathNewContext(tree);
	xmlXPathObject *found = xmlXPathEval((const xmlChar *)what, c);

	xmlXPathFreeContext(c);
	assert_non_null(found);
	return found;
}

static int count(xmlDoc *tree, const char *what)
{
	xmlXPathObject *o = find(tree, what);
	int n = o->nodesetval ? o->nodesetval->nodeNr : 0;

	xmlXPathFreeObject(o);
	return n;
}

/* The text in the first of these; the caller frees it. */
static char *text_of(xmlDoc *tree, const char *what)
{
	xmlXPathObject *o = find(tree, what);
	char *s;

	assert_true(o->nodesetval && o->nodesetval->nodeNr > 0);
	s = (char *)xmlNodeGetContent(o->nodesetval->nodeTab[0]);
	xmlXPathFreeObject(o);
	return s;
}

static void assert_text(xmlDoc *tree, const char *what, const char *expected)
{
	char *s = text_of(tree, what);

	assert_string_equal(s, expected);
	free(s);
}

/* Whatever the strings are, the tree is the same. */
static void assert_same_tree(xmlNode *a, xmlNode *b)
{
	for (; a || b; a = a->next, b = b->next) {
		xmlAttr *x, *y;

		assert_true(a && b);
		assert_int_equal(a->type, b->type);
		if (a->type != XML_ELEMENT_NODE)
			continue;
		assert_string_equal((const char *)a->name,
				    (const char *)b->name);
		for (x = a->properties, y = b->properties; x || y;
		     x = x->next, y = y->next) {
			assert_true(x && y);
			assert_string_equal((const char *)x->name,
					    (const char *)y->name);
		}
		assert_same_tree(a->children, b->children);
	}
}

/* ---- the tests ---- */

static void a_page_is_whole(void **state)
{
	char *page = page_of(result_of(check_of("fork.builds", "pass"),
				       failed_check("fork.reaps", "words")));
	xmlDoc *tree = tree_of(page);

	(void)state;
	assert_true(strncmp(page, "<!DOCTYPE html>\n", 16) == 0);
	assert_text(tree, "//h1", "Lab report");
	assert_text(tree, "//h2", "03-fork: 7 of 14 points, 1 of 2 checks");
	assert_int_equal(count(tree, "//details[contains(@class, 'check')]"),
			 2);
	/* Failures lie open, what has passed does not. */
	assert_int_equal(count(tree, "//details[@id='fork.reaps'][@open]"), 1);
	assert_int_equal(count(tree, "//details[@id='fork.builds'][@open]"), 0);
	assert_text(tree, "//details[@id='fork.builds']/summary",
		    "✓ pass fork.builds 7 of 7 it does what it should");
	assert_int_equal(count(tree, "//ol[@class='failures']/li"), 1);
	assert_int_equal(count(tree, "//mark"), 1);
	assert_text(tree, "//mark", ">   8  words");
	assert_text(tree, "//li[@class='broke']", "words");
	assert_text(tree, "//li[@class='gap']", "7 steps like these");
	assert_text(tree, "//li[@class='experiment']", "words");
	assert_text(tree, "//p[@class='again']/code",
		    "make check LAB=03 CHECK=fork.builds");
	xmlFreeDoc(tree);
	free(page);
}

/* What was expected, what came, how, what it means, what to ask, where to read. */
static void a_failure_is_told_in_order(void **state)
{
	static const char *const order[] = {
		">expected<",	       ">seen<",       "<figure>",
		">How it went<",       "<svg viewBox", "step by step",
		"class=\"diagnosis\"", "Ask yourself", "the handout says",
		"class=\"again\""};
	char *page = page_of(result_of(failed_check("fork.reaps", "words"),
				       check_of("fork.builds", "pass")));
	const char *at = strstr(page, "<details class=\"check fail\"");

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		assert_non_null(at);
		at = strstr(at, order[i]);
	}
	assert_non_null(at);
	free(page);
}

static void it_needs_and_does_nothing_else(void **state)
{
	char *page = page_of(result_of(failed_check("fork.many", "words"),
				       failed_check("fork.reaps", "words")));
	xmlDoc *tree = tree_of(page);
	static const char *const never[] = {"//script",
					    "//img",
					    "//link",
					    "//iframe",
					    "//object",
					    "//form",
					    "//video",
					    "//*[@src]",
					    "//*[@style]",
					    "//@*[starts-with(name(), 'on')]",
					    "//meta[@http-equiv='refresh']"};

	(void)state;
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		assert_int_equal(count(tree, never[i]), 0);
	assert_int_equal(count(tree, "//meta[@http-equiv="
				     "'Content-Security-Policy'][starts-with("
				     "@content, \"default-src 'none'; \")]"),
			 1);
	assert_null(strstr(page, "url(http"));
	assert_null(strstr(page, "@import"));
	/* Links: into the page, and what a handout has. */
	assert_int_equal(count(tree, "//a[not(starts-with(@href, '#')) and "
				     "not(starts-with(@href, 'https://'))]"),
			 0);
	xmlFreeDoc(tree);
	free(page);
}

static void assert_anchors(const char *page)
{
	xmlDoc *tree = tree_of(page);
	xmlXPathObject *ids = find(tree, "//@id"),
		       *links = find(tree, "//a/@href[starts-with(., '#')] | "
					   "//@aria-labelledby");

	for (int i = 0; i < ids->nodesetval->nodeNr; i++) {
		xmlNode *one = ids->nodesetval->nodeTab[i]->children;

		for (int j = 0; j < i; j++)
			assert_string_not_equal(
				(char *)one->content,
				(char *)ids->nodesetval->nodeTab[j]
					->children->content);
	}
	for (int i = 0; i < links->nodesetval->nodeNr; i++) {
		const char *to = (const char *)links->nodesetval->nodeTab[i]
					 ->children->content;
		char what[100];

		snprintf(what, sizeof(what), "//*[@id='%s']",
			 to + (*to == '#'));
		assert_int_equal(count(tree, what), 1);
	}
	xmlXPathFreeObject(ids);
	xmlXPathFreeObject(links);
	xmlFreeDoc(tree);
}

static void anchors_are_unique(void **state)
{
	char *page = page_of(result_of(failed_check("fork.many", "words"),
				       failed_check("fork.reaps", "words")));

	(void)state;
	assert_anchors(page);
	free(page);
}

static const char *const attacks[] = {
	"<script>alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' onmouseover='alert(1)",
	"</title></style></svg></pre></details></body>",
	"<!-- ",
	"]]>",
	"<![CDATA[ x",
	"&lt;b&gt; &#60; & &amp",
	"javascript:alert(1)",
	"\033[2J\033]0;x\007\r\b\001\037\177",
	"\xc2\x9b\0631m\xc2\x85",
	"\xe2\x80\xae desrever \xe2\x80\xac \xe2\x81\xa6 x \xe2\x81\xa9",
	"%n%s%d",
	"`~!@#$%^*()_+{}|:?",
};

/* In the place of the words. */
static const char turned_round[] = {'\xe2', '\x80', '\xae', 0};

static void what_a_program_says_is_inert(void **state)
{
	char *calm = page_of(result_of(failed_check("fork.many", "words"),
				       failed_check("fork.reaps", "words")));
	xmlDoc *expected = tree_of(calm);

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		char *page = page_of(
			result_of(failed_check("fork.many", attacks[i]),
				  failed_check("fork.reaps", attacks[i])));
		xmlDoc *tree = tree_of(page);

		assert_same_tree(xmlDocGetRootElement(expected),
				 xmlDocGetRootElement(tree));
		for (const char *p = page; *p; p++) {
			unsigned char c = (unsigned char)*p;

			assert_true((c >= ' ' && c != 127) || c == '\n' ||
				    c == '\t'); /* in the style sheet */
		}
		assert_null(strstr(page, turned_round));
		assert_null(strstr(page, "\xc2\x9b"));
		xmlFreeDoc(tree);
		free(page);
	}
	xmlFreeDoc(expected);
	free(calm);
}

/* Nor does it lose a character that can be shown. */
static void what_a_program_says_is_there(void **state)
{
	static const char said[] = "<b> \"quoted\" & 'so' </b> na\xc3\xafve";
	char *page = page_of(result_of(failed_check("fork.many", said),
				       check_of("fork.builds", "pass")));
	xmlDoc *tree = tree_of(page);

	(void)state;
	assert_text(tree, "//dd[@class='code']", said);
	assert_text(tree, "//main//dl/dd", said);
	assert_text(tree, "//figcaption", said);
	assert_text(tree, "//li[@class='broke']", said);
	assert_text(tree, "//*[@class='diagnosis']/h4", said);
	xmlFreeDoc(tree);
	free(page);
}

/* Even what the grader itself says. */
static void ids_are_inert_too(void **state)
{
	json_t *c = failed_check("x\"><script>", "words");
	char *page;
	xmlDoc *tree;

	(void)state;
	json_object_set_new(c, "status", json_string("fail\"><b>"));
	page = page_of(result_of(c, check_of("fork.builds", "pass")));
	tree = tree_of(page);
	assert_int_equal(count(tree, "//script | //b"), 0);
	xmlFreeDoc(tree);
	free(page);
}

static void many_lines_keep_their_columns(void **state)
{
	json_t *c = check_of("fork.builds", "fail");
	char *page;
	xmlDoc *tree;

	(void)state;
	json_object_set_new(c, "got", json_string("a.c:1\n  1 | x\n    | ^"));
	page = page_of(result_of(c, check_of("fork.reaps", "pass")));
	tree = tree_of(page);
	assert_text(tree, "//main//dd/pre", "a.c:1\n  1 | x\n    | ^");
	xmlFreeDoc(tree);
	free(page);
}

/* What is not there is left out, and breaks nothing. */
static void a_poor_result_is_a_page(void **state)
{
	json_t *skipped = check_of("fork.log", "skip");
	char *page;
	xmlDoc *tree;

	(void)state;
	json_object_set_new(skipped, "message", json_string("no server.c"));
	page = page_of(result_of(check_of("fork.reaps", "fail"), skipped));
	tree = tree_of(page);
	assert_null(strstr(page, "(null)"));
	assert_text(tree, "//main//dl[dt]/dt", "why");
	assert_text(tree, "//main//dl[dt]/dd", "no server.c");
	assert_int_equal(count(tree, "//main//svg"), 0);
	xmlFreeDoc(tree);
	free(page);
	page = page_of(json_object());
	xmlFreeDoc(tree_of(page));
	free(page);
}

static void code_in_our_own_words_is_shown_as_code(void **state)
{
	json_t *c = failed_check("fork.reaps", "words");
	char *page;
	xmlDoc *tree;

	(void)state;
	json_object_set_new(c, "hint", json_string("What of `80<b>` and `x`?"));
	json_object_set_new(c, "explanation", json_string("An odd ` stays."));
	page = page_of(result_of(c, check_of("fork.builds", "pass")));
	tree = tree_of(page);
	assert_text(tree, "//*[@class='diagnosis']/p[1]",
		    "words: An odd ` stays.");
	assert_text(tree, "//*[@class='diagnosis']/p[2]",
		    "Ask yourself: What of 80<b> and x?");
	assert_text(tree, "//*[@class='diagnosis']/p[2]/code", "80<b>");
	assert_int_equal(count(tree, "//*[@class='diagnosis']/p[2]/code"), 2);
	xmlFreeDoc(tree);
	free(page);
}

static void pictures_show_what_happened(void **state)
{
	char *page = page_of(result_of(failed_check("fork.many", "words"),
				       check_of("fork.builds", "pass")));
	xmlDoc *tree = tree_of(page);

	(void)state;
	assert_int_equal(count(tree, "//main//svg"), 1);
	assert_int_equal(count(tree, "//main//path[contains(@class, 'life')]"),
			 2);
	assert_text(tree, "//main//rect[@class='wait']/title",
		    "words, to the end");
	assert_text(tree, "//main//g[@class='wait']/text[2]",
		    "words words (3 times)");
	assert_int_equal(count(tree, "//main//g[@class='state fault']"), 1);
	assert_text(tree, "//main//text[@class='gap']", "… 5 more …");
	assert_text(tree, "//main//g[@class='broke']/text",
		    "✗ expected: words");
	assert_int_equal(count(tree, "//div[@class='scroll'][@tabindex='0'][@"
				     "role='region'][@aria-label]"),
			 1);
	xmlFreeDoc(tree);
	free(page);
}

/* A number of the svg's attribute. */
static int width_of(xmlDoc *tree)
{
	char *s = text_of(tree, "//main//svg/@width");
	int n = atoi(s);

	free(s);
	return n;
}

static void crowds_and_long_words_have_room(void **state)
{
	json_t *c = failed_check("fork.many", "words");
	json_t *line = json_object_get(c, "timeline");
	char name[40], long_one[5000], *page;
	xmlDoc *tree;

	(void)state;
	memset(long_one, 'x', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = 0;
	json_object_set_new(c, "expected", json_string(long_one));
	for (int i = 2; i < 160; i++) {
		snprintf(name, sizeof(name), "client %d", i);
		json_array_append_new(json_object_get(line, "lanes"),
				      json_pack("{s:s, s:s}", "name", name,
						"kind", "client"));
	}
	page = page_of(result_of(c, check_of("fork.builds", "pass")));
	tree = tree_of(page);
	/* The whole of it is with the facts. */
	assert_text(tree, "//main//dl/dd", long_one);
	assert_in_range(width_of(tree), 160 * 9, 160 * 9 + 1500);
	/* Not all have their names: they would lie on each other. */
	assert_in_range(count(tree, "//main//svg/text[@transform]"), 60, 100);
	xmlFreeDoc(tree);
	free(page);
}

static void arrows_lead_from_cause_to_effect(void **state)
{
	static const struct {
		const char *cause, *call, *key;
		int arrows;
	} cases[] = {
		{"connects to port 7", "accept(3) = 4, client 1", "from", 1},
		{"sends \"x\"", "read(4) = 1 \"x\", client 1", "from", 1},
		{"closes its connection", "read(4) = 0, end of file", "from",
		 1},
		{"ends its sending side", "read(4) = 0, end of file", "from",
		 1},
		{"sends \"x\"", "read(4) = 0, end of file", "from", 0},
		{"sends \"x\"", "read(4) = 1", "no", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *c = check_of("fork.many", "fail");
		char *page;
		xmlDoc *tree;

		json_object_set_new(
			c, "timeline",
			json_pack(
				"{s:[{s:s}, {s:s}], s:[{s:i, s:s, s:s}, {s:i, "
				"s:s, s:s, s:i}]}",
				"lanes", "name", "client 1", "name", "server",
				"rows", "lane", 0, "kind", "step", "what",
				cases[i].cause, "lane", 1, "kind", "call",
				"what", cases[i].call, cases[i].key, 0));
		page = page_of(result_of(c, check_of("fork.builds", "pass")));
		tree = tree_of(page);
		assert_int_equal(count(tree, "//main//path[@class='arrow']"),
				 cases[i].arrows);
		xmlFreeDoc(tree);
		free(page);
	}
}

/* ---- sections of a handout ---- */

static char *section(const char *where)
{
	char *s = NULL;
	size_t n;
	FILE *out = open_memstream(&s, &n);

	put_section(out, root, where);
	assert_int_equal(fclose(out), 0);
	return s;
}

static void assert_section(const char *where, const char *expected)
{
	char *s = section(where);

	assert_string_equal(s, expected);
	free(s);
}

static void sections_are_found(void **state)
{
	(void)state;
	assert_section("README.md#more-or-less-fork",
		       "<p>Of the next one.</p>\n");
	assert_section("README.md#last_one", "<p>The end.</p>\n");
	/* What is in a block of code is no heading. */
	assert_section("README.md#hidden", "");
	assert_section("README.md#nor-this", "");
	assert_section("README.md#define-not_a_heading-1--2--3", "");
	assert_section("README.md#in-code",
		       "<pre><code>### Hidden\n</code></pre>\n");
}

static void sections_are_whole_and_harmless(void **state)
{
	char *s = section("README.md#zombies");

	(void)state;
	assert_non_null(strstr(s, "They <code>wait</code>. See below, lab 02 "
				  "or\n<a href=\"https://man7.org/x\">the "
				  "manual</a>."));
	assert_non_null(strstr(s, "# define NOT_A_HEADING 1 &lt; 2 &amp;&amp; "
				  "3\n### Nor this\n</code></pre>"));
	assert_non_null(strstr(s, "<p>After the code.</p>\n"));
	assert_null(strstr(s, "Of the next one"));
	assert_null(strstr(s, "<script"));
	free(s);
}

static void sections_may_be_missing(void **state)
{
	(void)state;
	assert_section("README.md#zombie", "");
	assert_section("README.md#zombies-", "");
	assert_section("README.md#", "");
	assert_section("README.md", "");
	assert_section("", "");
	assert_section("nowhere.md#zombies", "");
	assert_section("../../../../dev/zero#x", "");
}

static void a_page_goes_without_its_handout(void **state)
{
	json_t *c = failed_check("fork.many", "words");
	char *page;
	xmlDoc *tree;

	(void)state;
	json_object_set_new(c, "handout", json_string("gone.md#zombies"));
	page = page_of(result_of(c, check_of("fork.builds", "pass")));
	tree = tree_of(page);
	assert_text(tree, "//*[@class='diagnosis']/details/p",
		    "In gone.md#zombies");
	xmlFreeDoc(tree);
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_whole),
		cmocka_unit_test(a_failure_is_told_in_order),
		cmocka_unit_test(it_needs_and_does_nothing_else),
		cmocka_unit_test(anchors_are_unique),
		cmocka_unit_test(what_a_program_says_is_inert),
		cmocka_unit_test(what_a_program_says_is_there),
		cmocka_unit_test(ids_are_inert_too),
		cmocka_unit_test(many_lines_keep_their_columns),
		cmocka_unit_test(a_poor_result_is_a_page),
		cmocka_unit_test(code_in_our_own_words_is_shown_as_code),
		cmocka_unit_test(pictures_show_what_happened),
		cmocka_unit_test(crowds_and_long_words_have_room),
		cmocka_unit_test(arrows_lead_from_cause_to_effect),
		cmocka_unit_test(sections_are_found),
		cmocka_unit_test(sections_are_whole_and_harmless),
		cmocka_unit_test(sections_may_be_missing),
		cmocka_unit_test(a_page_goes_without_its_handout),
	};

	return cmocka_run_group_tests(tests, make_course, drop_course);
}
