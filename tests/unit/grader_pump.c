/* SPDX-License-Identifier: MIT */
/* grader_pump.c - tests of moving bytes to and from programs and connections. */

/*
 * The test plays the other side itself: it holds the program's ends of the
 * pipes, and the server's end of each connection.
 */
#define _GNU_SOURCE 1
#include "trial.h"

#include "grader_trial.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

enum { CAP = 256 << 10 }; /* of a program's output that is kept */

static struct trial t;

/* Until what is under way inside the kernel has arrived. */
static bool until(bool (*holds)(void))
{
	while (!holds())
		pump(&t, NS_PER_MS);
	return true;
}

/* ---- programs ---- */

static struct program *program;
static int theirs[3]; /* its stdin, stdout, stderr */

static void make_pipe(int *ours, int *other, int our_end)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	*ours = ends[our_end];
	*other = ends[1 - our_end];
}

static void add_program(void)
{
	program = must_calloc(1, sizeof(*program));
	make_pipe(&program->in, &theirs[0], 1);
	make_pipe(&program->out, &theirs[1], 0);
	make_pipe(&program->err, &theirs[2], 0);
	t.program[t.programs++] = program;
}

static void assert_bytes(const struct bytes *b, const char *expected)
{
	assert_int_equal(b->n, strlen(expected));
	if (b->n)
		assert_memory_equal(b->data, expected, b->n);
}

static void takes_what_is_printed(void **state)
{
	uint64_t before = t.moves;

	(void)state;
	add_program();
	pump(&t, 0);
	assert_true(t.moves == before);
	assert_int_equal(write(theirs[1], "out", 3), 3);
	assert_int_equal(write(theirs[2], "err", 3), 3);
	pump(&t, NS_PER_S);
	assert_bytes(&program->printed, "out");
	assert_bytes(&program->complained, "err");
	assert_true(t.moves > before);
	assert_int_equal(write(theirs[1], "more", 4), 4);
	pump(&t, NS_PER_S);
	assert_bytes(&program->printed, "outmore");
}

static void closes_an_output_that_has_ended(void **state)
{
	(void)state;
	add_program();
	assert_int_equal(write(theirs[1], "last", 4), 4);
	close(theirs[1]);
	pump(&t, 0);
	pump(&t, 0);
	assert_bytes(&program->printed, "last");
	assert_int_equal(program->out, -1);
	assert_true(program->err >= 0);
	pump(&t, 0);
}

static void keeps_no_more_than_the_cap(void **state)
{
	static char block[50000];
	uint64_t before;

	(void)state;
	add_program();
	for (int i = 0; i < 10; i++) {
		assert_int_equal(write(theirs[1], block, sizeof(block)),
				 sizeof(block));
		pump(&t, 0);
	}
	assert_int_equal(program->printed.n, CAP);
	assert_int_equal(program->flood, 500000 - CAP);
	before = t.moves;
	assert_int_equal(write(theirs[1], block, sizeof(block)), sizeof(block));
	pump(&t, 0);
	assert_int_equal(program->flood, 550000 - CAP);
	assert_true(t.moves == before); /* only noise */
}

/* Here a file, from which every read is as long as it may be. */
static void a_fast_writer_keeps_its_pipe(void **state)
{
	int much = memfd_create("much", MFD_CLOEXEC);

	(void)state;
	add_program();
	assert_int_equal(ftruncate(much, 10 << 20), 0);
	close(program->out);
	program->out = much;
	errno = ENOENT; /* some earlier call's */
	pump(&t, 0);
	assert_int_equal(program->out, much);
	assert_in_range(program->printed.n + program->flood, 1, 1 << 20);
	while (program->out >= 0)
		pump(&t, 0);
	assert_int_equal(program->printed.n + program->flood, 10 << 20);
}

static void types_what_the_pipe_takes(void **state)
{
	static char much[200000];
	char block[65536];
	size_t got = 0;

	(void)state;
	add_program();
	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (char)('a' + i % 23);
	bytes_add(&program->typed, much, sizeof(much));
	program->input_ends = true;
	for (ssize_t n = 1; n != 0;) {
		pump(&t, 0);
		n = read(theirs[0], block, sizeof(block));
		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			continue;
		}
		assert_true(got + (size_t)n <= sizeof(much));
		if (n)
			assert_memory_equal(block, much + got, (size_t)n);
		got += (size_t)n;
	}
	assert_int_equal(got, sizeof(much));
	assert_int_equal(program->in, -1);
}

static void keeps_the_input_open(void **state)
{
	char c;

	(void)state;
	add_program();
	bytes_add(&program->typed, "x", 1);
	pump(&t, 0);
	assert_int_equal(read(theirs[0], &c, 1), 1);
	assert_int_equal(read(theirs[0], &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
	program->input_ends = true;
	pump(&t, 0);
	assert_int_equal(read(theirs[0], &c, 1), 0);
}

static void forgets_what_nobody_reads(void **state)
{
	(void)state;
	add_program();
	close(theirs[0]);
	bytes_add(&program->typed, "x", 1);
	pump(&t, 0);
	assert_int_equal(program->typed.n, 0);
	program->input_ends = true;
	pump(&t, 0);
	assert_int_equal(program->in, -1);
}

/* ---- connections ---- */

static struct connection *c;
static int server = -1;

static struct sockaddr_in listen_somewhere(int *fd)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(*fd, 5), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&at, &size), 0);
	return at;
}

static void call(const struct sockaddr_in *at)
{
	c = must_calloc(1, sizeof(*c));
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	c->connecting =
		connect(c->fd, (const struct sockaddr *)at, sizeof(*at)) < 0;
	c->reading = true;
	t.connection[++t.connections] = c;
}

static bool is_connected(void)
{
	return !c->connecting;
}

/* The client is c, the server's end is blocking. */
static void connect_both(void)
{
	int fd;
	struct sockaddr_in at = listen_somewhere(&fd);

	call(&at);
	server = accept(fd, NULL, NULL);
	assert_true(server >= 0);
	close(fd);
	until(is_connected);
	assert_int_equal(c->error, 0);
}

static bool has_ended(void)
{
	return c->eof || c->error;
}

static bool has_arrived(void)
{
	return c->in.n > 0;
}

static bool all_said(void)
{
	return !c->out.n && !c->shut;
}

static void speak(const char *s)
{
	bytes_add(&c->out, s, strlen(s));
	c->said += strlen(s);
}

static void tells_a_refusal(void **state)
{
	int fd;
	struct sockaddr_in at = listen_somewhere(&fd);

	(void)state;
	close(fd);
	call(&at);
	until(is_connected);
	assert_int_equal(c->error, ECONNREFUSED);
	pump(&t, 0); /* and nothing more of it */
	assert_false(c->eof);
}

static void says_and_hears(void **state)
{
	char block[16];

	(void)state;
	connect_both();
	speak("hello");
	pump(&t, 0);
	assert_int_equal(c->out.n, 0);
	assert_int_equal(recv(server, block, 5, MSG_WAITALL), 5);
	assert_memory_equal(block, "hello", 5);
	assert_int_equal(send(server, "answer", 6, 0), 6);
	until(has_arrived);
	assert_bytes(&c->in, "answer");
	assert_int_equal(c->arrived, 6);
	assert_false(has_ended());
}

static void hears_the_end(void **state)
{
	(void)state;
	connect_both();
	assert_int_equal(send(server, "bye", 3, 0), 3);
	shutdown(server, SHUT_WR);
	until(has_ended);
	assert_true(c->eof);
	assert_int_equal(c->error, 0);
	assert_bytes(&c->in, "bye");
	speak("still here");
	pump(&t, 0);
	assert_int_equal(c->out.n, 0);
	assert_int_equal(c->error, 0);
}

static void reset_by_server(void)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	setsockopt(server, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(server);
	server = -1;
}

static void reads_before_it_is_reset(void **state)
{
	(void)state;
	connect_both();
	assert_int_equal(send(server, "bye", 3, 0), 3);
	reset_by_server();
	until(has_ended);
	assert_int_equal(c->error, ECONNRESET);
	assert_false(c->eof);
	assert_bytes(&c->in, "bye");
}

/* The error is met by sending; what had arrived counts all the same. */
static void reads_when_sending_fails(void **state)
{
	struct pollfd p;

	(void)state;
	connect_both();
	c->reading = false;
	assert_int_equal(send(server, "bye", 3, 0), 3);
	reset_by_server();
	p = (struct pollfd){.fd = c->fd, .events = POLLRDHUP};
	assert_int_equal(poll(&p, 1, 60000), 1);
	c->reading = true;
	speak("hello?");
	until(has_ended);
	assert_true(c->error == ECONNRESET || c->error == EPIPE);
	assert_bytes(&c->in, "bye");
	pump(&t, 0);
}

static void leaves_bytes_in_the_kernel(void **state)
{
	char block[8];

	(void)state;
	connect_both();
	c->reading = false;
	assert_int_equal(send(server, "later", 5, 0), 5);
	while (recv(c->fd, block, 8, MSG_PEEK | MSG_DONTWAIT) < 5)
		;
	pump(&t, 0);
	assert_int_equal(c->in.n, 0);
	c->reading = true;
	pump(&t, 0);
	assert_bytes(&c->in, "later");
}

/* More than the kernel takes, to a server that is slow to read; then the end. */
static void shuts_down_behind_the_last_byte(void **state)
{
	size_t n = 8u << 20, got = 0;
	char *much = must_calloc(1, n), block[65536];

	(void)state;
	connect_both();
	for (size_t i = 0; i < n; i++)
		much[i] = (char)(i % 251);
	bytes_add(&c->out, much, n);
	c->shut = true;
	pump(&t, 0);
	assert_false(all_said());
	for (ssize_t m = 1; m != 0; pump(&t, 0)) {
		m = recv(server, block, sizeof(block), MSG_DONTWAIT);
		if (m < 0) {
			assert_int_equal(errno, EAGAIN);
			continue;
		}
		assert_true(got + (size_t)m <= n);
		if (m)
			assert_memory_equal(block, much + got, (size_t)m);
		got += (size_t)m;
	}
	assert_int_equal(got, n);
	assert_true(all_said());
	free(much);
}

/* A server that talks without end must not fill our memory, nor keep us. */
static void hears_no_more_than_could_be_an_answer(void **state)
{
	static char block[1 << 16];
	size_t before = 0;

	(void)state;
	connect_both();
	for (int i = 0; i < 1000; i++) {
		before = c->in.n;
		while (send(server, block, sizeof(block), MSG_DONTWAIT) > 0)
			;
		pump(&t, 0);
	}
	assert_int_equal(c->in.n, before);
	assert_in_range(c->in.n, 1 << 16, 1 << 20);
	bytes_drop_front(&c->in, c->in.n);
	pump(&t, 0);
	assert_true(c->in.n > 0);
}

/* Several of each at once: nothing gets to the wrong one. */
static void keeps_all_apart(void **state)
{
	struct program *programs[3];
	int out[3], ends[3];
	struct connection *clients[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		add_program();
		close(theirs[0]);
		close(theirs[2]);
		programs[i] = program;
		out[i] = theirs[1];
		connect_both();
		clients[i] = c;
		ends[i] = server;
	}
	close(clients[1]->fd);
	clients[1]->fd = -1;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(out[i], &"abc"[i], 1), 1);
		if (i != 1)
			assert_int_equal(write(ends[i], &"xyz"[i], 1), 1);
	}
	c = clients[2];
	until(has_arrived);
	c = clients[0];
	until(has_arrived);
	assert_bytes(&programs[0]->printed, "a");
	assert_bytes(&programs[1]->printed, "b");
	assert_bytes(&programs[2]->printed, "c");
	assert_bytes(&clients[0]->in, "x");
	assert_bytes(&clients[1]->in, "");
	assert_bytes(&clients[2]->in, "z");
	for (int i = 0; i < 3; i++) {
		close(out[i]);
		close(ends[i]);
	}
	server = -1;
}

/* ---- each test has a trial of its own ---- */

static int begin(void **state)
{
	(void)state;
	alarm(HANGS_AFTER_SECONDS);
	signal(SIGPIPE, SIG_IGN);
	t = new_trial();
	server = -1;
	return 0;
}

static void drop_program(struct program *p)
{
	close(p->in);
	close(p->out);
	close(p->err);
	bytes_free(&p->typed);
	bytes_free(&p->printed);
	bytes_free(&p->complained);
	free(p);
}

static void drop_connection(struct connection *old)
{
	close(old->fd);
	bytes_free(&old->in);
	bytes_free(&old->out);
	free(old);
}

static int end(void **state)
{
	(void)state;
	alarm(0);
	if (t.programs == 1)
		for (int i = 0; i < 3; i++)
			close(theirs[i]);
	for (size_t i = 0; i < t.programs; i++)
		drop_program(t.program[i]);
	for (size_t i = 1; i <= t.connections; i++)
		drop_connection(t.connection[i]);
	if (server >= 0)
		close(server);
	json_decref(t.steps);
	json_decref(t.faults);
	free(t.connection);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_what_is_printed),
		TEST(closes_an_output_that_has_ended),
		TEST(keeps_no_more_than_the_cap),
		TEST(a_fast_writer_keeps_its_pipe),
		TEST(types_what_the_pipe_takes),
		TEST(keeps_the_input_open),
		TEST(forgets_what_nobody_reads),
		TEST(tells_a_refusal),
		TEST(says_and_hears),
		TEST(hears_the_end),
		TEST(reads_before_it_is_reset),
		TEST(reads_when_sending_fails),
		TEST(leaves_bytes_in_the_kernel),
		TEST(shuts_down_behind_the_last_byte),
		TEST(hears_no_more_than_could_be_an_answer),
		TEST(keeps_all_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
