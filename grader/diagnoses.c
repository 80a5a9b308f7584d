/* SPDX-License-Identifier: MIT */
/* diagnoses.c - what a failure is called when no experiment has named it */
#include "diagnoses.h"

const struct diagnosis unknown = {
	.id = "unknown",
	.title = "This failure has no name yet",
	.text = "What was done, expected and seen is above. None of the "
		"mistakes that this grader knows fits it.",
};

const struct diagnosis *symptom_diagnosis(const struct evidence *seen)
{
	switch (seen->symptom) {
	case NEVER_LISTENS:
		return &never_listens;
	case SILENCE:
	case WRONG_OUTPUT:
	case ENDED_EARLY:
		return seen->got.n ? &wrong_bytes : &no_reply;
	case WAS_RESET:
		return seen->want.n && !seen->got.n ? &no_reply : &loses_tail;
	case REFUSED:
		return &drops_queued_client;
	case WRONG_BYTES:
	case EXTRA_BYTES:
		return &wrong_bytes;
	case NOT_CLOSED:
		return &never_closes;
	case NOT_EXITED:
		return &never_exits;
	case EXITED:
		return &exits_early;
	case CRASHED:
		return &crash;
	case WRONG_STATUS:
		return &wrong_exit_status;
	case BUSY:
		return &busy_loop;
	case GREEDY:
		return &uses_up_everything;
	case DOZES:
		return &sleeps_instead_of_waiting;
	default:
		return &unknown;
	}
}
