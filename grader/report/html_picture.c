/* SPDX-License-Identifier: MIT */
/* html_picture.c - what happened on both sides, drawn as SVG */

/*
 * As in the terminal, a row for each thing that happened, with its time on the
 * left and its words on the right; between them the lanes: a line while a client
 * or a process is there, a bar while it waits in a call.  An arrow leads from who
 * gave something to who took it.  Whatever is drawn says what it is when pointed
 * at.
 */
#include "columns.h"
#include "html.h"
#include "result.h"

#include "base.h"
#include "language.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROW 19	   /* height of a row */
#define LEFT 84	   /* of the first lane */
#define LANE 30	   /* from one to the next… */
#define LANES 360  /* …and to the last, unless that is… */
#define CROWDED 9  /* …less than this from one to the next */
#define SLANTED 17 /* between names that do not touch */
#define CHAR 7.3   /* width of one in the font */
#define EXPECTED_MAX 120

struct picture {
	FILE *out;
	const json_t *lanes, *rows;
	size_t n_lanes, n_rows, head, left_out;
	int top;	   /* of the first row: above it stand the names */
	int lane;	   /* from one to the next */
	int height, words; /* where the words begin */
};

static double ms_of(const json_t *row)
{
	return json_real_value(json_object_get(row, "ms"));
}

static int lane_in(const json_t *row, const char *key)
{
	const json_t *n = json_object_get(row, key);

	return n ? (int)json_integer_value(n) : -1;
}

static const json_t *row(const struct picture *p, size_t i)
{
	return json_array_get(p->rows, i);
}

static bool is_kind(const json_t *r, const char *kind)
{
	return strcmp(get(r, "kind"), kind) == 0;
}

static int x_of(const struct picture *p, int lane)
{
	return LEFT + p->lane * lane;
}

/* The gap, if there is one, takes a row. */
static int y_of(const struct picture *p, size_t i)
{
	return p->top + ROW * (int)(i + (p->left_out && i >= p->head));
}

/* The next row of this lane after row i; n_rows: there is none. */
static size_t next_in(const struct picture *p, int lane, size_t i)
{
	while (++i < p->n_rows && lane_in(row(p, i), "lane") != lane)
		;
	return i;
}

static void draw_name(const struct picture *p, int i)
{
	const json_t *lane = json_array_get(p->lanes, (size_t)i);

	fprintf(p->out,
		"<text class=\"%s\" transform=\"translate(%d %d) "
		"rotate(-40)\">",
		get(lane, "kind"), x_of(p, i) + 4, p->top - 18);
	put_text(p->out, said(lane, "name"));
	fputs("</text>", p->out);
}

/* As many as there is room for, from the right: the program's own are there. */
static void draw_names(const struct picture *p)
{
	int apart = (SLANTED + p->lane - 1) / p->lane;

	for (int i = (int)p->n_lanes - 1; i >= 0; i -= apart)
		draw_name(p, i);
}

/* From its first row to the one that ends it, or to the bottom. */
static void draw_life(const struct picture *p, int lane)
{
	const json_t *who = json_array_get(p->lanes, (size_t)lane);
	size_t first = next_in(p, lane, (size_t)-1), i = first;

	while (i < p->n_rows && !json_object_get(row(p, i), "ends"))
		i = next_in(p, lane, i);
	if (first == p->n_rows)
		return;
	fprintf(p->out, "<path class=\"life %s\" d=\"M%d %dV%d\"><title>",
		get(who, "kind"), x_of(p, lane), y_of(p, first),
		i < p->n_rows ? y_of(p, i) : p->height);
	put_text(p->out, said(who, "name"));
	fputs("</title></path>", p->out);
}

static void draw_waiting(const struct picture *p, size_t i)
{
	const json_t *r = row(p, i);
	int lane = lane_in(r, "lane");
	size_t end = next_in(p, lane, i);
	int bottom = end < p->n_rows ? y_of(p, end) : p->height;

	if (!is_kind(r, "wait"))
		return;
	fprintf(p->out,
		"<rect class=\"wait\" x=\"%d\" y=\"%d\" width=\"8\" "
		"height=\"%d\"><title>",
		x_of(p, lane) - 4, y_of(p, i), bottom - y_of(p, i));
	put_text(p->out, get(r, "what"));
	if (end < p->n_rows)
		fprintf(p->out, ": %.2f ms", ms_of(row(p, end)) - ms_of(r));
	else
		fputs(_(", to the end"), p->out);
	fputs("</title></rect>", p->out);
}

static bool starts_with(const json_t *r, const char *s)
{
	return strncmp(get(r, "what"), s, strlen(s)) == 0;
}

/* Is this what the client did, of which the program's call has come to know? */
static bool is_cause(const json_t *cause, const json_t *call)
{
	if (!is_kind(cause, "step"))
		return false;
	if (starts_with(call, "accept"))
		return strstr(get(cause, "what"), "connects to") != NULL;
	return strstr(get(call, "what"), _("end of file"))
		       ? starts_with(cause, "ends ") ||
				 starts_with(cause, "closes ")
		       : starts_with(cause, "sends ");
}

static void draw_arrow(const struct picture *p, size_t from, size_t to)
{
	int x = x_of(p, lane_in(row(p, from), "lane"));
	int end = x_of(p, lane_in(row(p, to), "lane"));

	fprintf(p->out,
		"<path class=\"arrow\" marker-end=\"url(#tip)\" "
		"d=\"M%d %dL%d %d\"/>",
		x, y_of(p, from), end + (end < x ? 7 : -7), y_of(p, to));
}

/* Row i is a call that took something from a client, or gave it something. */
static void draw_exchange(const struct picture *p, size_t i)
{
	const json_t *call = row(p, i);
	int from = lane_in(call, "from"), to = lane_in(call, "to");

	for (size_t j = i; from >= 0 && j-- > 0;)
		if (lane_in(row(p, j), "lane") == from &&
		    is_cause(row(p, j), call)) {
			draw_arrow(p, j, i);
			return;
		}
	for (size_t j = i; to >= 0 && ++j < p->n_rows;)
		if (lane_in(row(p, j), "lane") == to &&
		    is_kind(row(p, j), "saw")) {
			draw_arrow(p, i, j);
			return;
		}
}

static void put_what(const struct picture *p, const json_t *r)
{
	const json_t *lane =
		json_array_get(p->lanes, (size_t)lane_in(r, "lane"));
	json_int_t times = json_integer_value(json_object_get(r, "times"));

	if (lane) {
		fputs("<tspan class=\"who\">", p->out);
		put_text(p->out, said(lane, "name"));
		fputs("</tspan> ", p->out);
	}
	put_text(p->out, said(r, "what"));
	if (times > 1)
		fprintf(p->out, _(" (%lld times)"), (long long)times);
}

static void draw_row(const struct picture *p, size_t i)
{
	const json_t *r = row(p, i);
	int lane = lane_in(r, "lane"), y = y_of(p, i);

	fprintf(p->out, "<g class=\"%s%s\"><title>%.3f ms</title>",
		get(r, "kind"), json_object_get(r, "fault") ? " fault" : "",
		ms_of(r));
	if (lane >= 0)
		fprintf(p->out, "<circle cx=\"%d\" cy=\"%d\" r=\"4\"/>",
			x_of(p, lane), y);
	fprintf(p->out,
		"<text class=\"ms\" x=\"%d\" y=\"%d\">%.2f</text>"
		"<text x=\"%d\" y=\"%d\">",
		LEFT - 22, y + 4, ms_of(r), p->words, y + 4);
	put_what(p, r);
	fputs("</text></g>", p->out);
}

static void draw_end(const struct picture *p, const char *expected)
{
	if (!*expected)
		return;
	fputs("<g class=\"broke\">", p->out);
	if (p->n_lanes)
		fprintf(p->out, "<path d=\"M%d %dH%d\"/>", LEFT - 12, p->height,
			p->words - 12);
	fprintf(p->out, "<text x=\"%d\" y=\"%d\">✗ %s", p->words, p->height + 4,
		_("expected: "));
	put_text(p->out, expected);
	fputs("</text></g>", p->out);
}

/* What a line has room for. */
static char *in_short(const char *s)
{
	size_t n = bytes_within(s, EXPECTED_MAX);

	return text("%.*s%s", (int)n, s, s[n] ? "..." : "");
}

static size_t columns_of(const char *s)
{
	return columns(s, strlen(s));
}

static int width(const struct picture *p, const char *expected)
{
	size_t most = columns_of(expected) + 14;

	for (size_t i = 0; i < p->n_rows; i++) {
		size_t n = columns_of(said(row(p, i), "what")) + 26;

		most = n > most ? n : most;
	}
	return p->words + (int)((double)most * CHAR);
}

static void draw(const struct picture *p, const char *expected)
{
	size_t i;

	draw_names(p);
	for (i = 0; i < p->n_lanes; i++)
		draw_life(p, (int)i);
	for (i = 0; i < p->n_rows; i++)
		draw_waiting(p, i);
	for (i = 0; i < p->n_rows; i++)
		draw_exchange(p, i);
	for (i = 0; i < p->n_rows; i++)
		draw_row(p, i);
	if (p->left_out) {
		fprintf(p->out, "<text class=\"gap\" x=\"%d\" y=\"%d\">",
			p->words, y_of(p, p->head) - ROW + 4);
		fprintf(p->out, _("… %zu more …"), p->left_out);
		fputs("</text>", p->out);
	}
	draw_end(p, expected);
}

static size_t longest_name(const struct picture *p)
{
	const json_t *lane;
	size_t i, most = 0;

	json_array_foreach(p->lanes, i, lane)
	{
		size_t n = columns_of(said(lane, "name"));

		most = n > most ? n : most;
	}
	return most;
}

static void lay_out(struct picture *p)
{
	int n = (int)p->n_lanes;

	p->lane = LANE * n <= LANES	? LANE
		  : LANES / n > CROWDED ? LANES / n
					: CROWDED;
	/* The names lie at 40 degrees, of which the sine is 0.64; a letter is
	 * not much higher than 11. */
	p->top = 32 + (int)((double)longest_name(p) * CHAR * 0.65);
	p->height = y_of(p, p->n_rows);
	p->words = x_of(p, n) + 4;
}

/* Long ones are scrolled in a frame of their own. */
static void open_picture(const struct picture *p, const char *id, int wide)
{
	char *what = sentence("timeline of %s", id);

	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"",
	      p->out);
	put_text(p->out, what);
	free(what);
	fprintf(p->out, "\"><svg viewBox=\"0 0 %d %d\" width=\"%d\">", wide,
		p->height + ROW, wide);
}

void put_picture(FILE *out, const json_t *check)
{
	const json_t *line = json_object_get(check, "timeline");
	struct picture p = {
		.out = out,
		.lanes = json_object_get(line, "lanes"),
		.rows = json_object_get(line, "rows"),
		.head = (size_t)json_integer_value(
			json_object_get(line, "head")),
		.left_out = (size_t)json_integer_value(
			json_object_get(line, "left_out")),
	};
	char *expected = in_short(get(check, "expected"));

	p.n_lanes = json_array_size(p.lanes);
	p.n_rows = json_array_size(p.rows);
	if (p.n_rows) {
		lay_out(&p);
		open_picture(&p, get(check, "id"), width(&p, expected));
		draw(&p, expected);
		fputs("</svg></div>\n", out);
	}
	free(expected);
}
