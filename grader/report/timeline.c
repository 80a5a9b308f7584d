/* SPDX-License-Identifier: MIT */
/* timeline.c - what happened on both sides, drawn for a terminal */

/*
 * A row for each thing that happened, a column for each client, process and
 * thread: a stroke while it is there, dots while it waits in a call.
 *
 *	    ms  c1 c2 s  p3
 *	  9.62        *      server: accept(6) = 7, client 1
 *	  9.65     *  |      client 2: sends "hello\n"
 *	  9.87     |  |  *   child 3: waits in recv(7) for client 1
 *	 10.15     |  |  :   ...
 */
#include "columns.h"
#include "report.h"
#include "result.h"

#include "base.h"
#include "language.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 100
#define LANES_MAX 160
#define LANES_WIDTH 42 /* columns of all; if they need more none is drawn */
#define LABEL_MAX 5

enum phase { NOT_THERE, THERE, WAITING };

struct drawing {
	FILE *out;
	const struct report_style *style;
	const json_t *lanes, *rows;
	size_t first;	       /* row that is drawn */
	bool drawn[LANES_MAX]; /* is this lane? */
	size_t n_drawn;	       /* 0: none is */
	int wide;	       /* columns of each */
	enum phase phase[LANES_MAX];
	const char *mark, *stroke, *dots, *cross;
};

static bool is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int lane_of(const json_t *row)
{
	return (int)json_integer_value(json_object_get(row, "lane"));
}

/* "c1" for client 1, "p3" for child 3, "s" for the server. */
static const char *label(const json_t *lane)
{
	static char short_name[LABEL_MAX + 1];
	const char *name = get(lane, "name"),
		   *digits = strpbrk(name, "0123456789");

	snprintf(short_name, sizeof(short_name), "%c%s",
		 strncmp(name, "child", 5) == 0 ? 'p' : name[0],
		 digits ? digits : "");
	make_printable(short_name);
	return short_name;
}

/* Those where something happens in the rows that are drawn. */
static void choose_lanes(struct drawing *d)
{
	size_t n = 0, longest = 2;

	for (size_t i = d->first; i < json_array_size(d->rows); i++) {
		int lane = lane_of(json_array_get(d->rows, i));
		size_t wide;

		if (lane < 0)
			continue;
		if (lane >= LANES_MAX)
			return;
		wide = strlen(label(json_array_get(d->lanes, (size_t)lane)));
		longest = wide > longest ? wide : longest;
		n += !d->drawn[lane];
		d->drawn[lane] = true;
	}
	d->wide = 1 + (int)longest;
	if (n * (size_t)d->wide <= LANES_WIDTH)
		d->n_drawn = n;
}

static bool is_drawn(const struct drawing *d, size_t lane)
{
	return d->n_drawn && lane < LANES_MAX && d->drawn[lane];
}

static void heading(const struct drawing *d)
{
	const json_t *lane;
	size_t i;

	fprintf(d->out, "  %8s ", "ms");
	json_array_foreach(d->lanes, i, lane)
	{
		if (is_drawn(d, i))
			fprintf(d->out, " %-*s", d->wide - 1, label(lane));
	}
	fputc('\n', d->out);
}

static void draw_lanes(const struct drawing *d, int active)
{
	for (size_t i = 0; i < json_array_size(d->lanes); i++)
		if (is_drawn(d, i))
			fprintf(d->out, " %s%*s",
				(int)i == active	   ? d->mark
				: d->phase[i] == NOT_THERE ? " "
				: d->phase[i] == WAITING   ? d->dots
							   : d->stroke,
				d->wide - 2, "");
}

/* Each lane goes on from here as this row leaves it. */
static void follow(struct drawing *d, const json_t *row)
{
	const char *kind = get(row, "kind");
	int lane = lane_of(row);

	if (lane < 0 || lane >= LANES_MAX)
		return;
	d->phase[lane] = json_object_get(row, "ends") ? NOT_THERE
			 : strcmp(kind, "wait") == 0  ? WAITING
						      : THERE;
}

static const char *colour_of(const struct drawing *d, const json_t *row)
{
	if (!d->style->colour)
		return "";
	if (json_object_get(row, "fault"))
		return "\033[33m";
	return strcmp(get(row, "kind"), "step") == 0  ? "\033[1m"
	       : strcmp(get(row, "kind"), "saw") == 0 ? "\033[36m"
						      : "";
}

/* No more than is left of a line of which so many columns are used. */
static void put_rest(const struct drawing *d, const char *s, int used)
{
	size_t lanes = d->n_drawn * (size_t)d->wide;
	size_t room = WIDTH - lanes - (size_t)used, n = strlen(s);
	bool cut = columns(s, n) > room;

	put_harmless(d->out, s,
		     cut ? bytes_within(s, room - strlen("...")) : n);
	fputs(cut ? "..." : "", d->out);
}

static char *in_words(const struct drawing *d, const json_t *row)
{
	const json_int_t times =
		json_integer_value(json_object_get(row, "times"));
	const json_t *lane = json_array_get(d->lanes, (size_t)lane_of(row));
	char *often = times > 1 ? sentence(" (%lld times)", (long long)times)
				: must_strdup("");
	char *all = text("%s%s%s%s", lane ? said(lane, "name") : "",
			 lane ? _(": ") : "", said(row, "what"), often);

	free(often);
	return all;
}

static void draw_row(struct drawing *d, const json_t *row)
{
	const char *colour = colour_of(d, row);
	char *said = in_words(d, row);
	int used = fprintf(d->out, "  %8.2f ",
			   json_real_value(json_object_get(row, "ms")));

	draw_lanes(d, lane_of(row));
	used += fprintf(d->out, "  ");
	fputs(colour, d->out);
	put_rest(d, said, used);
	fprintf(d->out, "%s\n", *colour ? "\033[0m" : "");
	free(said);
	follow(d, row);
}

static void draw_gap(const struct drawing *d, size_t n)
{
	fprintf(d->out, "  %8s   ", "");
	fprintf(d->out, _("... %zu more ...\n"), n);
}

static void draw(struct drawing *d, const json_t *line)
{
	size_t head = (size_t)json_integer_value(json_object_get(line, "head"));
	size_t left_out =
		(size_t)json_integer_value(json_object_get(line, "left_out"));
	size_t n = json_array_size(d->rows);

	heading(d);
	if (d->first)
		draw_gap(d, d->first + (d->first >= head ? left_out : 0));
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(d->rows, i);

		if (i < d->first) {
			follow(d, row);
			continue;
		}
		if (i == head && left_out && d->first < head)
			draw_gap(d, left_out);
		draw_row(d, row);
	}
}

/* Where the story breaks off. */
static void draw_end(const struct drawing *d, const json_t *check)
{
	const char *expected = get(check, "expected");
	const char *heading = _("expected: ");
	int used;

	if (!*expected)
		return;
	used = fprintf(d->out, "  %8s ", "");
	draw_lanes(d, -1);
	fputs(d->style->colour ? "  \033[31m" : "  ", d->out);
	fprintf(d->out, "%s %s", d->cross, heading);
	used += (int)(strlen("  x ") + columns(heading, strlen(heading)));
	put_rest(d, expected, used);
	fprintf(d->out, "%s\n", d->style->colour ? "\033[0m" : "");
}

static void explain(const struct drawing *d)
{
	if (!d->n_drawn)
		return;
	fprintf(d->out, "  %8s  ", "");
	fprintf(d->out,
		_("%s something happens, %s is there, %s waits in a call\n"),
		d->mark, d->stroke, d->dots);
}

void put_timeline(FILE *out, const struct report_style *style,
		  const json_t *check, size_t most)
{
	const json_t *line = json_object_get(check, "timeline");
	bool utf8 = is_utf8();
	struct drawing d = {
		.out = out,
		.style = style,
		.lanes = json_object_get(line, "lanes"),
		.rows = json_object_get(line, "rows"),
		.mark = utf8 ? "●" : "*",
		.stroke = utf8 ? "│" : "|",
		.dots = utf8 ? "┊" : ":",
		.cross = utf8 ? "✗" : "x",
	};

	if (!line)
		return;
	if (json_array_size(d.rows) > most)
		d.first = json_array_size(d.rows) - most;
	choose_lanes(&d);
	draw(&d, line);
	draw_end(&d, check);
	explain(&d);
}
