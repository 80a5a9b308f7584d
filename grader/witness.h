/* SPDX-License-Identifier: MIT */
/* witness.h - the memory that a trial shares with the witness in its program */

/*
 * Theory of operation
 *
 * The trial makes a regular file of sizeof(struct witness) bytes, all zero but
 * for magic and the fault rules, and gives its absolute path to the program
 * in the environment variable WITNESS.  The witness, preloaded into the
 * program, maps that file before main() runs and closes it again; a forked
 * child inherits the mapping, and a program that is executed makes it anew,
 * so all counters are counted over the whole tree of processes.  Without
 * WITNESS, or with a file of the wrong shape, the witness does nothing and
 * every call goes straight to the C library.
 *
 * Each call that the witness knows takes the next slot of the record, is
 * written down when it is entered, carried out (or made to fail, or made
 * short, as a rule says), and completed when it returns.  A slot is valid for
 * a reader when its state, read with acquire semantics, is not EVENT_EMPTY;
 * bytes, result, error and `returned` only once it is EVENT_RETURNED.
 * When the record is full, later calls are only counted (next goes on), never
 * overwritten: the beginning of a story is worth more than its end, and the
 * reader can say how much is missing.
 *
 * A hostile program can write here what it likes, and shorten the file: a
 * reader that maps it would then die of SIGBUS, so read it with pread().
 * A reader trusts nothing: it copies a slot, checks call and lengths against
 * the limits below, and treats the record as evidence to show, never as a
 * verdict.
 */
#ifndef GRADER_WITNESS_H
#define GRADER_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#define WITNESS_MAGIC 0x57495432u /* "WIT2"; another shape, another number */
#define WITNESS_EVENTS 8192
#define WITNESS_RULES 8
#define WITNESS_BYTES 40

/*
 * The calls that are recorded; variants count as one, those that Ubuntu's
 * fortified headers call (__read_chk and kin) among them.  Below, arg[0],
 * arg[1], arg[2] of each, then what bytes[] holds.  The descriptor is always
 * arg[0].  Times are in milliseconds for CALL_POLL, else in microseconds.
 * (ret) is known only when the call has returned, 0 or -1 before.
 */
enum witness_call {
	CALL_NONE,
	CALL_SOCKET,	 /* domain, type, protocol */
	CALL_BIND,	 /* fd, length of the address; the sockaddr */
	CALL_LISTEN,	 /* fd, backlog */
	CALL_ACCEPT,	 /* fd, flags; the peer's sockaddr.  accept, accept4 */
	CALL_CONNECT,	 /* fd, length of the address; the sockaddr */
	CALL_READ,	 /* fd, count, flags; what came.  Any descriptor: read,
			    readv (WITHOUT_FLAGS), recv, recvfrom, recvmsg.  The
			    count of vectors is (ret), as it is for CALL_WRITE */
	CALL_WRITE,	 /* fd, count, flags; what went.  write, writev,
			    sendfile, which has no bytes (WITHOUT_FLAGS), send,
			    sendto, sendmsg */
	CALL_SHUTDOWN,	 /* fd, how */
	CALL_CLOSE,	 /* fd */
	CALL_SETSOCKOPT, /* fd, level, option; its value */
	CALL_POLL,	 /* how many descriptors (epoll: events), time-out (-1:
			    none), epoll's descriptor or -1; the first that were
			    ready, as struct pollfd (select: events 0; epoll:
			    events 0 and descriptor -1).  poll, ppoll, select,
			    pselect, epoll_wait, epoll_pwait */
	CALL_FORK,	 /* fork, vfork (done as fork).  In the child a slot of
			    its own, returned at once, result 0 */
	CALL_WAIT,	 /* pid asked for (-1: any; waitid: the id, then the pid
			    found), options, status word (ret).  wait, waitpid,
			    waitid, wait3, wait4 */
	CALL_KILL,	 /* pid, signal */
	CALL_SIGNAL,	 /* signal, handler (0 default, 1 ignored, else its
			    address; -1: only asked), flags.  sigaction, signal */
	CALL_PIPE,	 /* both descriptors (ret), flags or the socket's type.
			    pipe, pipe2, socketpair */
	CALL_DUP,	 /* fd, new fd or -1, flags.  dup, dup2, dup3 */
	CALL_EXEC,	 /* descriptor (fexecve) or -1; the path (ret, so of one
			    that failed).  All seven.  One that succeeds never
			    returns: its slot stays EVENT_ENTERED */
	CALL_EXIT,    /* status.  exit, _exit, _Exit, return from main: once a
			    process, and never returns either */
	CALL_SLEEP,   /* time asked for (until when, if absolute).  sleep,
			    usleep, nanosleep, clock_nanosleep */
	CALL_TIMER,   /* which timer or fd, first expiry (ret).  alarm, ualarm,
			    setitimer, timer_settime, timerfd_settime */
	CALL_THREAD,  /* start routine, 1 if created detached.  pthread_create,
			thrd_create */
	CALL_JOIN,    /* pthread_t, 0 pthread_join or 1 pthread_detach */
	CALL_OPEN,    /* directory or AT_FDCWD, flags, mode; the path.  open,
			    openat, creat */
	CALL_UNLINK,  /* directory or AT_FDCWD, flags; the path.  unlink,
			    unlinkat, remove */
	CALL_MKFIFO,  /* directory or AT_FDCWD, mode; the path.  mkfifo,
			    mkfifoat */
	CALL_SHM,     /* shmget: key, size, flags; shmat: id, address, flags;
			    shmdt: address; shmctl: id, command; its name */
	CALL_TOUPPER, /* never recorded, there are too many: toupper and the
			 tables behind <ctype.h>.  ACT_FAIL, which is counted
			 once: for arguments that the C standard does not
			 allow, negative ones, the answers are wrong from then
			 on, as they may be */
	CALL_COUNT,
	CALL_ANY /* in a rule only: each of them */
};

/* In the place of flags: the call takes none.  No flag is that high. */
#define WITHOUT_FLAGS (INT64_C(1) << 32)

/* An action that a call cannot take does not count as a match: ACT_FAIL,
 * ACT_DELAY and ACT_STOP suit all calls but CALL_EXIT, the others those named
 * here. */
enum witness_action {
	ACT_NONE,  /* the rule only counts */
	ACT_FAIL,  /* the call is not made; it fails with errno = arg */
	ACT_HALF,  /* CALL_READ, CALL_WRITE: the count asked for is halved,
		      rounded up: a genuine short count.  Not where it would lose
		      data or break a promise: 0 bytes, packets (SOCK_DGRAM,
		      SOCK_SEQPACKET, eventfd and kin), MSG_PEEK, MSG_WAITALL,
		      MSG_OOB.  Pipes promise up to PIPE_BUF bytes in one piece,
		      so a fair plan says ON_SOCKET */
	ACT_ONE,   /* the same, with at most one byte */
	ACT_ABORT, /* CALL_ACCEPT: a client is really taken from the queue and
		      reset, then the call fails with ECONNABORTED, which is
		      what a system does that reports such clients; with
		      nobody in the queue the call blocks as usual.  One that
		      fails by itself (EAGAIN, EINTR) is not counted */
	ACT_DELAY, /* the call is made at once, but returns arg microseconds late */
	ACT_HOLD,   /* CALL_THREAD: the new thread does not enter its start
		      routine before the next accept has returned in this
		      process, or arg microseconds went by.  Released by the
		      accepting thread's next recorded call: by then it has
		      stored what accept gave it.
		      CALL_WRITE: the call is not made before another thread of
		      this process has read something and makes its next call,
		      or arg microseconds went by */
	ACT_VANISH, /* CALL_ACCEPT: as ACT_ABORT, but then the call is made, as
		       if that client had never been there */
	ACT_STOP,   /* the call is made, and before it returns the program stops
		      (SIGSTOP to its process group), until somebody lets it go on */
	ACT_KILL, /* the call is not made: the program is killed (SIGKILL to its
		      process group).  All calls, CALL_EXIT too */
	ACT_GUARD, /* shmat without an address: the memory behind the segment
		      cannot be used, so that SIGSEGV stops who reads on */
};

enum witness_who {
	WHO_ANY,
	WHO_FIRST, /* only the process that was started (not its children) */
	WHO_CHILDREN,
};

enum witness_on {
	ON_ANY,
	ON_SOCKET, /* only where the call's descriptor is a socket */
	ON_FIFO,   /* only where it is a FIFO that has a name, so no pipe() */
};

/* Matching calls are numbered 1, 2, 3, … over all processes.  The rule acts on
 * number `first`, and then on every `every`-th (0: on that one only), at most
 * `times` times (0: no limit).  Of several rules that would act on one call,
 * the first in the table does; the others have seen it all the same.  A rule
 * may be added while the program runs: write `call` last. */
struct witness_rule {
	uint32_t call;	 /* enum witness_call; CALL_NONE: the rule is empty */
	uint32_t action; /* enum witness_action */
	uint32_t who;	 /* enum witness_who */
	uint32_t on;	 /* enum witness_on */
	uint32_t first, every, times;
	uint32_t arg;	/* errno, or microseconds */
	uint32_t seen;	/* matching calls so far; counted by the witness */
	uint32_t fired; /* how often the rule acted; counted by the witness */
};

enum witness_state { EVENT_EMPTY, EVENT_ENTERED, EVENT_RETURNED };

struct witness_event {
	uint32_t state;	  /* enum witness_state, written last */
	uint16_t call;	  /* enum witness_call */
	uint8_t action;	  /* enum witness_action that was applied */
	uint8_t n_bytes;  /* of bytes[] */
	int32_t pid, tid; /* as the program sees them */
	int32_t error;	  /* errno after the call, 0 if it succeeded */
	int32_t pad;
	uint64_t entered; /* CLOCK_MONOTONIC, ns */
	uint64_t returned;
	int64_t arg[3]; /* as listed with enum witness_call */
	int64_t result;
	uint8_t bytes[WITNESS_BYTES]; /* the head of it, if there is more */
};

struct witness {
	uint32_t magic;
	uint32_t first_pid; /* of the process that was started, set by it */
	uint32_t timed;	    /* set once the program used a timer or a socket
			       time-out (SO_RCVTIMEO, SO_SNDTIMEO): a blocked
			       call may then end by itself */
	uint32_t next;	    /* slots taken so far, may exceed WITNESS_EVENTS */
	uint32_t in_vain;   /* calls in a row that moved nothing: failed, timed
			       out, slept, met an end of file again */
	struct witness_rule rule[WITNESS_RULES];
	struct witness_event event[WITNESS_EVENTS];
};

/* Is its first argument one? */
static inline bool has_descriptor(uint32_t call)
{
	switch (call) {
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_ACCEPT:
	case CALL_CONNECT:
	case CALL_READ:
	case CALL_WRITE:
	case CALL_SHUTDOWN:
	case CALL_CLOSE:
	case CALL_SETSOCKOPT:
	case CALL_DUP:
		return true;
	default:
		return false;
	}
}

#endif
