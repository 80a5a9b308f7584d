/* SPDX-License-Identifier: MIT */
/* grader_timeline.c - tests of how both sides of a trial become one story. */
#define _GNU_SOURCE 1
#include "timeline/timeline.h"

#include "grader_trial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Each test is a process of its own, since sights are never forgotten in one.
 * The record is written here as the witness would; times are in microseconds
 * since the trial began, which was a while ago.
 */
#define US 1000u
#define AGO (60ull * NS_PER_S)
#define SERVER 2 /* pid */

static struct trial *t;
static struct witness *record;
static struct program server = {
	.line = (char *)"server 7007", .pid = 1002, .inner = SERVER};
static struct program *the_server = &server;

static void set_up(void)
{
	t = must_calloc(1, sizeof(*t));
	trial_report = -1;
	*t = new_trial();
	t->began = now_ns() - AGO;
	t->program[0] = the_server;
	t->programs = 1;
	t->server = the_server;
	t->witness = memfd_create("witness", MFD_CLOEXEC);
	assert_int_equal(ftruncate(t->witness, sizeof(*record)), 0);
	record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE, MAP_SHARED,
		      t->witness, 0);
	assert_ptr_not_equal(record, MAP_FAILED);
}

/* ---- what happens ---- */

static struct witness_event *note(enum witness_call call, int64_t arg,
				  int64_t result, uint64_t from, uint64_t to)
{
	struct witness_event *e = &record->event[record->next++];

	*e = (struct witness_event){
		.state = to ? EVENT_RETURNED : EVENT_ENTERED,
		.call = (uint16_t)call,
		.pid = SERVER,
		.tid = SERVER,
		.arg = {arg, 0, WITHOUT_FLAGS},
		.result = result,
		.entered = t->began + from * US,
		.returned = to ? t->began + to * US : 0,
	};
	return e;
}

static struct witness_event *note_by(int pid, int tid, struct witness_event *e)
{
	e->pid = pid;
	e->tid = tid;
	return e;
}

static void note_bytes(struct witness_event *e, const void *data, size_t n)
{
	memcpy(e->bytes, data, n);
	e->n_bytes = (uint8_t)n;
}

static void connect_client(int n)
{
	struct connection *c = must_calloc(1, sizeof(*c));

	*c = (struct connection){
		.number = n,
		.fd = -1,
		.local = {.sin_family = AF_INET,
			  .sin_port = htons((uint16_t)(40000 + n))}};
	t->connection[n] = c;
	t->connections = (size_t)n;
}

static struct witness_event *note_accept(int client, int fd, uint64_t from,
					 uint64_t to)
{
	struct witness_event *e = note(CALL_ACCEPT, 3, fd, from, to);
	const struct sockaddr_in peer = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)(40000 + client))};

	note_bytes(e, &peer, sizeof(peer));
	return e;
}

static void do_step(const char *what, uint64_t at)
{
	json_array_append_new(t->steps,
			      json_pack("{s:i, s:f, s:s}", "n", 1, "ms",
					(double)at / 1000, "what", what));
}

/* ---- what is told ---- */

static const json_t *rows_of(const json_t *story)
{
	return json_object_get(story, "rows");
}

static size_t count_rows(const json_t *story)
{
	return json_array_size(rows_of(story));
}

static const char *lane_name(const json_t *story, const json_t *number)
{
	const json_t *lane =
		number ? json_array_get(json_object_get(story, "lanes"),
					(size_t)json_integer_value(number))
		       : NULL;

	return lane ? json_string_value(json_object_get(lane, "name")) : "-";
}

/* "kind lane: what", with its marks. */
static void assert_row(const json_t *story, size_t i, const char *expected)
{
	const json_t *r = json_array_get(rows_of(story), i);
	const json_t *from = json_object_get(r, "from");
	const json_t *to = json_object_get(r, "to");
	char *seen;

	assert_non_null(r);
	seen = text("%s %s: %s%s%s%s%s%s%s",
		    json_string_value(json_object_get(r, "kind")),
		    lane_name(story, json_object_get(r, "lane")),
		    json_string_value(json_object_get(r, "what")),
		    from ? " <- " : "", from ? lane_name(story, from) : "",
		    to ? " -> " : "", to ? lane_name(story, to) : "",
		    json_object_get(r, "fault") ? " !" : "",
		    json_object_get(r, "ends") ? " ." : "");
	assert_string_equal(seen, expected);
	free(seen);
}

static void assert_in_order(const json_t *story)
{
	double before = 0;
	const json_t *r;
	size_t i;

	json_array_foreach(rows_of(story), i, r)
	{
		double ms = json_real_value(json_object_get(r, "ms"));

		assert_true(ms >= before);
		before = ms;
	}
	assert_true(before <= (double)(now_ns() - t->began) / NS_PER_MS);
}

/* Each string can be shown anywhere; each number of a lane has one. */
static void assert_harmless(const json_t *story)
{
	size_t i, lanes = json_array_size(json_object_get(story, "lanes"));
	char *all = json_dumps(story, JSON_ENSURE_ASCII);
	const json_t *r;

	assert_non_null(all);
	assert_null(strstr(all, "\\u00"));
	free(all);
	json_array_foreach(rows_of(story), i, r)
	{
		const json_t *lane = json_object_get(r, "lane");

		assert_in_range(json_integer_value(lane) + 1, 0, lanes);
		assert_in_range(
			strlen(json_string_value(json_object_get(r, "what"))),
			0, 400);
	}
	assert_in_order(story);
}

/* ---- the tests ---- */

static void both_sides_in_order(void)
{
	json_t *story;

	connect_client(1);
	do_step("start `server 7007`", 10);
	do_step("client 1 connects to port 7007", 100);
	do_step("client 1 sends \"hi\\n\"", 300);
	do_step("expect that client 1 gets \"hi\\n\"", 310);
	/* The record need not be in order. */
	note_bytes(note(CALL_READ, 4, 3, 301, 302), "hi\n", 3);
	note(CALL_LISTEN, 3, 0, 50, 51);
	note_accept(1, 4, 60, 200);
	story = timeline(t);
	assert_row(story, 0, "step -: start `server 7007`");
	assert_row(story, 1, "call server: listen(3) = 0");
	/* 40 us is too short to wait, but what waits for a client, waits. */
	assert_row(story, 2, "step client 1: connects to port 7007");
	assert_row(story, 3,
		   "call server: accept(3) = 4, client 1 <- client 1");
	assert_row(story, 4, "step client 1: sends \"hi\\n\"");
	assert_row(story, 5,
		   "call server: read(4) = 3 \"hi\\n\", client 1 <- client 1");
	assert_int_equal(count_rows(story), 6);
	assert_int_equal(json_integer_value(json_object_get(story, "left_out")),
			 0);
	assert_in_order(story);
}

static void who_waits_has_two_rows(void)
{
	json_t *story;

	do_step("something", 2000);
	do_step("something else", 7000);
	note(CALL_READ, 0, 0, 1000, 3000);  /* while something happened */
	note(CALL_READ, 7, 0, 4000, 6000);  /* long, but nothing happened */
	note(CALL_READ, 1, 0, 6950, 7050);  /* too short to be worth it */
	note(CALL_CLOSE, 9, 0, 6000, 8000); /* never waits */
	note(CALL_READ, 5, 0, 9000, 0);	    /* and has not returned */
	note(CALL_UNLINK, 0, 0, 9500, 0);   /* nor this one */
	story = timeline(t);
	assert_row(story, 0, "wait server: waits in read(0), stdin");
	assert_row(story, 1, "step -: something");
	assert_row(story, 2, "call server: read(0) = 0, end of file, stdin");
	assert_row(story, 3, "call server: read(7) = 0, end of file");
	assert_row(story, 4, "step -: something else");
	assert_row(story, 5, "call server: read(1) = 0, end of file, stdout");
	assert_row(story, 6, "call server: close(9) = 0");
	assert_row(story, 7, "wait server: waits in read(5)");
	assert_row(story, 8, "call server: unlink(\"\")");
	assert_int_equal(count_rows(story), 9);
}

static void the_same_again_is_folded(void)
{
	const json_t *r;
	json_t *story;

	for (unsigned i = 0; i < 7; i++)
		note(CALL_READ, 5, -1, 10 + i, 10 + i)->error = EAGAIN;
	note_by(9, 9, note(CALL_READ, 5, -1, 20, 20))->error = EAGAIN;
	note(CALL_READ, 6, -1, 30, 30)->error = EAGAIN;
	story = timeline(t);
	assert_int_equal(count_rows(story), 3);
	assert_row(story, 0,
		   "call server: read(5) = -1 EAGAIN (Resource temporarily "
		   "unavailable)");
	r = json_array_get(rows_of(story), 0);
	assert_int_equal(json_integer_value(json_object_get(r, "times")), 7);
	r = json_array_get(rows_of(story), 1);
	assert_null(json_object_get(r, "times"));
}

static void calls_have_their_own_names(void)
{
	json_t *story;

	note(CALL_READ, 8, 0, 1, 1)->arg[2] = 0;
	note(CALL_WRITE, 8, 1, 2, 2)->arg[2] = MSG_NOSIGNAL;
	note(CALL_WRITE, 2, 1, 3, 3);
	note(CALL_POLL, 3, 1, 4, 4)->arg[2] = -1;
	note(CALL_POLL, 1, 0, 5, 5)->arg[1] = 250;
	record->event[4].arg[2] = -1;
	note(CALL_POLL, 64, 1, 6, 6)->arg[2] = 7;
	record->event[5].arg[1] = -1;
	record->event[3].arg[1] = -1;
	note(CALL_JOIN, 1234, 0, 7, 7)->arg[1] = 1;
	note(CALL_JOIN, 1234, 0, 8, 8);
	note_bytes(note(CALL_SHM, 1, 5, 9, 9), "shmget", 6);
	note(CALL_KILL, 7, 0, 10, 10)->arg[1] = SIGTERM;
	note(CALL_SLEEP, 1500000, 0, 11, 11);
	note_bytes(note(CALL_OPEN, -100, 3, 12, 12), "a\"b", 3);
	note(CALL_SIGNAL, SIGCHLD, 94000000000000, 13, 13);
	story = timeline(t);
	assert_row(story, 0, "call server: recv(8) = 0, end of file");
	assert_row(story, 1, "call server: send(8) = 1");
	assert_row(story, 2, "call server: write(2) = 1, stderr");
	assert_row(story, 3, "call server: poll(3 descriptors) = 1");
	assert_row(story, 4, "call server: poll(1 descriptor, 250 ms) = 0");
	assert_row(story, 5, "call server: epoll_wait(7) = 1");
	assert_row(story, 6, "call server: pthread_detach() = 0");
	assert_row(story, 7, "call server: pthread_join() = 0");
	assert_row(story, 8, "call server: shmget() = 5");
	assert_row(story, 9, "call server: kill(7, SIGTERM) = 0");
	assert_row(story, 10, "call server: sleep(1.5 s) = 0");
	assert_row(story, 11, "call server: open(\"a\\\"b\") = 3");
	assert_row(story, 12, "call server: sigaction(SIGCHLD)");
}

static void long_messages_show_their_head(void)
{
	static const char long_one[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	json_t *story;

	connect_client(1);
	note_bytes(note(CALL_READ, 4, 4096, 1, 1), long_one, 36);
	sight(t, 1, GOT_BYTES, long_one, 30);
	sight(t, 1, GOT_BYTES, "x", 1);
	sight(t, 1, GOT_END, NULL, 0);
	sight(t, 1, GOT_ERROR, NULL, ECONNRESET);
	t->experimenting = true; /* that is no longer the story */
	sight(t, 1, WAS_LET_IN, NULL, 0);
	story = timeline(t);
	assert_row(
		story, 0,
		"call server: read(4) = 4096 \"abcdefghijklmnopqrstuvwx\"...");
	assert_row(
		story, 1,
		"saw client 1: gets 30 bytes: \"abcdefghijklmnopqrstuvwx\"...");
	assert_row(story, 2, "saw client 1: gets 1 byte: \"x\"");
	assert_row(story, 3, "saw client 1: gets the end of file");
	assert_row(story, 4,
		   "saw client 1: gets the error ECONNRESET (Connection reset "
		   "by peer)");
	assert_int_equal(count_rows(story), 5);
}

static void who_is_killed_has_an_end(void)
{
	json_t *story;

	server.ended = true;
	server.status = SIGSEGV;
	server.ended_at = t->began + 3 * US;
	note(CALL_LISTEN, 3, 0, 1, 2);
	note(CALL_READ, 4, 0, 2, 0);
	do_step("client 1 sends \"x\"", 5);
	story = timeline(t);
	server.ended = false;
	assert_row(story, 0, "call server: listen(3) = 0");
	assert_row(story, 1, "wait server: waits in read(4)");
	assert_row(story, 2,
		   "state server: is killed by signal 11 (SIGSEGV) .");
	assert_row(story, 3, "step client 1: sends \"x\"");
}

static void connections_are_followed(void)
{
	json_t *story;

	connect_client(1);
	connect_client(2);
	do_step("client 1 connects to port 7007", 1);
	do_step("client 2 connects to port 7007", 2);
	note_accept(2, 4, 10, 10); /* by the port, not by the order */
	note_accept(1, 5, 11, 11);
	note(CALL_DUP, 5, 9, 12, 12);
	note(CALL_CLOSE, 5, 0, 13, 13);
	note(CALL_WRITE, 9, 1, 14, 14);
	note(CALL_WRITE, 5, -1, 15, 15)->error = EBADF;
	note(CALL_DUP, 3, 9, 16, 16); /* over it: not client 1's any more */
	note(CALL_WRITE, 9, 1, 17, 17);
	note(CALL_FORK, 0, 7, 18, 30);
	note_by(7, 7, note(CALL_READ, 4, 0, 40, 40));
	note(CALL_CLOSE, 4, 0, 41, 41);
	note_by(7, 7, note(CALL_READ, 4, 0, 42, 42));
	note(CALL_READ, 4, 0, 43, 43);
	story = timeline(t);
	assert_row(story, 2,
		   "call server: accept(3) = 4, client 2 <- client 2");
	assert_row(story, 3,
		   "call server: accept(3) = 5, client 1 <- client 1");
	assert_row(story, 4, "call server: dup(5) = 9, client 1");
	assert_row(story, 5, "call server: close(5) = 0, client 1");
	assert_row(story, 6, "call server: write(9) = 1, client 1 -> client 1");
	assert_row(story, 7,
		   "call server: write(5) = -1 EBADF (Bad file descriptor)");
	assert_row(story, 8, "call server: dup(3) = 9");
	assert_row(story, 9, "call server: write(9) = 1");
	assert_row(story, 10, "call server: fork() = 7");
	assert_row(story, 11,
		   "call child 7: read(4) = 0, end of file, client 2 <- "
		   "client 2");
	assert_row(story, 12, "call server: close(4) = 0, client 2");
	assert_row(story, 13,
		   "call child 7: read(4) = 0, end of file, client 2 <- "
		   "client 2");
	assert_row(story, 14, "call server: read(4) = 0, end of file");
}

/* Its parent's fork returns later than its own first calls, or never. */
static void a_child_may_start_early(void)
{
	json_t *story;

	connect_client(1);
	do_step("client 1 connects to port 7007", 1);
	note_accept(1, 4, 10, 10);
	note(CALL_FORK, 0, 7, 20, 50);
	note_by(7, 7, note(CALL_FORK, 0, 0, 30, 30));
	note_by(7, 7, note(CALL_READ, 4, 0, 31, 31));
	note(CALL_CLOSE, 4, 0, 51, 51);
	note_accept(1, 4, 60, 60);
	note(CALL_FORK, 0, 0, 61, 0);
	note_by(8, 8, note(CALL_FORK, 0, 0, 62, 62));
	note_by(8, 8, note(CALL_READ, 4, 0, 63, 63));
	story = timeline(t);
	assert_row(story, 3,
		   "call child 7: read(4) = 0, end of file, client 1 <- "
		   "client 1");
	assert_row(story, 4, "call server: fork() = 7");
	assert_row(story, 9,
		   "call child 8: read(4) = 0, end of file, client 1 <- "
		   "client 1");
}

static void lanes_begin_and_end(void)
{
	const json_t *lanes;
	json_t *story;

	connect_client(1);
	connect_client(2);
	do_step("client 1 connects to port 7007", 1);
	do_step("client 2 connects to port 7007", 2);
	note_by(SERVER, 5, note(CALL_READ, 4, 0, 10, 10));
	note_by(7, 7, note(CALL_EXIT, 3, 0, 11, 0));
	do_step("client 1 closes its connection", 12);
	do_step("client 2 resets its connection (RST)", 13);
	story = timeline(t);
	lanes = json_object_get(story, "lanes");
	assert_int_equal(json_array_size(lanes), 4);
	assert_row(story, 2, "call thread 5: read(4) = 0, end of file");
	assert_row(story, 3, "call child 7: exit(3) .");
	assert_row(story, 4, "step client 1: closes its connection .");
	assert_row(story, 5, "step client 2: resets its connection (RST) .");
	for (size_t i = 0; i < 4; i++) {
		static const char *const kinds[] = {"client", "client",
						    "thread", "process"};
		const json_t *kind =
			json_object_get(json_array_get(lanes, i), "kind");

		assert_string_equal(json_string_value(kind), kinds[i]);
	}
}

static void faults_are_marked(void)
{
	json_t *story;

	note(CALL_ACCEPT, 3, -1, 1, 1)->error = EINTR;
	record->event[0].action = ACT_FAIL;
	note(CALL_READ, 4, 1, 2, 2)->action = ACT_HALF;
	note(CALL_READ, 4, 1, 3, 3)->action = 200;
	story = timeline(t);
	assert_row(story, 0,
		   "call server: accept(3) = -1 EINTR (Interrupted system "
		   "call) [made to fail] !");
	assert_row(story, 1, "call server: read(4) = 1 [given half] !");
	assert_row(story, 2, "call server: read(4) = 1");
}

static void a_long_story_loses_its_middle(void)
{
	json_t *story;

	for (unsigned i = 0; i < 500; i++)
		note_by((int)i + 10, (int)i + 10,
			note(CALL_CLOSE, i, 0, i + 1, i + 1));
	story = timeline(t);
	assert_int_equal(count_rows(story), 160);
	assert_int_equal(json_integer_value(json_object_get(story, "head")),
			 24);
	assert_int_equal(json_integer_value(json_object_get(story, "left_out")),
			 340);
	assert_row(story, 0, "call child 10: close(0) = 0");
	assert_row(story, 23, "call child 33: close(23) = 0");
	assert_row(story, 24, "call child 374: close(364) = 0");
	assert_row(story, 159, "call child 509: close(499) = 0");
	/* Lanes where nothing is told to happen are not there. */
	assert_int_equal(json_array_size(json_object_get(story, "lanes")), 160);
	assert_harmless(story);
}

static void a_full_record_says_so(void)
{
	json_t *story;

	while (record->next < WITNESS_EVENTS)
		note(CALL_CLOSE, record->next % 3, 0, record->next + 1,
		     record->next + 1);
	record->next = UINT32_MAX;
	story = timeline(t);
	assert_row(story, count_rows(story) - 1,
		   "step -: the calls after the first 8192 are not recorded");
	record->next = WITNESS_EVENTS;
	story = timeline(t);
	assert_row(story, count_rows(story) - 1, "call server: close(1) = 0");
}

static void many_sights_end_with_a_word(void)
{
	json_t *story;

	connect_client(1);
	for (int i = 0; i < 5000; i++)
		sight(t, 1, GOT_BYTES, i % 2 ? "a" : "b", 1);
	story = timeline(t);
	assert_row(story, count_rows(story) - 1,
		   "step -: what clients get from here on is not recorded");
	assert_harmless(story);
}

static uint64_t any(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static void wild_bytes_are_only_passed_over(void)
{
	for (int round = 0; round < 20; round++) {
		uint64_t *p = (uint64_t *)record->event;

		record->next = UINT32_MAX;
		for (size_t i = 0; i < sizeof(record->event) / (sizeof(*p));
		     i++)
			p[i] = any();
		for (size_t i = 0; i < WITNESS_EVENTS && round > 2; i++) {
			struct witness_event *e = &record->event[i];

			/* Nearly right, so that more of it is believed. */
			e->state %= 3;
			e->call %= CALL_COUNT + 1;
			e->n_bytes %= WITNESS_BYTES + 2;
			e->pid = (int)(any() % 40) - 2;
			e->tid = (int)(any() % 40) - 2;
			e->result = (int64_t)(any() % 64) - 2;
			if (round % 2)
				e->arg[0] = (int64_t)(any() % 64) - 2;
		}
		assert_harmless(timeline(t));
	}
}

static void times_that_lie_stay_within_the_trial(void)
{
	json_t *story;

	note(CALL_CLOSE, 1, 0, 5, 5);
	note(CALL_CLOSE, 2, 0, 5, 5)->entered = 1;
	record->event[1].returned = 2;
	note(CALL_CLOSE, 3, 0, 5, 5)->returned = UINT64_MAX;
	note(CALL_READ, 4, 0, 5, 5)->entered = UINT64_MAX;
	story = timeline(t);
	assert_row(story, 0, "call server: close(2) = 0");
	assert_row(story, 1, "call server: close(1) = 0");
	assert_int_equal(count_rows(story), 4);
	assert_harmless(story);
}

/* Each fork would double what is held. */
static void forks_that_never_were_cost_nothing(void)
{
	uint64_t began = now_ns();

	connect_client(1);
	note_accept(1, 4, 1, 1);
	while (record->next < WITNESS_EVENTS) {
		unsigned i = record->next;

		note_by(i % 2 ? 8 : 9, 8,
			note(CALL_FORK, 0, i % 3 ? 9 : 8, i, i));
	}
	assert_harmless(timeline(t));
	assert_true(now_ns() - began < 30ull * NS_PER_S);
}

static void nobody_takes_a_clients_lane(void)
{
	json_t *story;

	connect_client(1);
	do_step("client 1 connects to port 7007", 1);
	note_by(0, 0, note(CALL_READ, 4, 0, 2, 2));
	note_by(-1, 5, note(CALL_READ, 4, 0, 3, 3));
	note_bytes(note(CALL_SHM, 0, 1, 4, 4), "\033[2J<b>\xff", 8);
	story = timeline(t);
	assert_int_equal(count_rows(story), 2);
	assert_row(story, 1, "call server: ?[2J<b>?() = 1");
}

/* But not longer than the test: it holds the pipe that the test's end is seen by. */
static void sleep_for_ever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* The witness has nothing to say; /proc has. */
static void a_program_that_nobody_witnesses(void)
{
	char path[64], line[64] = "";
	json_t *story;
	pid_t pid;

	close(t->witness);
	t->witness = -1;
	connect_client(1);
	do_step("client 1 connects to port 7007", 1);
	sight(t, 1, WAS_LET_IN, NULL, 0);
	pid = fork();
	if (pid == 0)
		sleep_for_ever();
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	while (!strstr(line, " 0x")) {
		FILE *f = fopen(path, "re");

		if (!f || !fgets(line, sizeof(line), f))
			line[0] = 0;
		if (f)
			fclose(f);
		sched_yield();
	}
	server.inner = pid;
	t->agent = getpid();
	story = timeline(t);
	assert_row(story, 0, "step client 1: connects to port 7007");
	assert_row(story, 1, "saw client 1: is connected");
	assert_row(story, 2, "state server: is blocked in pause");
	assert_int_equal(count_rows(story), 3);
	assert_in_order(story);
	kill(pid, SIGKILL);
}

/* Where it waits in a call that the record has, /proc has nothing to add. */
static void what_is_known_is_not_said_twice(void)
{
	pid_t pid = fork();
	json_t *story;

	if (pid == 0)
		sleep_for_ever();
	server.inner = pid;
	t->agent = getpid();
	note_by(pid, pid, note(CALL_READ, 5, 0, 10, 0));
	story = timeline(t);
	assert_int_equal(count_rows(story), 1);
	assert_row(story, 0, "wait server: waits in read(5)");
	kill(pid, SIGKILL);
}

static void a_program_that_calls_us(void)
{
	json_t *story;

	t->server = NULL;
	server.line = (char *)"client 7007";
	connect_client(1);
	note(CALL_CONNECT, 3, 0, 1, 1);
	note(CALL_WRITE, 3, 1, 2, 2);
	do_step("client 1 says something", 3);
	story = timeline(t);
	assert_row(story, 0, "call client: connect(3) = 0");
	assert_row(story, 1, "call client: write(3) = 1, server 1 -> server 1");
	assert_row(story, 2, "step server 1: says something");
}

static void assert_says(const json_t *story, size_t i, int lane,
			const char *expected)
{
	const json_t *r = json_array_get(rows_of(story), i);

	assert_int_equal(json_integer_value(json_object_get(r, "lane")), lane);
	assert_string_equal(json_string_value(json_object_get(r, "says")),
			    expected);
}

static void do_step_saying(const char *what, const char *says, uint64_t at)
{
	do_step(what, at);
	json_object_set_new(
		json_array_get(t->steps, json_array_size(t->steps) - 1), "says",
		json_string(says));
}

/* Lanes go by the English of a step, whatever language its words are in. */
static void steps_in_another_language(void)
{
	json_t *story;

	connect_client(1);
	do_step_saying("client 1 sends \"x\"", "client 1 送出 \"x\"", 1);
	do_step_saying("client 1（绑定到 `me`） connects to `s`",
		       "client 1（绑定到 `me`） 连接 `s`", 2);
	do_step_saying("client 1's process crashes", "client 1 的进程崩溃", 3);
	story = timeline(t);
	assert_says(story, 0, 0, "送出 \"x\"");
	assert_says(story, 1, 0, "（绑定到 `me`） 连接 `s`");
	assert_says(story, 2, -1, "client 1 的进程崩溃");
}

static void senders_have_lanes(void)
{
	json_t *story;

	do_step("sender 2 is bound to `b.sock`", 1);
	do_step("sender 2 sends a datagram of 1 byte: \"x\"", 2);
	do_step("sender 1's queue is full", 3);
	sight(t, 2, GOT_DATAGRAM, "x", 1);
	do_step_saying("sender 2 closes its socket", "sender 2 关闭",
		       2 * AGO / US);
	story = timeline(t);
	assert_row(story, 0, "step sender 2: is bound to `b.sock`");
	assert_row(story, 1,
		   "step sender 2: sends a datagram of 1 byte: \"x\"");
	assert_row(story, 2, "step -: sender 1's queue is full");
	assert_row(story, 3, "saw sender 2: gets a datagram of 1 byte: \"x\"");
	assert_row(story, 4, "step sender 2: closes its socket .");
	assert_says(story, 4, 0, "关闭");
	assert_int_equal(json_array_size(json_object_get(story, "lanes")), 1);
}

/* ---- all of them ---- */

/* cmocka's asserts end a test of its own, so the child runs one. */
static void (*the_test)(void);

static void run_it(void **state)
{
	(void)state;
	set_up();
	the_test();
}

static void in_its_own_process(void)
{
	const struct CMUnitTest one[] = {cmocka_unit_test(run_it)};

	dup2(STDERR_FILENO, STDOUT_FILENO);
	_exit(cmocka_run_group_tests(one, NULL, NULL));
}

static void run(void **state)
{
	struct ending end;

	the_test = *(void (**)(void)) * state;
	end = end_of(in_its_own_process);
	if (!WIFEXITED(end.status) || WEXITSTATUS(end.status))
		print_error("%s\n", end.said);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 0);
}

#define TEST(f)                                                       \
	{                                                             \
		.name = #f, .test_func = run,                         \
		.initial_state = (void *)&(void (*[])(void)){(f)}[0], \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_sides_in_order),
		TEST(who_waits_has_two_rows),
		TEST(the_same_again_is_folded),
		TEST(calls_have_their_own_names),
		TEST(long_messages_show_their_head),
		TEST(senders_have_lanes),
		TEST(who_is_killed_has_an_end),
		TEST(connections_are_followed),
		TEST(a_child_may_start_early),
		TEST(lanes_begin_and_end),
		TEST(faults_are_marked),
		TEST(a_long_story_loses_its_middle),
		TEST(a_full_record_says_so),
		TEST(many_sights_end_with_a_word),
		TEST(wild_bytes_are_only_passed_over),
		TEST(times_that_lie_stay_within_the_trial),
		TEST(forks_that_never_were_cost_nothing),
		TEST(nobody_takes_a_clients_lane),
		TEST(a_program_that_nobody_witnesses),
		TEST(what_is_known_is_not_said_twice),
		TEST(a_program_that_calls_us),
		TEST(steps_in_another_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
