/* SPDX-License-Identifier: MIT */
/* diagnoses.h - every named misconception, by its name in C: what it is, and the
 * experiment that confirms it */

/*
 * An experiment is asked only after an expectation broke, on the program as it
 * stands there.  It reads the evidence (t->seen), or does something more with
 * soft words and looks what happens.  One that changes nothing comes before
 * one that does, in every check's list of suspects.
 */
#ifndef GRADER_DIAGNOSES_H
#define GRADER_DIAGNOSES_H

#include "course.h"
#include "trial.h"

/* diagnoses/tools.c */
extern const struct diagnosis does_not_compile, compiler_warnings, memory_error,
	sends_uninitialised;

/* diagnoses/start.c */
extern const struct diagnosis never_listens, port_not_network_order,
	ignores_port_argument, exits_before_client, busy_loop,
	sleeps_instead_of_waiting, crash, exits_early, uses_up_everything,
	no_usage_check, bind_unchecked, error_unexplained, connect_unchecked,
	name_not_resolved;

/* diagnoses/bytes.c */
extern const struct diagnosis stdout_not_flushed, no_reply, waits_for_newline,
	waits_for_more, wrong_bytes, echo_whole_buffer, adds_terminator,
	treats_data_as_string, short_buffer, short_write_ignored, loses_tail;

/* diagnoses/connections.c */
extern const struct diagnosis never_closes, never_exits, wrong_exit_status,
	eof_ignored, one_message_only, exits_after_first_client,
	drops_queued_client, connection_leak, sigpipe_kills_server,
	sigpipe_kills_client, reset_kills_server, assumes_one_recv_per_send;

/* diagnoses/processes.c */
extern const struct diagnosis one_client_at_a_time, waits_for_child,
	not_a_process_per_client, mixed_up_clients, zombies,
	one_wait_per_signal, eintr_kills_accept, accept_error_kills_server,
	fork_unchecked, connection_open_in_parent, listener_open_in_child,
	child_falls_through, reuseaddr_after_bind, no_reuseaddr,
	crash_takes_all;

/* diagnoses/output.c */
extern const struct diagnosis log_missing, wrong_log_line, stdio_copied_by_fork,
	summary_missing, summary_not_shared, summary_incomplete,
	too_few_clients, orphans_left, eintr_swallows_signal;

/* diagnoses/threads.c */
extern const struct diagnosis still_forking, not_a_thread_per_client,
	shared_connection_variable, shared_buffer, threads_never_end,
	threads_never_joined, closed_twice, closed_for_all, create_unchecked,
	data_race, lock_not_held, lost_updates, waits_for_clients,
	leak_per_client;

/* diagnoses/readiness.c */
extern const struct diagnosis still_threading, fixed_table_overflow,
	wrong_slot_after_remove, hole_in_table, polls_for_write_always,
	blocked_by_slow_client, sends_again, loses_unsent_bytes,
	unbounded_buffer, hangup_ignored, emfile_kills_server, emfile_busy_loop,
	accept_blocks, eintr_kills_poll;

/* diagnoses/local.c */
extern const struct diagnosis signed_char_toupper, not_upper_case,
	changes_other_bytes, no_unlink, unlinks_anything, takes_over_path,
	path_overflow, path_truncated, abstract_by_accident,
	peer_length_ignored, name_not_printed, client_not_bound,
	socket_file_left, reply_to_nobody, boundary_lost, datagram_cut,
	empty_datagram_is_eof, unnamed_sender_kills_server,
	dead_client_stops_server;

/* diagnoses/meeting.c */
extern const struct diagnosis ftok_unchecked, never_creates, wrong_key,
	fifos_not_opened, reader_removes, wrong_size, open_to_everyone,
	newline_kept, no_terminator, notifies_before_storing, wrong_turn,
	no_notify, no_ack, leaves_without_x, ignores_ack, acks_before_copying,
	ignores_x, not_printed, wrong_message, lost_or_doubled,
	loses_empty_line, off_by_one, long_line_overflows, long_line_split,
	long_line_stops_writer, trusts_the_writer, reader_creates_segment,
	takes_over_segment, left_over_blocks_start, segment_left, fifo_left,
	signal_unheard, sigpipe_kills_writer, waits_for_ever,
	waits_at_removed_fifo;

/* What the segment holds when it is no longer the reader's turn. */
extern const char too_early[];

/* None of them. */
extern const struct diagnosis unknown;

/* Stands in messages that a shorter one follows: what comes back of it with
 * that was left in a buffer. */
extern const char long_winded[];

/* What a symptom is called when no suspect has confirmed itself. */
const struct diagnosis *symptom_diagnosis(const struct evidence *seen);

#endif
