/* SPDX-License-Identifier: MIT */
/* diagnoses.h - every named misconception, by its name in C */
#ifndef GRADER_DIAGNOSES_H
#define GRADER_DIAGNOSES_H

#include "course.h"
#include "trial.h"

extern const struct diagnosis accept_error_kills_server, adds_terminator,
	assumes_one_recv_per_send, bind_unchecked, busy_loop,
	child_falls_through, compiler_warnings, connect_unchecked,
	connection_leak, connection_open_in_parent, crash, crash_takes_all,
	does_not_compile, drops_queued_client, echo_whole_buffer,
	eintr_kills_accept, eintr_swallows_signal, eof_ignored,
	error_unexplained, exits_after_first_client, exits_before_client,
	exits_early, fork_unchecked, ignores_port_argument,
	listener_open_in_child, log_missing, loses_tail, memory_error,
	mixed_up_clients, name_not_resolved, never_closes, never_exits,
	never_listens, no_reply, no_reuseaddr, no_usage_check,
	not_a_process_per_client, one_client_at_a_time, one_message_only,
	one_wait_per_signal, orphans_left, port_not_network_order,
	reset_kills_server, reuseaddr_after_bind, sends_uninitialised,
	short_buffer, short_write_ignored, sigpipe_kills_client,
	sigpipe_kills_server, sleeps_instead_of_waiting, stdio_copied_by_fork,
	stdout_not_flushed, summary_incomplete, summary_missing,
	summary_not_shared, too_few_clients, treats_data_as_string, unknown,
	uses_up_everything, waits_for_child, waits_for_more, waits_for_newline,
	wrong_bytes, wrong_exit_status, wrong_log_line, zombies;

/* Stands in messages that a shorter one follows: what comes back of it with
 * that was left in a buffer. */
extern const char long_winded[];

/* What a symptom is called when no suspect has confirmed itself. */
const struct diagnosis *symptom_diagnosis(const struct evidence *seen);

#endif
