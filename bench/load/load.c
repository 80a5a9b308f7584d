/* SPDX-License-Identifier: MIT */
/* load.c - a load generator for echo servers: many connections, every byte checked. */

/*
 * Theory of operation
 *
 * One process with one thread holds all connections, in one epoll set.  A
 * thread for each connection would compete with the server for the cores, and
 * what is measured would be the scheduler.
 *
 * It goes through these stages, one after the other:
 *
 *	ramp_up()	opens the connections, some at once
 *	roll_call()	makes a small round trip through each: the server has
 *			them all now
 *	traffic_run()	once to warm up, once to be measured: a closed loop, an
 *			open loop, or a churn
 *
 * Between two of them the server comes to rest, and a mark is set: its CPU time
 * so far, load's own, and that in which no core had anything to do.  So what a
 * stage cost is the difference of two marks, and nothing is read while it lasts.
 * Costs per round trip are of all that were made between the marks; the rate is
 * of those within the window alone.
 *
 * A connection (connection.h) is a stream of bytes out of a pattern that is
 * nobody else's, so that what comes back can be checked wherever it comes from.
 * In the files:
 *
 *	pattern     what is sent		ramp, traffic, open_loop  the stages
 *	connection  one connection		processes, machine  CPU and memory
 *	sources     where from it comes		limits      what to raise
 *	crowd       all of them			twin        for load's own ceiling
 *	faults      what went wrong		result      what comes out
 *
 * Its own cost for a round trip is two system calls and a share of epoll_wait,
 * about as much as that of the best server.  So on its own core it is the limit
 * for such a one: `load --ceiling` says where it is, and each result how near.
 * What does not depend on it is the server's CPU time per round trip.
 */

#include "instrument.h"
#include "limits.h"
#include "machine.h"
#include "pattern.h"
#include "processes.h"
#include "result.h"
#include "twin.h"

#include <math.h>
#include <stdio.h>

/* What has been used up to a moment, in ns. */
struct mark {
	uint64_t wall, own, idle;
	double server; /* NAN: it is not there, or not known */
};

struct memory {
	int64_t pss, tasks;
};

/* With the server at rest.  That it has died meanwhile is told by what became
 * of its connections. */
static struct mark mark(const struct options *o, struct processes *server)
{
	bool there =
		o->server_pid != 0 && processes_rest(server, o->server_pid);

	return (struct mark){
		.wall = now_ns(),
		.own = own_cpu_ns(),
		.idle = machine_idle_ns(),
		.server = there ? (double)processes_cpu_ns(server) : NAN,
	};
}

static struct memory memory(const struct processes *server)
{
	return (struct memory){
		.pss = processes_pss(server),
		.tasks = machine_bytes_for_tasks(),
	};
}

/* NAN for nothing of nothing. */
static double us_per(double ns, uint64_t n)
{
	return n > 0 ? ns / 1e3 / (double)n : NAN;
}

/* What the whole machine uses moves by itself: too much for few connections. */
enum { ENOUGH_CONNECTIONS = 100 };

static void note_memory(struct result *r, struct memory before,
			struct memory after)
{
	double n = (double)r->ramp.connections;

	if (!r->has_server)
		return;
	if (n > 0 && before.pss >= 0 && after.pss >= 0)
		r->pss = (double)(after.pss - before.pss) / n;

	if (n < ENOUGH_CONNECTIONS)
		return;
	r->tasks = (double)(after.tasks - before.tasks) / n;

	int64_t end = machine_bytes_of_an_end();
	if (end >= 0)
		r->socket = (double)end;
}

static void note_costs(struct result *r, struct mark begin, struct mark end)
{
	double machine = (double)(end.wall - begin.wall) * machine_cores();
	double own = (double)(end.own - begin.own);
	double server = end.server - begin.server;
	double others =
		machine - (double)(end.idle - begin.idle) - own - server;

	if (others < 0)
		others = 0;
	r->server_cpu_seconds = server / 1e9;
	r->server_cpu_us = us_per(server, r->traffic->done);
	r->others_cpu_seconds = others / 1e9;
	r->others_share = others / machine;
}

static void note_load(struct result *r)
{
	const struct traffic *t = r->traffic;

	r->load_cpu_seconds = (double)t->cpu_ns / 1e9;
	r->load_busy = (double)t->cpu_ns / (double)(t->over_ns - t->begin_ns);
	r->load_cpu_us = us_per((double)t->cpu_ns, t->done_in_window);
}

static void measure_setup(struct result *r, struct crowd *crowd,
			  struct processes *server)
{
	struct mark before = mark(r->o, server), after;
	struct memory empty = memory(server);

	r->ramp = ramp_up(crowd);
	after = mark(r->o, server);
	r->setup_cpu_us =
		us_per(after.server - before.server, r->ramp.connections);
	roll_call(crowd);
	mark(r->o, server);
	r->processes = server->n;
	r->threads = server->threads;
	note_memory(r, empty, memory(server));
}

static void measure_run(struct result *r, struct traffic *traffic,
			struct crowd *crowd, struct processes *server)
{
	struct mark begin;

	if (r->o->warm_up > 0)
		traffic_run(traffic, crowd, r->o->warm_up, 0);
	begin = mark(r->o, server);
	traffic_run(traffic, crowd, r->o->seconds, r->o->round_trips);
	note_load(r);
	note_costs(r, begin, mark(r->o, server));
}

static struct result nothing_known(const struct options *o,
				   const struct traffic *traffic,
				   const struct faults *faults)
{
	return (struct result){
		.o = o,
		.traffic = traffic,
		.faults = faults,
		.has_server = o->server_pid != 0,
		.setup_cpu_us = NAN,
		.server_cpu_seconds = NAN,
		.server_cpu_us = NAN,
		.pss = NAN,
		.tasks = NAN,
		.socket = NAN,
		.load_cpu_seconds = NAN,
		.load_cpu_us = NAN,
		.load_busy = NAN,
		.others_cpu_seconds = NAN,
		.others_share = NAN,
	};
}

static int conclude(const struct faults *faults)
{
	if (faults->first[0] == '\0')
		return 0;
	fprintf(stderr, "load: %s\n", faults->first);
	return EXIT_WRONG;
}

int main(int argc, char *argv[])
{
	static struct traffic traffic;
	struct options o = parse_options(argc, argv);
	struct output out;
	struct processes server = {0};

	pattern_make();
	output_open(&out, o.output);
	need_descriptors(&o);
	if (o.ceiling)
		o.server_pid = twin_start(&o.server);
	if (o.server_pid != 0 && !processes_find(&server, o.server_pid))
		die("--server %d: there is no such process", o.server_pid);

	struct crowd crowd = crowd_of(&o);
	struct result r = nothing_known(&o, &traffic, &crowd.faults);

	measure_setup(&r, &crowd, &server);
	if (crowd.faults.first[0] == '\0')
		measure_run(&r, &traffic, &crowd, &server);
	if (o.ceiling)
		twin_stop(o.server_pid);
	put_result(&out, &r);
	crowd_free(&crowd);
	processes_free(&server);
	output_close(&out);
	return conclude(&crowd.faults);
}
