/* SPDX-License-Identifier: MIT */
/* common.h - bodies of checks that several labs have */
#ifndef GRADER_CHECKS_COMMON_H
#define GRADER_CHECKS_COMMON_H

#include "../check.h"

/* Whoever does not answer, or answers wrongly: for the suspects of a lab.
 * Experiments that change something stand at the end. */
#define ECHO_SUSPECTS                                                 \
	&treats_data_as_string, &adds_terminator, &echo_whole_buffer, \
		&sleeps_instead_of_waiting, &waits_for_newline,       \
		&waits_for_more

/* What each of the labs teaches about its programs; each that has a server,
 * about that; each whose server is an echo on TCP. */
#define TAUGHT_EVERYWHERE                                                  \
	&does_not_compile, &compiler_warnings, &memory_error, &busy_loop,  \
		&crash, &no_usage_check, &error_unexplained, &never_exits, \
		&wrong_exit_status, &eof_ignored
#define TAUGHT_OF_SERVERS                                              \
	TAUGHT_EVERYWHERE, &never_listens, &bind_unchecked, &no_reply, \
		&wrong_bytes, &treats_data_as_string, &never_closes
#define TAUGHT_OF_ECHOES                                                     \
	TAUGHT_OF_SERVERS, &sends_uninitialised, &sleeps_instead_of_waiting, \
		&uses_up_everything, &waits_for_newline, &waits_for_more,    \
		&echo_whole_buffer, &adds_terminator

/* serve() for a gate: the server must still be there when it has come to rest.
 * Else one that ends right after listen() would pass if it was seen to listen. */
void serve_to_stay(struct trial *t);

/* `server` refuses every bad set of arguments. */
void refuses_bad_usage(struct trial *t);

/* `server PORT` says so when the port is taken. */
void reports_busy_port(struct trial *t);

/* From now on every second send() of the server is a short one. */
void halve_sends(struct trial *t);

/* Nothing came but what was expected.  Whether the server rests is what
 * another check asks. */
void expect_no_more(struct trial *t, int n);

/* No connection is open, on either side: descriptors are as many as after the
 * first client, or `spare` more. */
void expect_all_closed(struct trial *t, int after_one, int spare);

#endif
