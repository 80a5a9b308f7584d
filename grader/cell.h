/* SPDX-License-Identifier: MIT */
/* cell.h - the sandbox of one trial, and the agent inside it */

/*
 * Theory of operation
 *
 * A trial opens one cell: bubblewrap around the agent, a small static program
 * of ours that is PID 1 in there.  They speak over a SOCK_SEQPACKET pair.  The
 * trial sends a spawn request with three descriptors; the agent forks, the
 * child sends REPORT_STARTED (the kernel attaches its pid as the trial sees
 * it, SCM_CREDENTIALS), sets its limits and executes the program.  The agent
 * reaps everything, and sends REPORT_ENDED with the true wait status of what
 * it was asked to start.  Closing the cell kills bubblewrap, which kills the
 * pid namespace.
 *
 * Without a sandbox the agent runs as a plain child of the trial.
 */
#ifndef GRADER_CELL_H
#define GRADER_CELL_H

#include <stdint.h>

#define SPAWN_STRINGS 8192

struct spawn_request {
	uint32_t argc, envc;
	/* 0: as it is.  Bytes, processes of the cell, descriptors, seconds. */
	uint64_t max_memory, max_processes, max_files, max_file_bytes;
	uint64_t max_cpu;
	uint32_t fixed_addresses; /* sanitizers fail under some layouts */
	uint32_t strings_size;
	char strings[SPAWN_STRINGS]; /* directory to run in, path to execute,
					argv…, environment…, each with its NUL */
};

enum report_kind {
	REPORT_READY,	/* the agent is up */
	REPORT_STARTED, /* sent by the new process itself */
	REPORT_ENDED,	/* status: as from waitpid() */
	REPORT_FAILED,	/* status: errno of fork, or of execve */
};

struct agent_report {
	uint32_t kind;
	int32_t pid; /* as the cell sees it */
	int32_t status;
};

#endif
