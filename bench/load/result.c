/* SPDX-License-Identifier: MIT */
/* result.c - all that was measured, told to a person. */
#include "result.h"

#include "result_json.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>

static const char *things(const struct options *o)
{
	return o->churn ? "connections" : "round trips";
}

static void put_asked(FILE *out, const struct options *o)
{
	char address[INET_ADDRSTRLEN];

	name_server(o, address);
	fprintf(out, "%s:%d, %zu connections, %zu active, %" PRIu64 " bytes, ",
		address, ntohs(o->server.sin_port), o->connections, o->active,
		o->bytes);
	if (o->churn)
		fputs("opened and closed each time\n", out);
	else if (o->rate > 0)
		fprintf(out, "open loop of %g a second\n", o->rate);
	else
		fputs("closed loop\n", out);
}

static void put_setup(FILE *out, const struct result *r)
{
	double seconds = (double)r->ramp.ns / 1e9;

	if (r->ramp.connections == 0)
		return;
	fprintf(out, "set-up   %.0f connections/s: %zu in %.3f s",
		(double)r->ramp.connections / seconds, r->ramp.connections,
		seconds);
	if (isfinite(r->setup_cpu_us))
		fprintf(out, "; server CPU %.1f us each", r->setup_cpu_us);
	if (r->ramp.slow > 0)
		fprintf(out,
			"; %zu took over 0.9 s, as after a full listen queue",
			r->ramp.slow);
	fputc('\n', out);
}

static void put_latency(FILE *out, const char *what, const struct histogram *h)
{
	fprintf(out,
		"%s us: min %.1f, mean %.1f, p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f\n",
		what, (double)h->min_ns / 1e3, histogram_mean(h) / 1e3,
		histogram_percentile(h, 50) / 1e3,
		histogram_percentile(h, 90) / 1e3,
		histogram_percentile(h, 99) / 1e3,
		histogram_percentile(h, 99.9) / 1e3, (double)h->max_ns / 1e3);
}

static void put_run(FILE *out, const struct result *r)
{
	const struct traffic *t = r->traffic;
	double seconds = traffic_seconds(t);

	if (t->done == 0)
		return;
	fprintf(out, "run      %.0f %s/s: %" PRIu64 " in %.3f s\n",
		(double)t->done_in_window / seconds, things(r->o),
		t->done_in_window, seconds);
	put_latency(out, "latency ", &t->latency);
	if (r->o->rate > 0)
		put_latency(out, "  from sending", &t->from_sending);
	if (t->late > 0)
		fprintf(out,
			"late     %" PRIu64
			" were due, and had not even begun at the end%s\n",
			t->late,
			t->late > t->done / 100
				? ": too much for the server, or for load"
				: "");
}

/* Bytes per connection, where they are known. */
static void put_bytes(FILE *out, const char *what, double bytes)
{
	if (isfinite(bytes))
		fprintf(out, ", %s %.0f", what, bytes);
}

static void put_server(FILE *out, const struct result *r)
{
	if (!r->has_server)
		return;
	fprintf(out, "server   %zu process%s, %zu thread%s", r->processes,
		r->processes == 1 ? "" : "es", r->threads,
		r->threads == 1 ? "" : "s");
	if (isfinite(r->server_cpu_us))
		fprintf(out, "; CPU %.3f us per %s", r->server_cpu_us,
			r->o->churn ? "connection" : "round trip");
	fputs("; bytes per connection", out);
	put_bytes(out, "PSS", r->pss);
	put_bytes(out, "page tables and kernel stacks", r->tasks);
	put_bytes(out, "socket", r->socket);
	fputc('\n', out);
}

/* From this share on it is rather load that is measured. */
#define NEAR_CEILING 0.9

static void put_load(FILE *out, const struct result *r)
{
	if (!isfinite(r->load_busy))
		return;
	fprintf(out, "load     busy %.0f %% of the time, CPU %.3f us per %s",
		r->load_busy * 100, r->load_cpu_us,
		r->o->churn ? "connection" : "round trip");
	if (r->o->ceiling)
		fprintf(out, ": the ceiling is %.0f a second",
			1e6 / r->load_cpu_us);
	else if (r->load_busy > NEAR_CEILING)
		fputs(": the rate is load's own limit, not the server's", out);
	fputc('\n', out);
	if (isfinite(r->others_share))
		fprintf(out, "others   used %.1f %% of the machine\n",
			r->others_share * 100);
}

static void put_faults(FILE *out, const struct faults *f)
{
	if (f->first[0] == '\0')
		fputs("bytes    every one was right\n", out);
	else
		fprintf(out,
			"WRONG    %" PRIu64
			" bytes were wrong, %zu connections lost\n",
			f->wrong_bytes, f->lost);
}

void put_result(struct output *out, const struct result *r)
{
	if (r->o->json) {
		put_json(out, result_json(r));
		return;
	}
	put_asked(out->stream, r->o);
	put_setup(out->stream, r);
	put_run(out->stream, r);
	put_server(out->stream, r);
	put_load(out->stream, r);
	put_faults(out->stream, r->faults);
}
