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
#include "report.h"

#include "base.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 100
#define LANES_MAX 14 /* more are not drawn */
#define LANE 3	     /* columns of each */

enum phase { NOT_THERE, THERE, WAITING };

struct drawing {
	FILE *out;
	const struct report_style *style;
	const json_t *lanes, *rows;
	size_t first;	/* row that is drawn */
	bool drawn[64]; /* is this lane? */
	size_t n_drawn; /* 0: none is */
	enum phase phase[64];
	const char *mark, *stroke, *dots, *cross;
};

static const char *get(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static bool is_utf8(void)
{
	setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int lane_of(const json_t *row)
{
	return (int)json_integer_value(json_object_get(row, "lane"));
}

static void choose_lanes(struct drawing *d)
{
	for (size_t i = d->first; i < json_array_size(d->rows); i++) {
		int lane = lane_of(json_array_get(d->rows, i));

		if (lane < 0)
			continue;
		if (lane >= (int)(sizeof(d->drawn) / sizeof(*d->drawn))) {
			d->n_drawn = 0;
			return;
		}
		d->n_drawn += !d->drawn[lane];
		d->drawn[lane] = true;
	}
	if (d->n_drawn > LANES_MAX)
		d->n_drawn = 0;
}

static void label(const struct drawing *d, const json_t *lane)
{
	const char *name = get(lane, "name"),
		   *digits = strpbrk(name, "0123456789");
	char short_name[8];

	snprintf(short_name, sizeof(short_name), "%c%s",
		 strncmp(name, "child", 5) == 0 ? 'p' : name[0],
		 digits ? digits : "");
	fprintf(d->out, " %-*.*s", LANE - 1, LANE - 1, short_name);
}

static void heading(const struct drawing *d)
{
	const json_t *lane;
	size_t i;

	fprintf(d->out, "  %8s ", "ms");
	json_array_foreach(d->lanes, i, lane)
	{
		if (d->n_drawn && d->drawn[i])
			label(d, lane);
	}
	fputc('\n', d->out);
}

static void draw_lanes(const struct drawing *d, int active)
{
	for (size_t i = 0; i < json_array_size(d->lanes) && d->n_drawn; i++)
		if (d->drawn[i])
			fprintf(d->out, " %s ",
				(int)i == active	   ? d->mark
				: d->phase[i] == NOT_THERE ? " "
				: d->phase[i] == WAITING   ? d->dots
							   : d->stroke);
}

/* Each lane goes on from here as this row leaves it. */
static void follow(struct drawing *d, const json_t *row)
{
	const char *kind = get(row, "kind");
	int lane = lane_of(row);

	if (lane < 0 || lane >= (int)(sizeof(d->phase) / sizeof(*d->phase)))
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

static void draw_row(struct drawing *d, const json_t *row)
{
	const json_int_t times =
		json_integer_value(json_object_get(row, "times"));
	const json_t *lane = json_array_get(d->lanes, (size_t)lane_of(row));
	size_t room = COLUMNS - 13 - LANE * d->n_drawn;
	char *said = text("%s%s%s", lane ? get(lane, "name") : "",
			  lane ? ": " : "", get(row, "what"));
	const char *colour = colour_of(d, row);

	if (times > 1) {
		char *more = text("%s (%lld times)", said, (long long)times);

		free(said);
		said = more;
	}
	fprintf(d->out, "  %8.2f ",
		json_real_value(json_object_get(row, "ms")));
	draw_lanes(d, lane_of(row));
	fprintf(d->out, "  %s", colour);
	put_harmless(d->out, said,
		     strlen(said) > room ? room - 3 : strlen(said));
	fprintf(d->out, "%s%s\n", strlen(said) > room ? "..." : "",
		*colour ? "\033[0m" : "");
	free(said);
	follow(d, row);
}

static void draw_gap(const struct drawing *d, size_t n)
{
	fprintf(d->out, "  %8s   ... %zu more ...\n", "", n);
}

static void draw(struct drawing *d, const json_t *line)
{
	size_t head = (size_t)json_integer_value(json_object_get(line, "head"));
	size_t left_out =
		(size_t)json_integer_value(json_object_get(line, "left_out"));
	size_t n = json_array_size(d->rows);

	heading(d);
	if (d->first)
		draw_gap(d, d->first + (d->first > head ? left_out : 0));
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(d->rows, i);

		if (i < d->first) {
			follow(d, row);
			continue;
		}
		if (i == head && left_out && d->first <= head)
			draw_gap(d, left_out);
		draw_row(d, row);
	}
}

/* Where the story breaks off. */
static void draw_end(const struct drawing *d, const json_t *check)
{
	const char *expected = get(check, "expected");
	size_t room = COLUMNS - 13 - LANE * d->n_drawn;

	if (!*expected)
		return;
	fprintf(d->out, "  %8s ", "");
	draw_lanes(d, -1);
	fprintf(d->out, "  %s%s expected: ", d->style->colour ? "\033[31m" : "",
		d->cross);
	room -= strlen("x expected: ...");
	put_harmless(d->out, expected,
		     strlen(expected) > room ? room : strlen(expected));
	fprintf(d->out, "%s%s\n", strlen(expected) > room ? "..." : "",
		d->style->colour ? "\033[0m" : "");
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
}
