/* SPDX-License-Identifier: MIT */
/* output.c - where a result goes: a file gets all of it, or is left as it was. */
#include "output.h"

#include "instrument.h"
#include "io.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A device or a FIFO is written to, not replaced. */
static bool in_place(const struct output *out)
{
	struct stat st;

	return stat(out->path, &st) == 0 && !S_ISREG(st.st_mode);
}

static void must_be_writable(const char *path)
{
	struct stat st;
	char *copy = strdup(path);

	if (!copy)
		die_errno("%s", path);
	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		path = dirname(copy);
	else if (S_ISDIR(st.st_mode))
		die_usage("%s: %s", path, strerror(EISDIR));
	if (access(path, W_OK) < 0)
		die_usage("%s: %s", path, strerror(errno));
	free(copy);
}

void output_open(struct output *out, const char *path)
{
	bool to_stdout = !path || strcmp(path, "-") == 0;

	*out = (struct output){.path = to_stdout ? NULL : path};
	if (!to_stdout)
		must_be_writable(path);
	out->stream = open_memstream(&out->text, &out->size);
	if (!out->stream)
		die_errno("output");
}

static void replace(const struct output *out)
{
	char *draft;
	int fd;

	if (asprintf(&draft, "%s.XXXXXX", out->path) < 0)
		die_errno("%s", out->path);
	fd = mkstemp(draft);
	if (fd < 0)
		die_errno("%s", out->path);

	bool good =
		fchmod(fd, 0644) == 0 && writen(fd, out->text, out->size) == 0;
	if (close(fd) < 0 || !good || rename(draft, out->path) < 0) {
		int error = errno;

		unlink(draft);
		errno = error;
		die_errno("%s", out->path);
	}
	free(draft);
}

static void put(const struct output *out)
{
	FILE *to = out->path ? fopen(out->path, "we") : stdout;

	if (!to)
		die_errno("%s", out->path);
	fwrite(out->text, 1, out->size, to);
	if (fflush(to) != 0 || (to != stdout && fclose(to) != 0))
		die_errno("%s", out->path ? out->path : "stdout");
}

void output_close(struct output *out)
{
	if (fclose(out->stream) != 0)
		die_errno("output");
	if (!out->path || in_place(out))
		put(out);
	else
		replace(out);
	free(out->text);
}

json_t *latency_us(const struct histogram *h)
{
	static const struct {
		const char *name;
		double percent;
	} points[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99_9", 99.9}};
	json_t *us = json_object();

	if (h->n == 0) {
		json_decref(us);
		return json_null();
	}
	json_object_set_new(us, "min", json_real((double)h->min_ns / 1e3));
	json_object_set_new(us, "mean", json_real(histogram_mean(h) / 1e3));
	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
		json_object_set_new(
			us, points[i].name,
			json_real(histogram_percentile(h, points[i].percent) /
				  1e3));
	json_object_set_new(us, "max", json_real((double)h->max_ns / 1e3));
	return us;
}

void put_json(struct output *out, json_t *result)
{
	if (json_dumpf(result, out->stream,
		       JSON_INDENT(2) | JSON_REAL_PRECISION(7)) < 0)
		die("no memory for the result");
	fputc('\n', out->stream);
	json_decref(result);
}
