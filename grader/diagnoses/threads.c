/* SPDX-License-Identifier: MIT */
/* threads.c - diagnoses: a thread per client */
#include "../diagnoses.h"
#include "../check.h"
#include "../words/thread.h"
#include "../record.h"

#include <stddef.h>
#include <string.h>

const struct diagnosis still_forking = {
	.id = "still-forking",
	.title = "Clients are served by processes of their own",
	.text = "fork() gives a client a process, with memory of its own. This "
		"lab is about one process that serves them all, and has all "
		"memory in common.",
};

static bool is_connected(struct trial *t, int n)
{
	return conn(t, n)->fd >= 0 && !conn(t, n)->eof;
}

/* How many clients are connected; and how many of them, other than the one at
 * stake, are answered, two being as good as many. */
static int others_served(struct trial *t, size_t *connected)
{
	int served = 0;

	*connected = 0;
	for (int i = 1; i <= (int)t->connections; i++)
		*connected += is_connected(t, i);
	for (int i = 1; i <= (int)t->connections && served < 2; i++) {
		uint64_t before = conn(t, i)->arrived;

		if (i == t->seen.connection || !is_connected(t, i))
			continue;
		say(t, i, "another\n");
		settle(t);
		served += conn(t, i)->arrived > before;
	}
	return served;
}

/* Several have their threads, and there are more clients. */
static bool some_are_served(struct trial *t)
{
	size_t connected, threads = count_threads(t);
	int n = t->seen.connection;

	if (!main_process(t) || t->seen.symptom != SILENCE || !n ||
	    !is_connected(t, n))
		return false;
	step(t, "experiment: are others answered while client %d waits?", n);
	return others_served(t, &connected) == 2 && threads < connected;
}

const struct diagnosis not_a_thread_per_client = {
	.id = "not-a-thread-per-client",
	.title = "There are fewer threads than clients",
	.text = "While a client is connected a thread is there for it, and "
		"sleeps until it says something. With a fixed number of "
		"threads, or a main thread that stops to join some, the next "
		"client waits until one of those before has left. One thread "
		"that looks after many is what lab 05 is about.",
	.holds = some_are_served,
};

static bool one_has_none(struct trial *t)
{
	return struck(t) > 0 && witness_saw_shared_connection(t);
}

const struct diagnosis shared_connection_variable = {
	.id = "shared-connection-variable",
	.title = "All threads are given the address of the same variable",
	.text = "A new thread may start late: by then accept() has stored the "
		"next client in the variable that &connfd points to. Two "
		"threads now serve that client, and none the first. Each "
		"thread needs a copy of its own.",
	.holds = one_has_none,
};

/* The client that was made to wait got what another has sent meanwhile. */
static bool overwritten_while_it_waited(struct trial *t)
{
	const struct bytes *got = &t->seen.got, *want = &t->seen.want;

	return struck(t) > 0 && t->seen.symptom == WRONG_BYTES &&
	       got->n == want->n && memcmp(got->data, want->data, got->n) != 0;
}

const struct diagnosis shared_buffer = {
	.id = "shared-buffer",
	.title = "All threads use the same buffer",
	.text = "Between one thread's recv() and its send() another thread has "
		"received, into the same memory. A static or global buffer "
		"exists once for all threads; one on the thread's stack, or "
		"from malloc(), is its own.",
	.holds = overwritten_while_it_waited,
};

const struct diagnosis threads_never_end = {
	.id = "threads-never-end",
	.title = "A thread goes on when its client has left",
	.text = "At its client's end of file a thread has to come to the end of "
		"its function, or be given another client. Here there is one "
		"thread more for each client that was ever there.",
};

const struct diagnosis threads_never_joined = {
	.id = "threads-never-joined",
	.title = "Ended threads are neither joined nor detached",
	.text = "A thread that has ended keeps its stack until somebody joins "
		"it, unless it was detached. Here each client leaves 8 MiB of "
		"address space behind, until pthread_create() fails.",
};

const struct diagnosis closed_twice = {
	.id = "closed-twice",
	.title = "A connection is closed twice",
	.text = "After close() the number belongs to nobody, and the next "
		"accept(), in another thread, may get it. A second close() "
		"then ends that client's connection. Exactly one place closes "
		"each connection.",
};

static bool closed_under_another(struct trial *t)
{
	return !witness_saw_closed_twice(t) && witness_saw_closed_by_another(t);
}

const struct diagnosis closed_for_all = {
	.id = "closed-for-all",
	.title = "What one thread closes is closed for all",
	.text = "After fork() parent and child had descriptors of their own, "
		"and each closed what the other one used. Threads share them: "
		"a close() in the main thread, or of the listening socket in "
		"a client's thread, takes the socket from who still needs it "
		"(EBADF).",
	.holds = closed_under_another,
};

static bool the_fault_was_not_borne(struct trial *t)
{
	enum symptom s = t->seen.symptom;

	return struck(t) > 0 && s != WRONG_BYTES && s != EXTRA_BYTES;
}

const struct diagnosis create_unchecked = {
	.id = "create-unchecked",
	.title = "A failing pthread_create() is not handled",
	.text = "pthread_create() returns the error's number, which is "
		"positive, and leaves errno alone. Then there is no thread: "
		"close this client's connection, and stay there for the "
		"others.",
	.holds = the_fault_was_not_borne,
};

const struct diagnosis data_race = {
	.id = "data-race",
	.title = "Two threads touch the same variable in no order",
	.text = "At least one of the two accesses changes the variable, and "
		"no mutex, join or other order stands between them: what "
		"comes out depends on luck. The message names both lines.",
};

const struct diagnosis lock_not_held = {
	.id = "lock-not-held",
	.title = "A mutex is released by a thread that does not hold it",
	.text = "It was released before, or another thread has locked it, and "
		"that one is alone no longer from then on. Each lock has "
		"one unlock, on every way out, in the thread that took it. "
		"The message names the line.",
};

const struct diagnosis lost_updates = {
	.id = "lost-updates",
	.title = "Clients that talk at the same time are not all counted",
	.text = "With one client after another the totals are right. To add to "
		"a variable is to read, add and write back: what another "
		"thread has added in between is lost. All three belong "
		"between one lock and one unlock.",
};

static bool ends_with_its_clients(struct trial *t)
{
	pid_t server = main_process(t);

	if (!server || t->seen.symptom != NOT_EXITED)
		return false;
	step(t, "experiment: does it end when all clients have left?");
	for (int n = 1; n <= (int)t->connections; n++)
		if (conn(t, n)->fd >= 0)
			hang_up(t, n);
	settle(t);
	return main_process(t) != server;
}

const struct diagnosis waits_for_clients = {
	.id = "waits-for-clients",
	.title = "The server cannot stop before its clients leave",
	.text = "A thread that sleeps in recv() hears nothing of SIGTERM, and "
		"whoever joins it waits with it. shutdown() on its connection "
		"wakes it: it finds end of file.",
	.holds = ends_with_its_clients,
};

const struct diagnosis leak_per_client = {
	.id = "leak-per-client",
	.title = "Each client leaves memory behind",
	.text = "What is allocated for a client has to be freed when it has "
		"left, once, on every path: end of file, error, reset. A "
		"process that ended took everything with it; a server that "
		"goes on for months does not.",
};
