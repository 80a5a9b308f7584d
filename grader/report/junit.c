/* SPDX-License-Identifier: MIT */
/* junit.c - JUnit XML, which Jenkins, GitLab and most others read */

/*
 * After the schema of Jenkins' xUnit plugin (junit-10.xsd) and Ant's JUnit task.
 * A lab is a suite, a check a test case.  What could not be tried is skipped, the
 * grader's own failure an error, which those systems keep apart from failures.
 */
#include "platform.h"
#include "report.h"
#include "result.h"

#include "base.h"

#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_MAX 400000 /* bytes, of one lab */

static const xmlChar *xml(const char *s)
{
	return (const xmlChar *)s;
}

static void must(int written)
{
	if (written < 0)
		die("out of memory");
}

static void put_attribute(xmlTextWriter *w, const char *name, const char *s)
{
	must(xmlTextWriterWriteAttribute(w, xml(name), xml(s)));
}

static void put_count(xmlTextWriter *w, const char *name, size_t n)
{
	must(xmlTextWriterWriteFormatAttribute(w, xml(name), "%zu", n));
}

static void put_seconds(xmlTextWriter *w, double seconds)
{
	must(xmlTextWriterWriteFormatAttribute(w, xml("time"), "%.3f",
					       seconds));
}

static void put_counts(xmlTextWriter *w, const json_t *result)
{
	put_count(w, "tests", count_checks(result, NULL));
	put_count(w, "failures", count_checks(result, "fail"));
	put_count(w, "errors", count_checks(result, "error"));
	put_count(w, "skipped", count_checks(result, "skip"));
	put_seconds(w, sum_of_labs(result, "seconds"));
}

static void put_property(xmlTextWriter *w, const char *name, double points)
{
	must(xmlTextWriterStartElement(w, xml("property")));
	put_attribute(w, "name", name);
	must(xmlTextWriterWriteFormatAttribute(w, xml("value"), "%g", points));
	must(xmlTextWriterEndElement(w));
}

static void put_properties(xmlTextWriter *w, const json_t *result)
{
	must(xmlTextWriterStartElement(w, xml("properties")));
	put_property(w, "points", sum_of_labs(result, "points"));
	put_property(w, "max_points", sum_of_labs(result, "max_points"));
	must(xmlTextWriterEndElement(w));
}

/* The first line is the message, which is shown in lists. */
static void put_account(xmlTextWriter *w, const struct test *t)
{
	char *first = text("%.*s", (int)strcspn(t->account, "\n"), t->account);
	const char *diagnosis = get(t->check, "diagnosis");
	char *type = harmless(*diagnosis ? diagnosis : t->status, SIZE_MAX);
	bool skipped = strcmp(t->status, "skip") == 0;

	must(xmlTextWriterStartElement(w, xml(skipped ? "skipped"
					      : strcmp(t->status, "error") == 0
						      ? "error"
						      : "failure")));
	put_attribute(w, "message", first);
	if (!skipped) {
		put_attribute(w, "type", type);
		must(xmlTextWriterWriteString(w, xml(t->account)));
	}
	must(xmlTextWriterEndElement(w));
	free(type);
	free(first);
}

static void put_test(void *to, const struct test *t)
{
	xmlTextWriter *w = to;

	must(xmlTextWriterStartElement(w, xml("testcase")));
	put_attribute(w, "name", t->name);
	put_attribute(w, "classname", t->lab);
	put_seconds(w, t->seconds);
	if (strcmp(t->status, "pass") != 0)
		put_account(w, t);
	if (strcmp(t->status, "fail") == 0)
		must(xmlTextWriterWriteElement(w, xml("system-out"),
					       xml(t->steps)));
	must(xmlTextWriterEndElement(w));
}

static void put_suite(xmlTextWriter *w, json_t *lab)
{
	json_t *result = result_of_lab(lab);
	char *name = harmless(get(lab, "lab"), SIZE_MAX);
	char *notes = notes_of(result);

	must(xmlTextWriterStartElement(w, xml("testsuite")));
	put_attribute(w, "name", name);
	put_counts(w, result);
	put_properties(w, result);
	each_test(result, ACCOUNTS_MAX, put_test, w);
	if (*notes)
		must(xmlTextWriterWriteElement(w, xml("system-out"),
					       xml(notes)));
	must(xmlTextWriterEndElement(w));
	free(notes);
	free(name);
	json_decref(result);
}

static void put_suites(xmlTextWriter *w, const json_t *result)
{
	json_t *lab;
	size_t i;

	must(xmlTextWriterSetIndent(w, 1));
	must(xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL));
	must(xmlTextWriterStartElement(w, xml("testsuites")));
	put_attribute(w, "name", "grade");
	put_counts(w, result);
	json_array_foreach(json_object_get(result, "labs"), i, lab)
		put_suite(w, lab);
	must(xmlTextWriterEndDocument(w));
}

static void whole(FILE *out, const struct report_style *style,
		  const json_t *result)
{
	xmlBuffer *all = xmlBufferCreate();
	xmlTextWriter *w = xmlNewTextWriterMemory(all, 0);

	(void)style;
	if (!w)
		die("out of memory");
	put_suites(w, result);
	xmlFreeTextWriter(w);
	fwrite(xmlBufferContent(all), 1, (size_t)xmlBufferLength(all), out);
	xmlBufferFree(all);
}

const struct report report_junit = {.name = "junit", .whole = whole};
