/* SPDX-License-Identifier: MIT */
/* tools_thread.c - what helgrind found, and what memcheck calls lost, as a verdict */

/*
 * A correct program is never accused.  helgrind knows what orders threads from
 * the calls that it sees, and from inside/ordered.c; what it says besides counts
 * only if both accesses were made by the program's own lines, or by a function
 * like memcpy() on their behalf.  Inside the C library it is often mistaken.
 * Nor does it know signals: what a handler does is not counted.
 *
 * Of lost memory, only such counts that is lost once for each client.  A thread
 * that has not quite ended, or a list that is there to the end, is no leak.
 */
#include "tools.h"

#include "check.h"
#include "diagnoses.h"
#include "language.h"
#include "words/thread.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One access, by its stack in the report. */
struct access {
	bool write, by_handler, own;
	char *where; /* file, line and function, if it is the program's own */
};

/* Two accesses to the same bytes, and which nothing has put in an order. */
struct race {
	struct access access[2];
	char *variable; /* NULL: not known */
};

static const xmlNode *next_frame(const xmlNode *f)
{
	do
		f = f ? f->next : NULL;
	while (f && f->type != XML_ELEMENT_NODE);
	return f;
}

/* Does the C library's function touch what the program has told it to? */
static bool moves_bytes(const xmlNode *frame)
{
	char *fn = content(frame, "fn");
	const char *name = fn + strspn(fn, "_");
	bool does =
		strncmp(name, "mem", 3) == 0 || strncmp(name, "str", 3) == 0;

	free(fn);
	return does;
}

/* The kernel's way back from a handler has no name. */
static bool is_way_back(const xmlNode *frame)
{
	char *obj = frame ? content(frame, "obj") : must_strdup("");
	char *fn = frame ? content(frame, "fn") : must_strdup("");
	bool is = strstr(obj, "/libc.so") && (!*fn || strstr(fn, "restore_rt"));

	free(obj);
	free(fn);
	return is;
}

static bool is_own(const struct lab *lab, const xmlNode *frame)
{
	char *file = content(frame, "file");
	bool own = is_source_of(lab, file);

	free(file);
	return own;
}

static char *place(const xmlNode *frame)
{
	char *file = content(frame, "file"), *line = content(frame, "line");
	char *fn = content(frame, "fn");
	char *where = text("%s:%s, in %s()", file, line, fn);

	free(file);
	free(line);
	free(fn);
	return where;
}

static struct access read_access(const struct lab *lab, const xmlNode *stack,
				 bool write)
{
	const xmlNode *f = child(stack, "frame");
	struct access a = {.write = write};

	while (f && !is_own(lab, f) && moves_bytes(f))
		f = next_frame(f);
	if (!f || !is_own(lab, f))
		return a;
	a.own = true;
	a.where = place(f);
	for (; f; f = next_frame(f))
		a.by_handler |= is_way_back(next_frame(f)) && is_own(lab, f);
	return a;
}

/* The name in: Address 0x… is 0 bytes inside data symbol "total" */
static char *quoted(const char *s)
{
	const char *from = strchr(s, '"');
	const char *to = from ? strchr(from + 1, '"') : NULL;

	return to ? text("%.*s", (int)(to - from - 1), from + 1) : NULL;
}

/* The report of a race has two stacks: of the access that gave rise to it, and
 * of the one that it conflicts with, after a line that says so. */
static struct race read_race(const struct lab *lab, const xmlNode *error)
{
	struct race r = {0};
	char *what = content(child(error, "xwhat"), "text");
	bool write = strstr(what, "during write") != NULL;
	size_t n = 0;

	free(what);
	for (const xmlNode *e = error->children; e; e = e->next) {
		const char *name = (const char *)e->name;

		if (e->type != XML_ELEMENT_NODE)
			continue;
		if (strcmp(name, "stack") == 0 && n < 2) {
			r.access[n++] = read_access(lab, e, write);
		} else if (strcmp(name, "xauxwhat") == 0 && n == 1) {
			what = content(e, "text");
			write = strstr(what, "previous write") != NULL;
			free(what);
		} else if (strcmp(name, "auxwhat") == 0 && !r.variable) {
			what = own_text(e);
			r.variable = quoted(what);
			free(what);
		}
	}
	return r;
}

static bool counts(const struct race *r)
{
	return r->access[0].own && r->access[1].own &&
	       !r->access[0].by_handler && !r->access[1].by_handler;
}

static char *describe_race(const struct race *r)
{
	const struct access *a = r->access;

	return sentence(
		a[1].write ? N_("helgrind: %s%s%s at %s, and another thread's "
				"write at %s: nothing says which comes first")
			   : N_("helgrind: %s%s%s at %s, and another thread's "
				"read at %s: nothing says which comes first"),
		a[0].write ? _("a write") : _("a read"),
		r->variable ? _(" of ") : "", r->variable ? r->variable : "",
		a[0].where, a[1].where);
}

static bool is_kind(const xmlNode *e, const char *kind)
{
	char *its = e->type == XML_ELEMENT_NODE ? content(e, "kind")
						: must_strdup("");
	bool is = strcmp(its, kind) == 0;

	free(its);
	return is;
}

/* pthread_mutex_unlock(), mtx_unlock() and what wraps them; in helgrind itself
 * it may have no name. */
static bool unlocks(const xmlNode *frame)
{
	char *fn = content(frame, "fn"), *obj = content(frame, "obj");
	bool does = strstr(fn, "unlock") || strstr(obj, "/vgpreload_");

	free(fn);
	free(obj);
	return does;
}

/* Where the program has released a lock that the thread did not hold. */
static char *describe_unlock(const struct lab *lab, const xmlNode *error)
{
	const xmlNode *f = child(child(error, "stack"), "frame");
	char *where, *all;

	while (f && !is_own(lab, f) && unlocks(f))
		f = next_frame(f);
	if (!f || !is_own(lab, f))
		return NULL;
	where = place(f);
	all = sentence("helgrind: at %s a lock is released that this thread "
		       "does not hold",
		       where);
	free(where);
	return all;
}

static char *first_unlock(const struct lab *lab, const xmlNode *root)
{
	char *found = NULL;

	for (const xmlNode *e = root->children; e && !found; e = e->next)
		if (is_kind(e, "UnlockUnlocked") || is_kind(e, "UnlockForeign"))
			found = describe_unlock(lab, e);
	return found;
}

static char *first_race(const struct lab *lab, const xmlNode *root)
{
	for (const xmlNode *e = root->children; e; e = e->next) {
		struct race r;

		if (!is_kind(e, "Race"))
			continue;
		r = read_race(lab, e);
		if (counts(&r))
			return describe_race(&r);
		free(r.access[0].where);
		free(r.access[1].where);
		free(r.variable);
	}
	return NULL;
}

/* What counts in a report; NULL: nothing. */
typedef char *finder(const struct lab *lab, const xmlNode *root);

/* What counts in the reports of all processes; NULL: nothing.  `any`: there was
 * one. */
static char *look_through(struct trial *t, finder *first, bool *any)
{
	DIR *d = fdopendir(dup(t->notes));
	char *found = NULL;
	struct dirent *e;

	if (!d)
		give_up(t, text("the trial's notes: %s", strerror(errno)));
	rewinddir(d);
	while (!found && (e = readdir(d))) {
		struct bytes b = {0};
		xmlDoc *doc;
		const xmlNode *root;

		if (strncmp(e->d_name, "helgrind.", 9) != 0 ||
		    !read_note(t->notes, e->d_name, &b))
			continue;
		doc = parse_note(&b);
		root = doc ? xmlDocGetRootElement(doc) : NULL;
		*any |= root != NULL;
		if (root)
			found = first(t->lab, root);
		if (doc)
			xmlFreeDoc(doc);
		bytes_free(&b);
	}
	closedir(d);
	if (found)
		make_printable(found);
	return found;
}

void expect_no_race(struct trial *t)
{
	bool any = false;
	char *seen;

	step(t, "expect that helgrind found no data race");
	seen = look_through(t, first_race, &any);
	if (!seen && !any && !t->greedy)
		seen = sentence(
			"helgrind's report has been removed or overwritten "
			"by the program");
	if (seen)
		fail_as(t, &data_race, WRONG_FACT,
			sentence("whatever two threads touch, and one of them "
				 "changes, is touched in an order"),
			seen);
	seen = look_through(t, first_unlock, &any);
	if (seen)
		fail_as(t, &lock_not_held, WRONG_FACT,
			sentence("whoever releases a lock holds it"), seen);
}
