/* SPDX-License-Identifier: MIT */
/* tools.c - what memcheck and the sanitizers found, as a verdict */

/*
 * Both write their findings into the trial's notes: memcheck an XML file for
 * each process, the sanitizers a text.  The submission could write there too;
 * it would only add findings to its own account, or hide those of one tool.
 *
 * Uninitialised bytes in a write() count only if they reached a client.  If
 * every byte that came back was one that had been sent, none did: then they
 * went into a pipe of the program's own, as the padding of a struct, which is
 * harmless.
 */
#include "tools.h"

#include "check.h"
#include "diagnoses.h"
#include "language.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTE_BYTES_MAX (8u << 20)
#define NOTES_BYTES_MAX (16u << 20) /* a trial's, however many names it has */
#define BRIEF 300

struct finding {
	bool uninitialised_output;
	char *what, *where;
};

bool read_note(int dir, const char *name, struct bytes *content)
{
	int fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	static size_t left = NOTES_BYTES_MAX;
	char block[16384];
	ssize_t n;

	if (fd < 0)
		return false;
	while (content->n < NOTE_BYTES_MAX && content->n < left &&
	       (n = read(fd, block, sizeof(block))) > 0)
		bytes_add(content, block, (size_t)n);
	close(fd);
	left -= content->n < left ? content->n : left;
	bytes_add(content, "", 1);
	content->n--;
	return true;
}

xmlDoc *parse_note(const struct bytes *xml)
{
	return xmlReadMemory((const char *)xml->data, (int)xml->n, NULL, NULL,
			     XML_PARSE_RECOVER | XML_PARSE_NOERROR |
				     XML_PARSE_NOWARNING | XML_PARSE_NONET);
}

const xmlNode *child(const xmlNode *of, const char *name)
{
	for (const xmlNode *n = of ? of->children : NULL; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE &&
		    strcmp((const char *)n->name, name) == 0)
			return n;
	return NULL;
}

/* What an entity stands for is left out: valgrind has none, and a few bytes can
 * stand for more than fits into memory. */
char *own_text(const xmlNode *of)
{
	struct bytes all = {0};

	for (const xmlNode *n = of ? of->children : NULL; n; n = n->next)
		if (n->type == XML_TEXT_NODE && n->content)
			bytes_add(&all, n->content,
				  strlen((const char *)n->content));
	bytes_add(&all, "", 1);
	return (char *)all.data;
}

char *content(const xmlNode *of, const char *name)
{
	return own_text(child(of, name));
}

bool is_source_of(const struct lab *lab, const char *file)
{
	for (const char *const *p = lab->programs; *p; p++)
		if (strncmp(file, *p, strlen(*p)) == 0 &&
		    strcmp(file + strlen(*p), ".c") == 0)
			return true;
	return false;
}

/* The first frame in the student's own file. */
static char *own_frame(const struct lab *lab, const xmlNode *error)
{
	const xmlNode *stack = child(error, "stack");

	for (const xmlNode *f = stack ? stack->children : NULL; f;
	     f = f->next) {
		char *file, *line, *fn, *where = NULL;

		if (f->type != XML_ELEMENT_NODE)
			continue;
		file = content(f, "file");
		line = content(f, "line");
		fn = content(f, "fn");
		if (is_source_of(lab, file))
			where = text("%s:%s, in %s()", file, line, fn);
		free(file);
		free(line);
		free(fn);
		if (where)
			return where;
	}
	return sentence("outside the program's own source");
}

/* Memory that is still there at the end is no error of labs that end it. */
static bool is_leak(const xmlNode *error)
{
	char *kind = content(error, "kind");
	bool leak = strncmp(kind, "Leak_", 5) == 0;

	free(kind);
	return leak;
}

static bool is_output(const char *what)
{
	return strstr(what, "Syscall param") &&
	       (strstr(what, "write") || strstr(what, "send")) &&
	       strstr(what, "uninitialised");
}

/* The first finding of one XML file; false if there is none that counts. */
static bool memcheck_finding(struct trial *t, const struct bytes *xml,
			     bool echo_exact, struct finding *f)
{
	xmlDoc *doc = parse_note(xml);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	bool found = false;

	for (const xmlNode *e = root ? root->children : NULL; e && !found;
	     e = e->next) {
		char *what;

		if (e->type != XML_ELEMENT_NODE ||
		    strcmp((const char *)e->name, "error") != 0 || is_leak(e))
			continue;
		what = content(e, "what");
		if (!*what) {
			free(what);
			what = content(child(e, "xwhat"), "text");
		}
		if (is_output(what) && echo_exact) {
			free(what);
			continue;
		}
		*f = (struct finding){
			.uninitialised_output = is_output(what),
			.what = text("valgrind: %s", what),
			.where = own_frame(t->lab, e),
		};
		free(what);
		found = true;
	}
	if (doc)
		xmlFreeDoc(doc);
	return found;
}

/* "server.c:41" from a report's text. */
static char *own_line(const struct lab *lab, const char *report)
{
	for (const char *const *p = lab->programs; *p; p++) {
		char *name = text("%s.c:", *p);
		const char *at = strstr(report, name);
		size_t n = at ? strlen(name) + strspn(at + strlen(name),
						      "0123456789")
			      : 0;

		free(name);
		if (at)
			return text("%.*s", (int)n, at);
	}
	return sentence("outside the program's own source");
}

static bool sanitizer_finding(struct trial *t, const struct bytes *report,
			      struct finding *f)
{
	const char *s = (const char *)report->data;
	const char *error = strstr(s, "ERROR: ");
	size_t n;

	if (error)
		error += strlen("ERROR: ");
	else if ((error = strstr(s, "runtime error: ")))
		error += strlen("runtime error: ");
	else
		return false;
	n = strcspn(error, "\n");
	/* Addresses mean nothing to anybody. */
	for (const char *at = error; at < error + n; at++)
		if (strncmp(at, " on address", 11) == 0 ||
		    strncmp(at, " on unknown address", 19) == 0)
			n = (size_t)(at - error);
	*f = (struct finding){
		.what = text("sanitizers: %.*s", (int)n, error),
		.where = own_line(t->lab, s),
	};
	return true;
}

/* The report of the process that was started must be there: one that is not has
 * been done away with. */
static bool reports_are_there(struct trial *t)
{
	for (size_t i = 0; i < t->programs; i++) {
		const struct program *p = t->program[i];
		char *name = text("memcheck.%d.xml", (int)p->inner);
		struct bytes b = {0};
		bool there = p->tool != MEMCHECK || !p->pid ||
			     (read_note(t->notes, name, &b) &&
			      strstr((const char *)b.data, "<valgrindoutput>"));

		free(name);
		bytes_free(&b);
		if (!there)
			return false;
	}
	return true;
}

static bool first_finding(struct trial *t, bool echo_exact, struct finding *f)
{
	DIR *d = fdopendir(dup(t->notes));
	bool found = false;
	struct dirent *e;

	if (!d)
		give_up(t, text("the trial's notes: %s", strerror(errno)));
	rewinddir(d); /* a copied descriptor shares its position */
	while (!found && (e = readdir(d))) {
		struct bytes b = {0};

		if (strncmp(e->d_name, "memcheck.", 9) == 0 &&
		    read_note(t->notes, e->d_name, &b))
			found = memcheck_finding(t, &b, echo_exact, f);
		else if (strncmp(e->d_name, "sanitizer.", 10) == 0 &&
			 read_note(t->notes, e->d_name, &b))
			found = sanitizer_finding(t, &b, f);
		bytes_free(&b);
	}
	closedir(d);
	/* gcc's UBSan knows only stderr when it is not alone. */
	for (size_t i = 0; i < t->programs && !found; i++) {
		struct bytes *said = &t->program[i]->complained;

		if (t->program[i]->tool != SANITIZERS || !said->n)
			continue;
		bytes_add(said, "", 1);
		found = sanitizer_finding(t, said, f);
	}
	/* One that used up everything may have been ended before its report
	 * began. */
	if (!found && !t->greedy && !reports_are_there(t)) {
		*f = (struct finding){
			.what = sentence("valgrind's report has been "
					 "removed or overwritten"),
			.where = sentence("by the program")};
		found = true;
	}
	return found;
}

/* As much of it as a person wants to read, on one line. */
static const char *brief(char *s)
{
	if (strlen(s) > BRIEF)
		s[BRIEF] = 0;
	make_printable(s);
	return s;
}

bool tools_have_found(struct trial *t)
{
	struct finding f;

	return first_finding(t, true, &f);
}

void expect_clean_memory(struct trial *t, bool echo_exact)
{
	struct finding f;

	step(t, "expect that the tools found nothing");
	if (!first_finding(t, echo_exact, &f))
		return;
	fail_as(t,
		f.uninitialised_output ? &sends_uninitialised : &memory_error,
		WRONG_FACT,
		sentence("no error under memcheck and the sanitizers"),
		text("%s (%s)", brief(f.what), brief(f.where)));
}

/* Blocks of a kind that can only have been lost: pointers to what is still in
 * use may lie where memcheck does not look, but those are few. */
static size_t blocks_lost(const xmlNode *error)
{
	char *kind = content(error, "kind");
	char *blocks = content(child(error, "xwhat"), "leakedblocks");
	bool lost = strcmp(kind, "Leak_DefinitelyLost") == 0 ||
		    strcmp(kind, "Leak_IndirectlyLost") == 0;
	size_t n = lost ? strtoul(blocks, NULL, 10) : 0;

	free(kind);
	free(blocks);
	return n;
}

/* Of one report: the place that lost most, if it is as many as that. */
static bool leak_finding(struct trial *t, const struct bytes *xml, size_t least,
			 struct finding *f)
{
	xmlDoc *doc = parse_note(xml);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	bool found = false;

	for (const xmlNode *e = root ? root->children : NULL; e && !found;
	     e = e->next) {
		if (e->type != XML_ELEMENT_NODE ||
		    strcmp((const char *)e->name, "error") != 0 ||
		    blocks_lost(e) < least)
			continue;
		*f = (struct finding){
			.what = content(child(e, "xwhat"), "text"),
			.where = own_frame(t->lab, e),
		};
		found = true;
	}
	if (doc)
		xmlFreeDoc(doc);
	return found;
}

void expect_no_leak(struct trial *t, size_t clients_gone)
{
	step(t, "expect that no memory is lost with each client that leaves");
	for (size_t i = 0; i < t->programs; i++) {
		char *name = text("memcheck.%d.xml", (int)t->program[i]->inner);
		struct bytes b = {0};
		struct finding f;

		if (t->program[i]->tool == MEMCHECK &&
		    read_note(t->notes, name, &b) &&
		    leak_finding(t, &b, clients_gone, &f))
			fail_as(t, &leak_per_client, WRONG_FACT,
				sentence("what %zu clients needed is free when "
					 "they have left",
					 clients_gone),
				text("valgrind: %s (%s)", brief(f.what),
				     brief(f.where)));
		free(name);
		bytes_free(&b);
	}
}
