/* SPDX-License-Identifier: MIT */
/* language.h - the reader's language: English, or one that has a catalog in po/ */

/*
 * Texts stand in the source in English and are looked up by GNU gettext.  Whoever
 * marks a new one needs its translation too, or a test fails: `make po`.  What
 * programs read (JSON of results, names of options, ids) is English always.
 */
#ifndef GRADER_LANGUAGE_H
#define GRADER_LANGUAGE_H

#include <libintl.h>

/* A text in the reader's language. */
#define _(s) gettext(s)

/* A text that is looked up later, where it is shown. */
#define N_(s) (s)

/* Of a text that comes from elsewhere: "" is "", not the catalog's heading. */
static inline const char *translated(const char *s)
{
	return *s ? gettext(s) : "";
}

/* A sentence for the reader: text() (base.h) with its format translated. */
char *sentence(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Read the language from LANGUAGE, LC_ALL, LC_MESSAGES and LANG, as gettext does,
 * but do not ask that the system has a locale for it.  Catalogs are in
 * DIR/LANGUAGE/LC_MESSAGES/grade.mo. */
void choose_language(const char *dir);

/* Only how characters are written, for what stays English. */
void choose_characters(void);

#endif
