/* SPDX-License-Identifier: MIT */
/* result_json.c - the result as JSON, units in the names. */
#include "result.h"

#include "result_json.h"

#include <arpa/inet.h>
#include <math.h>

static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *integer(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *asked(const struct options *o)
{
	char address[INET_ADDRSTRLEN];
	const char *loop = o->churn ? "churn" : o->rate > 0 ? "open" : "closed";

	name_server(o, address);
	return json_pack(
		"{s:s, s:i, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:b}", "address",
		address, "port", ntohs(o->server.sin_port), "connections",
		integer(o->connections), "active", integer(o->active), "bytes",
		integer(o->bytes), "loop", loop, "rate",
		o->rate > 0 ? number(o->rate) : json_null(), "seconds",
		o->seconds > 0 ? number(o->seconds) : json_null(),
		"round_trips",
		o->round_trips > 0 ? integer(o->round_trips) : json_null(),
		"ceiling", o->ceiling);
}

static json_t *setup(const struct result *r)
{
	double seconds = (double)r->ramp.ns / 1e9;

	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "connections",
			 integer(r->ramp.connections), "seconds",
			 number(seconds), "connections_per_second",
			 number((double)r->ramp.connections / seconds),
			 "server_cpu_us_per_connection",
			 number(r->setup_cpu_us), "over_900_ms",
			 integer(r->ramp.slow));
}

static json_t *run(const struct result *r)
{
	const struct traffic *t = r->traffic;
	double seconds = traffic_seconds(t);
	json_t *first = r->faults->first[0] != '\0'
				? json_string(r->faults->first)
				: json_null();

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "seconds",
			 number(seconds), "round_trips",
			 integer(t->done_in_window), "round_trips_per_second",
			 number((double)t->done_in_window / seconds), "late",
			 integer(t->late), "wrong_bytes",
			 integer(r->faults->wrong_bytes), "lost_connections",
			 integer(r->faults->lost), "first_fault", first);
}

static json_t *server(const struct result *r)
{
	if (!r->has_server)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "cpu_seconds",
			 number(r->server_cpu_seconds), "cpu_us_per_round_trip",
			 number(r->server_cpu_us), "processes",
			 integer(r->processes), "threads", integer(r->threads),
			 "pss_bytes_per_connection", number(r->pss),
			 "kernel_task_bytes_per_connection", number(r->tasks),
			 "kernel_socket_bytes_per_connection",
			 number(r->socket));
}

json_t *result_json(const struct result *r)
{
	const struct traffic *t = r->traffic;
	bool open = r->o->rate > 0;

	return json_pack(
		"{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o}, s:{s:o, s:o}}",
		"version", 1, "asked", asked(r->o), "setup", setup(r), "run",
		run(r), "latency_us", latency_us(&t->latency),
		"latency_from_sending_us",
		open ? latency_us(&t->from_sending) : json_null(), "server",
		server(r), "load", "cpu_seconds", number(r->load_cpu_seconds),
		"cpu_us_per_round_trip", number(r->load_cpu_us), "busy",
		number(r->load_busy), "others", "cpu_seconds",
		number(r->others_cpu_seconds), "share",
		number(r->others_share));
}
