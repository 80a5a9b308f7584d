/* SPDX-License-Identifier: MIT */
/* passage.h - between the parts of the witness itself: a call on its way through */
#ifndef GRADER_INSIDE_PASSAGE_H
#define GRADER_INSIDE_PASSAGE_H

#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Hidden, so that no name here can meet one of the program's. */
#pragma GCC visibility push(hidden)

/* NEXT(f) is the f that the program would have had without the witness.  The
 * linker gathers these in one section: all are looked up before main(), so
 * that no signal handler is the first to ask. */
struct next {
	const char *name;
	void (*function)(void);
};
void witness_look_up(struct next *next);
#define NEXT(f)                                                       \
	__extension__({                                               \
		static struct next next_ __attribute__((              \
			section("witness_next"), used)) = {#f, NULL}; \
		if (__builtin_expect(!next_.function, 0))             \
			witness_look_up(&next_);                      \
		(__typeof__(&(f)))next_.function;                     \
	})

/* One call on its way through the witness. */
struct passage {
	enum witness_call call;
	struct witness_event *event; /* NULL: no record, or a full one */
	struct witness_rule *rule;   /* that acts on it, or NULL */
	uint32_t action, arg;	     /* what it does */
};

/* Every wrapper enters, makes the call unless witness_fails() (which then has
 * set errno), and leaves; errno is left as the call itself left it. */
struct passage witness_enter(enum witness_call call, int64_t arg0, int64_t arg1,
			     int64_t arg2);
bool witness_fails(const struct passage *p);
int64_t witness_leave(struct passage *p, int64_t result);
/* For calls that return their error instead of setting errno. */
int witness_leave_code(struct passage *p, int code);

/* Between the call and leaving: the head of what went through; an argument
 * known only now.  Pointers may be followed only where the kernel has done so
 * without complaint: witness_followed() says if, by result and errno. */
void witness_note(struct passage *p, const void *data, size_t n);
void witness_note_path(struct passage *p, const char *path, int64_t result);
void witness_set(struct passage *p, int i, int64_t arg);
bool witness_followed(const struct passage *p, int64_t result);

/* Does a rule act on this call?  For those that are too many to be recorded. */
bool witness_strikes(enum witness_call call);
void witness_undo(struct passage *p); /* the rule could not act: uncount it */
void witness_timed(void);
void witness_exits(int status);
void witness_child(void); /* called first thing by a forked child */
uint64_t witness_now(void);

/* Threads that wait for an accept, or a read: witness_thread.c */
void witness_accepted(void); /* this thread's accept has returned */
void witness_has_read(void); /* it has read something */
void witness_moved_on(void); /* and it is making its next call */
void witness_hold(uint32_t microseconds); /* until another has read, and so */
void witness_alone(void);		  /* after fork */

#pragma GCC visibility pop

#endif
