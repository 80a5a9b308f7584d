/* SPDX-License-Identifier: MIT */
/* language.c - which language the reader wants, and texts in it */
#include "language.h"

#include "base.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "grade"

char *sentence(const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	s = vtext(gettext(fmt), args);
	va_end(args);
	return s;
}

static bool writes_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void choose_characters(void)
{
	setlocale(LC_CTYPE, "");
}

/* The first of these that is set, or "". */
static const char *locale_wanted(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *s = getenv(names[i]);

		if (s && *s)
			return s;
	}
	return "";
}

/* "zh" of "zh_CN.UTF-8:en": one catalog serves all who read that language. */
static bool has_catalog(const char *dir, const char *name, size_t n)
{
	char *path =
		text("%s/%.*s/LC_MESSAGES/" DOMAIN ".mo", dir, (int)n, name);
	bool there = n && access(path, R_OK) == 0;

	free(path);
	return there;
}

/* The first language of a list "zh_CN:en" that there is, or NULL: English. */
static char *first_known(const char *dir, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, "_.@:");

		if (memchr(list, '/', n) || (n == 2 && !strncmp(list, "en", n)))
			return NULL;
		if (has_catalog(dir, list, n))
			return text("%.*s", (int)n, list);
		list += strcspn(list, ":");
		list += *list == ':';
	}
	return NULL;
}

/* Who asks for the locale "C" wants what machines understand. */
static char *language_wanted(const char *dir)
{
	const char *locale = locale_wanted(), *list = getenv("LANGUAGE");

	if (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
		return NULL;
	return first_known(dir, list && *list ? list : locale);
}

/* gettext() looks for nothing in the locale "C", nor in one that is not
 * installed; C.UTF-8 is everywhere. */
static bool make_room_for_all_characters(void)
{
	bool plain = !setlocale(LC_CTYPE, "") ||
		     strcmp(setlocale(LC_CTYPE, NULL), "C") == 0;

	return plain ? setlocale(LC_CTYPE, "C.UTF-8") != NULL : writes_utf8();
}

void choose_language(const char *dir)
{
	char *language = language_wanted(dir);

	choose_characters();
	if (!language || !make_room_for_all_characters() ||
	    !setlocale(LC_MESSAGES, "C.UTF-8")) {
		free(language);
		return;
	}
	setenv("LANGUAGE", language, 1);
	bindtextdomain(DOMAIN, dir);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	gettext("en"); /* read it while the file can be reached */
	free(language);
}
