/* SPDX-License-Identifier: MIT */
/* grader_wait.c - tests of what waiting concludes about real programs. */

/*
 * Theory of operation
 *
 * A trial without a sandbox starts this very program again, through the real
 * agent ($BUILD/agent), with the name of a scenario as its argument.  Once the
 * scenario has said that it is ready, the trial waits, and its verdict is what
 * came of that.  What is asserted is the outcome, never how long it took.
 */
/* wrap: now_ns */
#define _GNU_SOURCE 1
#include "trial.h"

#include "grader_trial.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

/* ---- scenarios: inside the program that is waited for ---- */

static const char *number; /* the scenario's argument, if it has one */

static void say(const char *s)
{
	if (write(STDOUT_FILENO, s, strlen(s)) < 0)
		_exit(9);
}

static void read_for_ever(void)
{
	int never[2];
	char c;

	if (pipe(never) < 0 || read(never[0], &c, 1) != 1)
		_exit(9);
}

static void nap(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* alarm() is not for one's children. */
static pid_t fork_off(void)
{
	pid_t pid = fork();

	if (pid == 0)
		alarm(HANGS_AFTER_SECONDS);
	return pid;
}

static void blocks(void)
{
	say("ready\n");
	read_for_ever();
}

static void spins(void)
{
	say("ready\n");
	for (;;)
		;
}

static void naps(void)
{
	say("ready\n");
	for (;;)
		nap(20);
}

static void naps_once(void)
{
	say("ready\n");
	nap(100);
	say("more\n");
	read_for_ever();
}

static void sleeps(void)
{
	say("ready\n");
	nap(3600 * 1000L);
}

static void polls(void)
{
	say("ready\n");
	poll(NULL, 0, 3600 * 1000);
}

static void computes(void)
{
	say("ready\n");
	while (clock() < CLOCKS_PER_SEC / 10) /* of CPU time */
		;
	say("more\n");
	read_for_ever();
}

static void trickles(void)
{
	say("ready\n");
	for (;;) {
		nap(5);
		say(".");
	}
}

static void exits(void)
{
	say("ready\n");
	exit(7);
}

static void crashes(void)
{
	say("ready\n");
	raise(SIGSEGV);
}

static void stops(void)
{
	say("ready\n");
	raise(SIGSTOP);
}

static void becomes_a_daemon(void)
{
	if (fork_off() == 0) {
		setsid();
		say("ready\n");
		read_for_ever();
	}
	_exit(0);
}

static void has_a_child_that_spins(void)
{
	if (fork_off() == 0)
		spins();
	read_for_ever();
}

static void has_a_child_that_ends(void)
{
	pid_t pid = fork_off();

	if (pid == 0) {
		nap(50);
		_exit(0);
	}
	say("ready\n");
	waitpid(pid, NULL, 0);
	say("more\n");
	read_for_ever();
}

static void floods(void)
{
	static char much[1 << 16];

	say("ready\n");
	while (write(STDOUT_FILENO, much, sizeof(much)) > 0)
		;
	_exit(3);
}

static void copies(void)
{
	char block[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, block, sizeof(block))) > 0)
		if (write(STDOUT_FILENO, block, (size_t)n) != n)
			_exit(2);
	exit(n == 0 ? 0 : 1);
}

/* A chain of processes: the last one answers. */
static void copies_far(void)
{
	for (int i = 0; i < 4; i++) {
		int link[2];

		if (pipe(link) < 0)
			_exit(2);
		if (fork_off() > 0) {
			dup2(link[1], STDOUT_FILENO);
			close(link[0]), close(link[1]);
			break;
		}
		dup2(link[0], STDIN_FILENO);
		close(link[0]), close(link[1]);
	}
	copies();
}

static void closes_its_input(void)
{
	close(STDIN_FILENO);
	say("ready\n");
	read_for_ever();
}

static struct sockaddr_in on_loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* A server that never accepts: room for one connection, no more. */
static void listens(void)
{
	struct sockaddr_in at = on_loopback((uint16_t)atoi(number));
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 0) < 0)
		_exit(2);
	say("ready\n");
	read_for_ever();
}

/* The same, but with a word it lets two in. */
static void listens_late(void)
{
	struct sockaddr_in at = on_loopback((uint16_t)atoi(number));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char c;

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 0) < 0)
		_exit(2);
	say("ready\n");
	if (read(STDIN_FILENO, &c, 1) != 1 || accept(fd, NULL, NULL) < 0 ||
	    accept(fd, NULL, NULL) < 0)
		_exit(3);
	say("more\n");
	read_for_ever();
}

/* Looks ten times a second who has come, not being told of it. */
static void looks_now_and_then(void)
{
	struct sockaddr_in at = on_loopback((uint16_t)atoi(number));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd p = {.fd = fd};

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 5) < 0)
		_exit(2);
	say("ready\n");
	while (accept(fd, NULL, NULL) < 0)
		poll(&p, 1, 100);
	say("more\n");
	read_for_ever();
}

/* The listening socket of one who has taken a caller, and reads nothing. */
static int take_a_caller(void)
{
	struct sockaddr_in at = on_loopback((uint16_t)atoi(number));
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 5) < 0)
		_exit(2);
	say("ready\n");
	if (accept(fd, NULL, NULL) < 0)
		_exit(3);
	say("more\n");
	return fd;
}

/* Waits for others only, a millisecond at a time. */
static void asks_beside_what_is_there(void)
{
	struct pollfd p = {.fd = take_a_caller(), .events = POLLIN};

	for (;;)
		poll(&p, 1, 1);
}

/* Spins, but is killed after two seconds of it. */
static void spins_at_most(void)
{
	const struct rlimit cpu = {2, 2};

	setrlimit(RLIMIT_CPU, &cpu);
	spins();
}

static void spins_beside_what_is_there(void)
{
	take_a_caller();
	spins_at_most();
}

static void echoes(void)
{
	struct sockaddr_in at = on_loopback((uint16_t)atoi(number));
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 5) < 0)
		_exit(2);
	say("ready\n");
	fd = accept(fd, NULL, NULL);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	copies_far();
}

/* A client gets a byte every now and then. */
static void drips(void)
{
	struct sockaddr_in at = on_loopback((uint16_t)atoi(number));
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 5) < 0)
		_exit(2);
	say("ready\n");
	fd = accept(fd, NULL, NULL);
	while (send(fd, "x", 1, MSG_NOSIGNAL) == 1)
		nap(1);
	_exit(0);
}

static const struct scenario {
	const char *name;
	void (*play)(void);
} scenarios[] = {
#define SCENARIO(f)   \
	{             \
#f, f \
	}
	SCENARIO(blocks),
	SCENARIO(spins),
	SCENARIO(naps),
	SCENARIO(naps_once),
	SCENARIO(computes),
	SCENARIO(trickles),
	SCENARIO(exits),
	SCENARIO(crashes),
	SCENARIO(stops),
	SCENARIO(becomes_a_daemon),
	SCENARIO(floods),
	SCENARIO(has_a_child_that_spins),
	SCENARIO(copies),
	SCENARIO(has_a_child_that_ends),
	SCENARIO(listens),
	SCENARIO(closes_its_input),
	SCENARIO(echoes),
	SCENARIO(drips),
	SCENARIO(listens_late),
	SCENARIO(sleeps),
	SCENARIO(polls),
	SCENARIO(looks_now_and_then),
	SCENARIO(spins_at_most),
	SCENARIO(asks_beside_what_is_there),
	SCENARIO(spins_beside_what_is_there),
};

static int play(const char *name)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* with the agent */
	alarm(HANGS_AFTER_SECONDS);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		if (strcmp(scenarios[i].name, name) == 0)
			scenarios[i].play();
	return 99;
}

/* ---- trials of them ---- */

/* Between two looks the whole machine stands still for a while, and its clock
 * jumps when it goes on: this much, in ns. */
static uint64_t standstill;

uint64_t __real_now_ns(void);
uint64_t __wrap_now_ns(void);

uint64_t __wrap_now_ns(void)
{
	static uint64_t stood;

	return __real_now_ns() + (stood += standstill);
}

static char root[64] = "/tmp/grader_wait.XXXXXX", self[PATH_MAX];

static struct program *start(struct trial *t, const char *name, const char *arg)
{
	static const char *const env[] = {NULL};
	const char *const argv[] = {self, name, arg, NULL};
	struct program *p;

	t->root = root;
	p = launch(t,
		   &(struct command){
			   .dir = "/", .path = self, .argv = argv, .env = env});
	p->line = must_strdup(name);
	return p;
}

static bool never(struct trial *t, void *arg)
{
	(void)t, (void)arg;
	return false;
}

static bool printed_more(struct trial *t, void *arg)
{
	const struct program *p = arg;

	(void)t;
	return p->printed.n >= strlen("ready\nmore\n");
}

static bool is_ready(struct trial *t, void *arg)
{
	const struct program *p = arg;

	(void)t;
	return p->printed.n >= strlen("ready\n");
}

static bool has_ended(struct trial *t, void *arg)
{
	const struct program *p = arg;

	(void)t;
	return p->ended;
}

static bool ready(struct trial *t, struct program *p)
{
	return wait_until(t, is_ready, p) == DONE;
}

static _Noreturn void tell(struct trial *t, enum outcome o)
{
	const struct program *p = t->program[t->programs - 1];
	char *printed = readable(p->printed.data, p->printed.n, 40);

	finish(t,
	       json_pack("{s:i, s:i, s:s, s:s, s:b, s:i, s:I}", "outcome", o,
			 "symptom", symptom_of(t, o), "state", state_of(t, o),
			 "printed", printed, "ended", p->ended, "status",
			 p->status, "kept", (json_int_t)p->printed.n));
}

/* What the trial does. */
static const char *scenario;
static condition *awaited;
static double factor; /* once the program is ready */

static void wait_for_scenario(struct trial *t)
{
	static struct settings hurried;
	struct program *p = start(t, scenario, NULL);

	if (!ready(t, p))
		give_up(t, text("%s is not ready", scenario));
	hurried = *t->set;
	hurried.factor = factor;
	t->set = &hurried;
	tell(t, wait_until(t, awaited, p));
}

static json_t *waited_for(const char *name, condition *holds, double hurry)
{
	scenario = name;
	awaited = holds;
	factor = hurry;
	return verdict_of(wait_for_scenario);
}

static int number_of(const json_t *verdict, const char *key)
{
	return (int)json_integer_value(json_object_get(verdict, key));
}

#define NOT_IN_A_HURRY 1

static void assert_outcome(const char *name, condition *holds, double hurry,
			   enum outcome outcome, enum symptom symptom)
{
	json_t *v = waited_for(name, holds, hurry);

	assert_word(v, "message", "(none)");
	assert_int_equal(number_of(v, "outcome"), outcome);
	assert_int_equal(number_of(v, "symptom"), symptom);
	json_decref(v);
}

/* ---- what comes ---- */

static void waits_for_what_comes(void **state)
{
	static const char *const late[] = {"naps_once", "computes",
					   "has_a_child_that_ends"};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_outcome(late[i], printed_more, NOT_IN_A_HURRY, DONE,
			       SILENCE);
}

static void a_machine_that_stands_still_is_no_verdict(void **state)
{
	(void)state;
	standstill = 2 * (uint64_t)NS_PER_S;
	assert_outcome("naps_once", printed_more, NOT_IN_A_HURRY, DONE,
		       SILENCE);
	standstill = 0;
}

static void sees_an_end_that_is_awaited(void **state)
{
	json_t *v = waited_for("exits", has_ended, NOT_IN_A_HURRY);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), DONE);
	assert_int_equal(number_of(v, "status"), 7 << 8);
	json_decref(v);
}

/* ---- what does not come ---- */

static void knows_silence_without_a_clock(void **state)
{
	static const char *const quiet[] = {
		"blocks", "stops", "becomes_a_daemon", "closes_its_input"};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_outcome(quiet[i], never, NOT_IN_A_HURRY, IS_QUIET,
			       SILENCE);
}

static void knows_the_busy(void **state)
{
	(void)state;
	assert_outcome("spins", never, 0.4, IS_BUSY, BUSY);
	assert_outcome("has_a_child_that_spins", never, 0.4, IS_BUSY, BUSY);
}

static void knows_the_dozing(void **state)
{
	(void)state;
	assert_outcome("naps", never, 0.1, IS_DOZING, SILENCE);
}

/* Its alarm would end it before so many times the budget. */
static void a_long_sleep_need_not_be_waited_for(void **state)
{
	(void)state;
	assert_outcome("sleeps", never, 1000, IS_DOZING, SILENCE);
	assert_outcome("polls", never, 1000, IS_DOZING, SILENCE);
}

/* To print is not to get on. */
static void knows_the_trickling(void **state)
{
	(void)state;
	assert_outcome("trickles", never, 0.1, IS_DOZING, SILENCE);
}

static void knows_the_gone(void **state)
{
	(void)state;
	assert_outcome("exits", never, NOT_IN_A_HURRY, IS_GONE, EXITED);
	assert_outcome("crashes", never, NOT_IN_A_HURRY, IS_GONE, CRASHED);
}

static void knows_the_flooding(void **state)
{
	json_t *v = waited_for("floods", never, NOT_IN_A_HURRY);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_BUSY);
	assert_int_equal(number_of(v, "symptom"), GREEDY);
	assert_int_equal(number_of(v, "kept"), 256 << 10);
	assert_false(json_is_true(json_object_get(v, "ended")));
	json_decref(v);
}

static void assert_state(const char *name, const char *expected)
{
	json_t *v = waited_for(name, never, 0.4);

	assert_word(v, "state", expected);
	json_decref(v);
}

static void says_what_it_sees(void **state)
{
	(void)state;
	assert_state("blocks",
		     "the program is blocked in read on descriptor 3");
	assert_state("stops", "the program is stopped");
	assert_state("exits", "the program has exited with status 7");
	assert_state("crashes",
		     "the program was killed by signal 11 (SIGSEGV)");
	assert_state("spins", "the program is using CPU time and gets nowhere");
}

static void rest(struct trial *t)
{
	struct program *p = start(t, scenario, NULL);

	if (!ready(t, p))
		give_up(t, text("%s is not ready", scenario));
	tell(t, wait_for_rest(t));
}

static void comes_to_rest(void **state)
{
	static const struct {
		const char *name;
		enum outcome outcome;
	} restful[] = {
		{"blocks", IS_QUIET},
		{"naps", IS_DOZING},
		{"exits", IS_GONE},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		json_t *v;

		scenario = restful[i].name;
		v = verdict_of(rest);
		assert_int_equal(number_of(v, "outcome"), restful[i].outcome);
		json_decref(v);
	}
}

/* ---- starting, typing ---- */

static void start_nothing(struct trial *t)
{
	struct program *p;
	enum outcome o;

	strcpy(self, "/nowhere/at/all");
	p = start(t, "blocks", NULL);
	o = wait_until(t, never, p);
	finish(t, json_pack("{s:i, s:i, s:s}", "outcome", o, "status",
			    p->spawn_error, "state", state_of(t, o)));
}

static void tells_what_cannot_be_started(void **state)
{
	json_t *v = verdict_of(start_nothing);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_GONE);
	assert_int_equal(number_of(v, "status"), ENOENT);
	assert_word(v, "state",
		    "it could not be started: No such file or directory");
	json_decref(v);
}

static bool copied_all(struct trial *t, void *arg)
{
	const struct program *p = arg;

	(void)t;
	return p->ended && p->out < 0;
}

/* More than a pipe holds, in both directions. */
static void type_much(struct trial *t)
{
	struct program *p = start(t, "copies", NULL);
	enum outcome o;

	for (int i = 0; i < 20000; i++) {
		char *line = text("line %04d\n", i);

		bytes_add(&p->typed, line, strlen(line));
		free(line);
	}
	p->input_ends = true;
	o = wait_until(t, copied_all, p);
	bytes_drop_front(&p->printed, p->printed.n - 10);
	tell(t, o);
}

static void types_all_of_it(void **state)
{
	json_t *v = verdict_of(type_much);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), DONE);
	assert_int_equal(number_of(v, "status"), 0);
	assert_word(v, "printed", "\"ine 19999\\n\"");
	json_decref(v);
}

/* The agent, which has to report it, gets no processor for a good while. */
static bool has_ended_late(struct trial *t, void *arg)
{
	static int asked;
	const struct program *p = arg;

	if (++asked == 200)
		kill(t->agent, SIGCONT);
	return p->ended;
}

static void end_one_of_two(struct trial *t)
{
	struct program *stays = start(t, "blocks", NULL), *goes;

	if (!ready(t, stays))
		give_up(t, text("it is not ready"));
	goes = start(t, "copies", NULL);
	wait_for_rest(t);
	kill(t->agent, SIGSTOP);
	goes->input_ends = true;
	tell(t, wait_until(t, has_ended_late, goes));
}

static void an_end_not_yet_reported_is_no_quiet(void **state)
{
	json_t *v = verdict_of(end_one_of_two);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), DONE);
	assert_int_equal(number_of(v, "status"), 0);
	json_decref(v);
}

static void type_to_nobody(struct trial *t)
{
	struct program *p = start(t, "closes_its_input", NULL);

	if (!ready(t, p))
		give_up(t, text("it is not ready"));
	bytes_add(&p->typed, "hello?", 6);
	tell(t, wait_until(t, never, p));
}

static void types_to_those_who_do_not_listen(void **state)
{
	json_t *v = verdict_of(type_to_nobody);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_QUIET);
	json_decref(v);
}

/* ---- timers that only the witness sees ---- */

static void wait_with_timers(struct trial *t)
{
	static struct settings hurried = {.factor = 0.1, .room = "/nowhere"};
	struct program *p = start(t, "blocks", NULL);
	const uint32_t timed = 1;

	if (!ready(t, p))
		give_up(t, text("it is not ready"));
	t->set = &hurried;
	t->witness = memfd_create("witness", MFD_CLOEXEC);
	if (ftruncate(t->witness, sizeof(struct witness)) < 0)
		give_up(t, text("no witness"));
	if (wait_until(t, never, p) != IS_QUIET)
		give_up(t, text("an unused timer counts"));
	if (pwrite(t->witness, &timed, sizeof(timed),
		   offsetof(struct witness, timed)) < 0)
		give_up(t, text("no witness"));
	tell(t, wait_until(t, never, p));
}

static void timers_may_wake_it(void **state)
{
	json_t *v = verdict_of(wait_with_timers);

	(void)state;
	assert_word(v, "message", "(none)");
	assert_int_equal(number_of(v, "outcome"), IS_DOZING);
	json_decref(v);
}

/* ---- connections ---- */

static struct connection *call(struct trial *t)
{
	struct connection *c = must_calloc(1, sizeof(*c));
	struct sockaddr_in to = on_loopback(t->port);

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	c->connecting = connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0;
	c->reading = true;
	t->connection[++t->connections] = c;
	return c;
}

static bool is_connected(struct trial *t, void *arg)
{
	const struct connection *c = arg;

	(void)t;
	return !c->connecting;
}

static struct program *start_server(struct trial *t, const char *name)
{
	struct program *p;
	char port[8];

	t->port = fresh_port(t);
	snprintf(port, sizeof(port), "%u", t->port);
	p = start(t, name, port);
	if (!ready(t, p))
		give_up(t, text("%s is not ready", name));
	return p;
}

static void wait_unanswered(struct trial *t)
{
	struct program *p = start_server(t, "listens");
	struct connection *c = call(t);

	if (wait_until(t, is_connected, c) != DONE || c->error)
		give_up(t, text("not connected"));
	bytes_add(&c->out, "is anybody there?", 17);
	if (wait_until(t, never, p) != IS_QUIET || c->out.n)
		give_up(t, text("bytes that nobody reads"));
	tell(t, wait_until(t, is_connected, call(t)));
}

static void rest_with_time_outs(struct trial *t)
{
	static struct settings patient;

	t->server = start_server(t, "looks_now_and_then");
	patient = *t->set;
	patient.factor = 10000;
	t->set = &patient;
	tell(t, wait_for_rest(t));
}

/* Its alarm would end it before the budget is used up. */
static void a_time_out_that_nothing_hangs_on_is_rest(void **state)
{
	json_t *v = verdict_of(rest_with_time_outs);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_DOZING);
	assert_false(json_is_true(json_object_get(v, "ended")));
	json_decref(v);
}

/* So many calls have been in vain by now. */
static void testify(struct trial *t, uint32_t calls)
{
	if (t->witness < 0)
		t->witness = memfd_create("witness", MFD_CLOEXEC);
	if (ftruncate(t->witness, sizeof(struct witness)) < 0 ||
	    pwrite(t->witness, &calls, sizeof(calls),
		   offsetof(struct witness, in_vain)) < 0)
		give_up(t, text("no witness"));
}

/* A condition that never holds, but each time it is asked for another call of
 * the program has been in vain. */
static bool never_but_asked(struct trial *t, void *arg)
{
	unsigned *calls = arg;

	testify(t, ++*calls);
	return false;
}

static void rest_with_something_unread(struct trial *t)
{
	unsigned calls = 0;
	static struct settings patient;
	struct connection *c;

	t->server = start_server(t, "asks_beside_what_is_there");
	c = call(t);
	bytes_add(&c->out, "is anybody there?", 17);
	if (wait_until(t, printed_more, t->server) != DONE || c->out.n)
		give_up(t, text("not accepted"));
	patient = *t->set;
	patient.factor = 10000;
	t->set = &patient;
	tell(t, wait_for_rest_unless(t, never_but_asked, &calls));
}

static void who_has_asked_in_vain_is_at_rest(void **state)
{
	json_t *v = verdict_of(rest_with_something_unread);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_DOZING);
	assert_false(json_is_true(json_object_get(v, "ended")));
	json_decref(v);
}

static void rest_of_a_spinner(struct trial *t)
{
	static struct settings patient;
	struct program *p = start(t, "spins_at_most", NULL);

	if (!ready(t, p))
		give_up(t, text("it is not ready"));
	testify(t, 1000);
	patient = *t->set;
	patient.factor = 20;
	t->set = &patient;
	tell(t, wait_for_rest(t));
}

/* The whole budget would be more than it lives. */
static void who_calls_in_vain_gets_less_time(void **state)
{
	json_t *v = verdict_of(rest_of_a_spinner);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_BUSY);
	assert_false(json_is_true(json_object_get(v, "ended")));
	json_decref(v);
}

static void rest_of_one_held_back(struct trial *t)
{
	static char much[16 << 20]; /* more than the kernel takes */
	static struct settings patient;
	struct connection *c;

	t->server = start_server(t, "spins_beside_what_is_there");
	c = call(t);
	bytes_add(&c->out, much, sizeof(much));
	if (wait_until(t, printed_more, t->server) != DONE || !c->out.n)
		give_up(t, text("not accepted, or all taken"));
	testify(t, 1000);
	patient = *t->set;
	patient.factor = 20;
	t->set = &patient;
	tell(t, wait_for_rest(t));
}

/* It may be what TCP holds back that it asks for in vain. */
static void who_is_held_back_gets_all_the_time(void **state)
{
	json_t *v = verdict_of(rest_of_one_held_back);

	(void)state;
	assert_int_equal(number_of(v, "outcome"), IS_GONE);
	assert_true(json_is_true(json_object_get(v, "ended")));
	json_decref(v);
}

static void rest_with_a_caller(struct trial *t)
{
	t->server = start_server(t, "looks_now_and_then");
	testify(t, 1000); /* of the time before that call */
	call(t);
	tell(t, wait_for_rest(t));
}

static void whom_nobody_has_accepted_is_still_to_come(void **state)
{
	json_t *v = verdict_of(rest_with_a_caller);

	(void)state;
	assert_word(v, "printed", "\"ready\\nmore\\n\"");
	json_decref(v);
}

/* What nobody reads, and a caller whom nobody lets in, move no more. */
static void is_quiet_about_what_is_stuck(void **state)
{
	json_t *v = verdict_of(wait_unanswered);

	(void)state;
	assert_word(v, "message", "(none)");
	assert_int_equal(number_of(v, "outcome"), IS_QUIET);
	json_decref(v);
}

/* A SYN that the full queue has dropped is sent again after a second. */
static void wait_for_a_place(struct trial *t)
{
	struct program *p = start_server(t, "listens_late");
	struct connection *first = call(t), *second;

	if (wait_until(t, is_connected, first) != DONE)
		give_up(t, text("not connected"));
	second = call(t);
	if (wait_until(t, is_connected, second) != IS_QUIET)
		give_up(t, text("the queue should have one place"));
	bytes_add(&p->typed, "\n", 1);
	tell(t, wait_until(t, printed_more, p));
}

static void waits_for_what_is_sent_again(void **state)
{
	json_t *v = verdict_of(wait_for_a_place);

	(void)state;
	assert_word(v, "message", "(none)");
	assert_int_equal(number_of(v, "outcome"), DONE);
	json_decref(v);
}

/* What arrives starts the budgets again, but not the one of the whole trial. */
static void wait_for_drops(struct trial *t)
{
	static struct settings hurried = {.factor = 0.03, .room = "/nowhere"};
	struct program *p = start_server(t, "drips");
	struct connection *c = call(t);

	alarm(HANGS_AFTER_SECONDS); /* with no such budget it would be for ever */
	if (wait_until(t, is_connected, c) != DONE || c->error)
		give_up(t, text("not connected"));
	t->set = &hurried;
	tell(t, wait_until(t, never, p));
}

static void knows_the_dawdling(void **state)
{
	json_t *v = verdict_of(wait_for_drops);

	(void)state;
	assert_word(v, "message", "(none)");
	assert_int_equal(number_of(v, "outcome"), IS_DOZING);
	assert_int_equal(number_of(v, "symptom"), DOZES);
	json_decref(v);
}

static bool answered(struct trial *t, void *arg)
{
	const struct connection *c = arg;

	(void)t;
	return c->in.n > 0;
}

/* Each round goes through five processes: at every moment but the last some
 * of them are blocked, and none of that is silence. */
static void exchange_often(struct trial *t)
{
	struct program *p = start_server(t, "echoes");
	struct connection *c = call(t);
	int quiet = 0;

	if (wait_until(t, is_connected, c) != DONE)
		give_up(t, text("not connected"));
	for (int i = 0; i < 300; i++) {
		bytes_add(&c->out, "x", 1);
		if (wait_until(t, answered, c) != DONE)
			give_up(t,
				text("round %d: %s", i, state_of(t, IS_QUIET)));
		bytes_drop_front(&c->in, c->in.n);
		if (i % 30 == 0)
			quiet += wait_until(t, never, p) == IS_QUIET;
	}
	if (quiet != 10)
		give_up(t, text("%d times quiet of 10", quiet));
}

static void is_not_rashly_quiet(void **state)
{
	json_t *v = verdict_of(exchange_often);

	(void)state;
	assert_word(v, "message", "(none)");
	assert_word(v, "status", "pass");
	json_decref(v);
}

/* ---- the end of a trial ---- */

static void leave_running(struct trial *t)
{
	struct program *p = start(t, "becomes_a_daemon", NULL);
	static struct look l;

	ready(t, p);
	probe_processes(&l, t->agent);
	finish(t, json_pack("{s:i, s:i}", "agent", t->agent, "daemon",
			    l.n ? l.p[l.n - 1].pid : 0));
}

static void nothing_is_left(void **state)
{
	json_t *v = verdict_of(leave_running);

	(void)state;
	assert_true(number_of(v, "daemon") > 0);
	assert_int_equal(kill(number_of(v, "agent"), 0), -1);
	assert_int_equal(kill(number_of(v, "daemon"), 0), -1);
	json_decref(v);
}

static int begin(void **state)
{
	const char *build = getenv("BUILD");
	char agent[PATH_MAX], wanted[PATH_MAX], place[128];

	(void)state;
	snprintf(wanted, sizeof(wanted), "%s/agent", build ? build : "build");
	if (!realpath(wanted, agent)) {
		print_error("%s: %s\n", wanted, strerror(errno));
		return -1;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0 ||
	    !mkdtemp(root))
		return -1;
	snprintf(place, sizeof(place), "%s/run", root);
	if (mkdir(place, 0755) < 0)
		return -1;
	snprintf(place, sizeof(place), "%s/run/agent", root);
	return symlink(agent, place);
}

static int end(void **state)
{
	char place[128];

	(void)state;
	snprintf(place, sizeof(place), "%s/run/agent", root);
	unlink(place);
	snprintf(place, sizeof(place), "%s/run", root);
	rmdir(place);
	return rmdir(root);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_what_comes),
		cmocka_unit_test(a_machine_that_stands_still_is_no_verdict),
		cmocka_unit_test(a_long_sleep_need_not_be_waited_for),
		cmocka_unit_test(sees_an_end_that_is_awaited),
		cmocka_unit_test(knows_silence_without_a_clock),
		cmocka_unit_test(knows_the_busy),
		cmocka_unit_test(knows_the_dozing),
		cmocka_unit_test(knows_the_trickling),
		cmocka_unit_test(knows_the_gone),
		cmocka_unit_test(knows_the_flooding),
		cmocka_unit_test(says_what_it_sees),
		cmocka_unit_test(comes_to_rest),
		cmocka_unit_test(a_time_out_that_nothing_hangs_on_is_rest),
		cmocka_unit_test(whom_nobody_has_accepted_is_still_to_come),
		cmocka_unit_test(who_has_asked_in_vain_is_at_rest),
		cmocka_unit_test(who_calls_in_vain_gets_less_time),
		cmocka_unit_test(who_is_held_back_gets_all_the_time),
		cmocka_unit_test(tells_what_cannot_be_started),
		cmocka_unit_test(an_end_not_yet_reported_is_no_quiet),
		cmocka_unit_test(types_all_of_it),
		cmocka_unit_test(types_to_those_who_do_not_listen),
		cmocka_unit_test(timers_may_wake_it),
		cmocka_unit_test(is_quiet_about_what_is_stuck),
		cmocka_unit_test(waits_for_what_is_sent_again),
		cmocka_unit_test(knows_the_dawdling),
		cmocka_unit_test(is_not_rashly_quiet),
		cmocka_unit_test(nothing_is_left),
	};

	if (argc > 1) {
		number = argc > 2 ? argv[2] : "";
		return play(argv[1]);
	}
	return cmocka_run_group_tests(tests, begin, end);
}
