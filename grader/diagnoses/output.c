/* SPDX-License-Identifier: MIT */
/* output.c - diagnoses: what a server prints, and its end */
#include "../diagnoses.h"
#include "../check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

const struct diagnosis log_missing = {
	.id = "log-missing",
	.title = "The line for a client does not appear",
	.text = "For every client a line on stdout has to tell its address, "
		"its port and the pid that serves it, while the program runs. "
		"Into a pipe or file stdout is buffered in blocks: flush it, "
		"or nothing is seen before the end.",
};

const struct diagnosis wrong_log_line = {
	.id = "wrong-log-line",
	.title = "The line for a client tells something wrong",
	.text = "The port in struct sockaddr_in is in network byte order "
		"(ntohs), the address needs inet_ntop(), and the pid is that "
		"of the process which serves the client, not its parent's.",
};

const struct diagnosis stdio_copied_by_fork = {
	.id = "stdio-copied-by-fork",
	.title = "Buffered output was copied by fork() and printed twice",
	.text = "What printf() has not yet written lies in memory, and fork() "
		"copies memory. When the child ends with exit() it writes its "
		"copy too. Flush before fork(), and end the child with "
		"_exit().",
};

const struct diagnosis summary_missing = {
	.id = "summary-missing",
	.title = "No summary appears when the server is told to stop",
	.text = "On SIGTERM the server prints `served C clients, B bytes` on a "
		"line of its own. Without a handler SIGTERM just ends it.",
};

const struct diagnosis summary_not_shared = {
	.id = "summary-not-shared",
	.title = "The children's counts never reach the parent",
	.text = "fork() copies every variable: what a child counts, it counts "
		"in its own copy. The parent learns of it only if told, for "
		"instance through a pipe.",
};

const struct diagnosis summary_incomplete = {
	.id = "summary-incomplete",
	.title = "The summary's bytes are not all that were echoed",
	.text = "Some reports, of children or of threads, were lost, counted "
		"twice or read too late. All that was echoed to clients who have left has to be "
		"in the sum.",
};

const struct diagnosis too_few_clients = {
	.id = "too-few-clients",
	.title = "The summary's clients are not those that were accepted",
	.text = "Every accepted connection counts once, whether it said "
		"something or not, whether it has left or is still there.",
};

const struct diagnosis orphans_left = {
	.id = "orphans-left",
	.title = "Processes are left when the server has ended",
	.text = "Children that still serve a client go on after their parent. "
		"On SIGTERM the server has to end them, and wait until they "
		"have, before it ends itself.",
};

static bool next_client_wakes_it(struct trial *t)
{
	int n;

	pid_t parent = main_process(t);

	if (!parent || t->seen.symptom != NOT_EXITED)
		return false;
	step(t, "experiment: does it stop when the next client comes?");
	connects(t, &n);
	settle(t);
	return main_process(t) != parent;
}

const struct diagnosis eintr_swallows_signal = {
	.id = "eintr-swallows-signal",
	.title = "SIGTERM only sets a flag that nobody looks at",
	.text = "The handler ran, but accept() was restarted and waits on, so "
		"the flag is only seen when the next client comes. Without "
		"SA_RESTART accept() returns with EINTR and the loop can look "
		"at the flag. (poll() always does, but the wrapper Poll() goes "
		"on.)",
	.holds = next_client_wakes_it,
};
