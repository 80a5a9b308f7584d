/* SPDX-License-Identifier: MIT */
/* columns.c - how wide text is, and where a line of it may be broken */
#include "columns.h"

#include "report.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

/* How many bytes the character at s has, and which it is; a byte that is none
 * counts as one. */
static size_t character(const char *s, size_t n, wchar_t *c)
{
	mbstate_t state = {0};
	size_t bytes = mbrtowc(c, s, n, &state);

	if (bytes && bytes <= n)
		return bytes;
	*c = L'?';
	return 1;
}

static size_t width_of(wchar_t c)
{
	int width = wcwidth(c);

	return width < 0 ? 1 : (size_t)width;
}

size_t columns(const char *s, size_t n)
{
	size_t wide = 0;
	wchar_t c;

	for (size_t i = 0; i < n; wide += width_of(c))
		i += character(s + i, n - i, &c);
	return wide;
}

size_t bytes_within(const char *s, size_t most)
{
	size_t n = strlen(s), i = 0, wide = 0;
	wchar_t c;

	while (i < n) {
		size_t bytes = character(s + i, n - i, &c);

		wide += width_of(c);
		if (wide > most)
			break;
		i += bytes;
	}
	while (i < n && i && ((unsigned char)s[i] & 0xc0) == 0x80)
		i--; /* where the locale knows no UTF-8 */
	return i;
}

/* Between Chinese characters, but no line begins with what closes, or ends with
 * what opens. */
static bool may_break(wchar_t before, wchar_t after)
{
	static const wchar_t closing[] = L"，。、；：？！）」』》〉”’…,.;:?!)]";
	static const wchar_t opening[] = L"（「『《〈“‘([";

	return (width_of(before) > 1 || width_of(after) > 1) &&
	       !wcschr(closing, after) && !wcschr(opening, before);
}

/* The bytes that stay together on a line. */
static size_t piece(const char *s, size_t n)
{
	wchar_t before, after;
	size_t i = character(s, n, &before);

	while (i < n && s[i] != ' ') {
		size_t bytes = character(s + i, n - i, &after);

		if (may_break(before, after))
			break;
		i += bytes;
		before = after;
	}
	return i;
}

void put_wrapped(FILE *out, const char *s, size_t n, size_t indent,
		 size_t width)
{
	const char *end = s + n;
	size_t column = indent;

	for (;;) {
		size_t spaces = strspn(s, " "), bytes, wide;

		if (s + spaces >= end)
			return;
		bytes = piece(s + spaces, (size_t)(end - s) - spaces);
		wide = columns(s + spaces, bytes);
		if (column > indent && column + spaces + wide > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else {
			fprintf(out, "%*s", (int)spaces, "");
			column += spaces;
		}
		put_harmless(out, s + spaces, bytes);
		column += wide;
		s += spaces + bytes;
	}
}
