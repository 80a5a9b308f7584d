/* SPDX-License-Identifier: MIT */
/* trial.h - one check being run: its programs, connections, transcript */

/*
 * A check's words (check.h) are built from what is declared here; a check
 * itself never needs it.  Diagnoses' experiments do: they read the evidence
 * and use the soft words, which report instead of failing.
 */
#ifndef GRADER_TRIAL_H
#define GRADER_TRIAL_H

#include "base.h"
#include "course.h"
#include "probe.h"
#include "witness.h"

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

/* How a run of the grader was asked for; the same for all its trials. */
struct settings {
	bool sandbox;
	uint64_t seed;
	double factor;	  /* multiplies every deadline */
	bool timelines;	  /* of checks that pass, too */
	const char *room; /* the judge's directory */
};

/* What a program runs under. */
enum tool { PLAIN, MEMCHECK, SANITIZERS, HELGRIND };

/* A program of the submission that was started. */
struct program {
	char *line; /* as a student would type it */
	enum tool tool;
	pid_t pid, inner; /* as the trial sees it, as it sees itself; 0: none */
	bool ended;
	int status;	    /* as from waitpid(), once it has ended */
	uint64_t ended_at;  /* when we were told so */
	int spawn_error;    /* errno, if it could not be started at all */
	int in, out, err;   /* our ends of its pipes; -1: closed */
	bool input_ends;    /* close `in` once `typed` is through */
	struct bytes typed; /* not yet written to it */
	struct bytes printed, complained; /* stdout, stderr, up to a cap */
	size_t expected; /* bytes of `printed` that are accounted for */
	size_t flood;	 /* bytes beyond the cap */
};

/* One connection, as the grader's side holds it. */
struct connection {
	int number;
	int fd; /* -1: closed by us, or never opened */
	struct sockaddr_in local;
	bool connecting;  /* connect() is under way */
	bool reading;	  /* false: what arrives is left in the kernel */
	bool eof;	  /* the other side has ended its sending */
	int error;	  /* errno that ended it: ECONNRESET, … */
	bool shut;	  /* shut down our sending once `out` is through */
	struct bytes out; /* said, not yet taken by the kernel */
	struct bytes in;  /* arrived, not yet expected */
	uint64_t said, arrived; /* bytes in all */
};

#define PROGRAMS_MAX 512
#define CONNECTIONS_MAX 1100

enum symptom {
	NOTHING,
	NEVER_LISTENS,
	SILENCE,      /* nothing, or too little, came; it is waiting */
	ENDED_EARLY,  /* end of file in place of (more) bytes */
	WAS_RESET,    /* connection reset in place of (more) bytes */
	REFUSED,      /* a connection was not accepted */
	WRONG_BYTES,  /* other bytes than were expected */
	EXTRA_BYTES,  /* more bytes than were expected */
	NOT_CLOSED,   /* no end of file though it was due */
	NOT_EXITED,   /* still there though it had to end */
	EXITED,	      /* ended though it had to go on */
	CRASHED,      /* ended by a signal */
	WRONG_STATUS, /* ended as it should, with another status */
	BUSY,	      /* uses CPU time and gets nowhere */
	GREEDY,	      /* takes memory, processes, output without end */
	DOZES,	      /* waits with time-outs and gets nowhere */
	WRONG_OUTPUT, /* printed something else, or nothing */
	WRONG_FACT,   /* /proc, the witness or a tool says something else */
};

/* What was seen when an expectation broke. */
struct evidence {
	enum symptom symptom;
	int connection;		       /* number, 0: none */
	struct bytes want, got;	       /* WRONG_BYTES and the like */
	size_t offset;		       /* of the first difference */
	const struct program *program; /* EXITED, CRASHED, WRONG_STATUS */
	char *expected, *seen;	       /* for the student */
};

struct trial {
	const struct settings *set;
	const struct lab *lab;
	const struct check *check; /* NULL: it is a build */
	const char *dir; /* its own directory, by its path in the room */
	int report;	 /* pipe to the judge */
	uint64_t began;

	/* sandbox.c, cell.c */
	const char *root; /* the room as the submission sees it */
	int control;	  /* to the agent; -1: no cell yet */
	pid_t wrapper, agent;
	bool cell_gone;
	bool greedy; /* a program was found to use up everything */
	int witness; /* the file shared with the witness: read, never mapped,
			since the program could truncate it; -1: none */
	uint32_t recorded; /* calls, before the latest program was started */

	struct program *program[PROGRAMS_MAX];
	size_t programs;
	struct program *server;
	pid_t parent;	/* the server's first process, or its heir if it made a
			 daemon of itself; 0: it has not listened yet */
	uint16_t port;	/* of the server */
	enum tool tool; /* for the next program */
	const char *skip_serve; /* why serve() cannot work, known beforehand */

	/* where the lab is local: the path of the server, whose last part is
	 * its name in the box, the directory that programs run in */
	const char *path;
	int box; /* held open */

	struct connection **connection; /* numbered from 1; [0] unused */
	size_t connections;
	int listener; /* the grader's own; -1: none */

	struct meeting *meeting; /* of writer and reader; NULL: none */

	json_t *steps;
	int step_number; /* of the latest */
	json_t *faults;	 /* injected */
	struct evidence seen;
	bool experimenting;
	uint64_t moves;	   /* grows whenever anything moves */
	uint64_t advances; /* the same, what the programs print apart */
	int notes;	   /* directory of the tools' reports; -1: none */
	double patience;   /* how much more CPU time than usual is in order */
	unsigned
		restless; /* waits, since the latest program was started, that a
			      busy one ended, or a dozing one that had
			      something to do */
	bool was_restless; /* a program before it had such waits */
	unsigned naps;	   /* rests in which a program dozed */
	uint64_t dozed;	   /* ns that the program slept with time-outs */
	uint64_t stuck;	   /* bytes that TCP holds back, and no timer moves */
	uint64_t random;   /* state of the generator of test data */
};

/* transcript.c */

/* A numbered step of the transcript, in the present tense. */
void step(struct trial *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* End the trial.  Strings are the callee's to keep. */
_Noreturn void pass(struct trial *t);
_Noreturn void skip(struct trial *t, const char *reason);
_Noreturn void fail(struct trial *t, enum symptom symptom, char *expected,
		    char *seen);
/* Fail with a diagnosis that the word itself has established. */
_Noreturn void fail_as(struct trial *t, const struct diagnosis *d,
		       enum symptom symptom, char *expected, char *seen);
/* With a verdict of its own; takes the reference. */
_Noreturn void finish(struct trial *t, json_t *verdict);
/* The grader could not do its job. */
_Noreturn void give_up(struct trial *t, char *why);

/* cell.c */

/* All paths as the submission sees them. */
struct command {
	const char *dir, *path;		      /* to run in, to execute */
	const char *const *argv, *const *env; /* each NULL-terminated */
	enum tool tool;
};

/* Start a program in the cell, opening that first if need be.  Gives up the
 * trial if the cell cannot be had; sets spawn_error, or cell_gone, if the
 * program could not be started. */
struct program *launch(struct trial *t, const struct command *c);

/* Take what the agent has to say. */
void cell_hear(struct trial *t);

/* A path of the room as the submission sees it; the caller frees it. */
char *cell_path(const struct trial *t, const char *path);

/* run.c */

/* A port that nothing in this trial has used yet. */
uint16_t fresh_port(struct trial *t);

/* wait.c */

enum outcome {
	DONE,	  /* the condition holds */
	IS_QUIET, /* it does not, and nothing more will happen by itself */
	IS_GONE,  /* it does not, and no process of the submission is left */
	IS_BUSY,  /* it does not; CPU time is used and nothing moves */
	IS_DOZING /* it does not; the program sleeps and polls */
};

typedef bool condition(struct trial *t, void *arg);

/* Let everything go on until the condition holds or never will. */
enum outcome wait_until(struct trial *t, condition *holds, void *arg);

/* The same where it should not hold: who merely dozes is given less time. */
enum outcome wait_in_vain(struct trial *t, condition *holds, void *arg);

/* Let everything go on until nothing moves any more by itself.  Who does not
 * come to rest is given less time than by wait_until(), so no verdict may hang
 * on what else it does meanwhile. */
enum outcome wait_for_rest(struct trial *t);
enum outcome wait_for_rest_unless(struct trial *t, condition *holds, void *arg);

/* Move bytes between the kernel and our buffers; wait at most `ns` for
 * something to move. */
void pump(struct trial *t, uint64_t ns);

/* The bare outcome as a symptom: SILENCE, BUSY, DOZES, EXITED or CRASHED. */
enum symptom symptom_of(struct trial *t, enum outcome o);
/* What a process does, in words: "is blocked in recv on descriptor 4". */
char *process_state(const struct process *p);
/* The bare outcome in words: "the server is blocked in recv", "… exited with status 1". */
char *state_of(struct trial *t, enum outcome o);

#endif
