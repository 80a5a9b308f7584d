/* SPDX-License-Identifier: MIT */
/* witness.c - the record and the rules, seen from inside the program. */

/*
 * Theory of operation
 *
 * Preloaded into a submission, the witness defines the calls listed in
 * witness.h, so that the program's own calls arrive here; NEXT() leads on to
 * the C library.  The wrappers are in witness_*.c, what they share is here.
 *
 * A wrapper may run in a signal handler, between fork and exec, or in a
 * hundred threads at once.  So from one end to the other there is no memory
 * allocation, no stdio and no lock: a slot is taken by one atomic addition and
 * then belongs to its taker alone.  Nothing is taken from the program: no
 * descriptor, no signal, no environment, no errno.
 *
 * helgrind knows no C11 atomics, but takes any atomic read-modify-write for a
 * read.  What threads share here is therefore never changed by a plain store,
 * and no memory is used twice; so there is nothing for it to report.
 *
 * Simplifications.  Calls that the C library makes for itself are not seen
 * (the write behind printf, the fork of system() and daemon()), nor are those
 * of a static program or those made by syscall().  A child made by a bare
 * clone() or _Fork() is recorded under its parent's pid.  vfork is done as
 * fork: the parent goes on at once, in memory of its own.  Bytes are copied
 * when a call has returned, since only then it is known that they are there to
 * be read: a program would notice in which the peer's reading of a message lets
 * another thread unmap the very memory that it was sent from.
 */
#define _GNU_SOURCE 1
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "hesitate.h"
#include "passage.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static struct witness *shared; /* NULL: nobody asked for a record */
static pid_t pid;	       /* of this process, and of this thread: */
static __thread pid_t tid __attribute__((tls_model("initial-exec")));
static uint32_t exit_seen;

/* ---- what the calls are known by ---- */

void witness_look_up(struct next *next)
{
	int saved = errno;
	void *address = dlsym(RTLD_NEXT, next->name);

	memcpy(&next->function, &address, sizeof(next->function));
	errno = saved;
}

/* The ends of the section, as every ELF linker defines them. */
extern struct next __start_witness_next[] __attribute__((visibility("hidden")));
extern struct next __stop_witness_next[] __attribute__((visibility("hidden")));

uint64_t witness_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- the rules ---- */

static uint32_t look(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static uint32_t add(uint32_t *word, uint32_t n)
{
	return __atomic_fetch_add(word, n, __ATOMIC_RELAXED);
}

/* SOCK_STREAM and so on; -1 if the descriptor is no socket. */
static int socket_type(int fd)
{
	int type;
	socklen_t n = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) ? -1 : type;
}

/* May this read or write be given fewer bytes than it asks for, and go on with
 * the rest as after any short count?  The modes of eventfd, signalfd and their
 * like have no type: they speak in whole structures. */
static bool divisible(enum witness_call call, int fd, int64_t count,
		      int64_t flags)
{
	const int whole = MSG_PEEK | MSG_WAITALL | MSG_OOB | MSG_ERRQUEUE;
	struct stat about;
	int type;

	if ((call != CALL_READ && call != CALL_WRITE) || !count ||
	    flags & whole)
		return false;
	type = socket_type(fd);
	if (type != -1)
		return type == SOCK_STREAM;
	return !fstat(fd, &about) &&
	       (S_ISREG(about.st_mode) || S_ISFIFO(about.st_mode) ||
		S_ISCHR(about.st_mode));
}

/* A pipe lives in a file system of its own. */
static bool is_fifo(int fd)
{
	struct stat about;
	struct statfs where;

	return !fstat(fd, &about) && S_ISFIFO(about.st_mode) &&
	       !fstatfs(fd, &where) && where.f_type != PIPEFS_MAGIC;
}

static bool is_on(uint32_t kind, enum witness_call call, int fd)
{
	if (kind == ON_ANY)
		return true;
	return has_descriptor(call) &&
	       (kind == ON_FIFO ? is_fifo(fd) : socket_type(fd) != -1);
}

static bool suits(uint32_t action, enum witness_call call, const int64_t arg[3])
{
	switch (action) {
	case ACT_FAIL:
	case ACT_DELAY:
	case ACT_STOP:
		return call != CALL_EXIT;
	case ACT_HALF:
	case ACT_ONE:
		return divisible(call, (int)arg[0], arg[1], arg[2]);
	case ACT_ABORT:
	case ACT_VANISH:
		return call == CALL_ACCEPT;
	case ACT_HOLD:
		return call == CALL_THREAD || call == CALL_WRITE;
	case ACT_GUARD:
		return call == CALL_SHM;
	default:
		return true;
	}
}

static bool matches(const struct witness_rule *rule, enum witness_call call,
		    const int64_t arg[3])
{
	uint32_t who = look(&rule->who);

	if (who &&
	    (who == WHO_FIRST) != ((uint32_t)pid == look(&shared->first_pid)))
		return false;
	if (!is_on(look(&rule->on), call, (int)arg[0]))
		return false;
	return suits(look(&rule->action), call, arg);
}

static bool due(const struct witness_rule *rule, uint32_t number)
{
	uint32_t first = look(&rule->first), every = look(&rule->every);

	return number == first ||
	       (every && number > first && (number - first) % every == 0);
}

/* Counted only if it may act once more. */
static bool fire(struct witness_rule *rule)
{
	uint32_t times = look(&rule->times), fired = look(&rule->fired);

	do
		if (times && fired >= times)
			return false;
	while (!__atomic_compare_exchange_n(&rule->fired, &fired, fired + 1,
					    true, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED));
	return true;
}

static struct witness_rule *judge(enum witness_call call, const int64_t arg[3])
{
	struct witness_rule *found = NULL;

	for (int i = 0; i < WITNESS_RULES; i++) {
		struct witness_rule *rule = &shared->rule[i];

		uint32_t which = __atomic_load_n(&rule->call, __ATOMIC_ACQUIRE);

		if ((which != call && which != CALL_ANY) ||
		    !matches(rule, call, arg))
			continue;
		if (due(rule, add(&rule->seen, 1) + 1) && !found && fire(rule))
			found = rule;
	}
	return found;
}

/* ---- the record ---- */

/* The next slot, filled in but not yet shown, or NULL when there is none. */
static struct witness_event *take_slot(enum witness_call call,
				       const int64_t arg[3])
{
	struct witness_event *e;
	uint32_t i = look(&shared->next);

	if (i > UINT32_MAX / 2) /* counted enough; it must never come round */
		return NULL;
	i = add(&shared->next, 1);
	if (i >= WITNESS_EVENTS)
		return NULL;
	if (!tid)
		tid = gettid();
	e = &shared->event[i];
	e->call = (uint16_t)call;
	e->pid = pid;
	e->tid = tid;
	memcpy(e->arg, arg, sizeof(e->arg));
	e->entered = witness_now();
	return e;
}

static void show(struct witness_event *e, enum witness_state state)
{
	__atomic_store_n(&e->state, state, __ATOMIC_RELEASE);
}

struct passage witness_enter(enum witness_call call, int64_t arg0, int64_t arg1,
			     int64_t arg2)
{
	const int64_t arg[] = {arg0, arg1, arg2};
	struct passage p = {.call = call};
	int saved;

	if (!shared)
		return p;
	saved = errno;
	hesitate();
	witness_moved_on();
	p.event = take_slot(call, arg);
	p.rule = judge(call, arg);
	if (p.rule) {
		p.action = look(&p.rule->action);
		p.arg = look(&p.rule->arg);
	}
	if (p.event) {
		p.event->action = (uint8_t)p.action;
		show(p.event, EVENT_ENTERED);
	}
	if (p.action == ACT_HOLD && call == CALL_WRITE)
		witness_hold(p.arg);
	if (p.action == ACT_KILL)
		NEXT(kill)(0, SIGKILL);
	errno = saved;
	return p;
}

bool witness_strikes(enum witness_call call)
{
	const struct witness_rule *rule =
		shared ? judge(call, (int64_t[3]){0}) : NULL;

	return rule && look(&rule->action) == ACT_FAIL;
}

static void come_late(uint32_t microseconds)
{
	uint64_t until = witness_now() + microseconds * UINT64_C(1000);
	struct timespec t = {.tv_sec = (time_t)(until / 1000000000u),
			     .tv_nsec = (long)(until % 1000000000u)};

	while (NEXT(clock_nanosleep)(CLOCK_MONOTONIC, TIMER_ABSTIME, &t,
				     NULL) == EINTR)
		;
}

/* That something is ready is no progress yet. */
static void count_in_vain(enum witness_call call, int64_t result, int error)
{
	if (error || call == CALL_SLEEP ||
	    (!result &&
	     (call == CALL_POLL || call == CALL_READ || call == CALL_WAIT)))
		add(&shared->in_vain, 1);
	else if (call != CALL_POLL && look(&shared->in_vain))
		__atomic_exchange_n(&shared->in_vain, 0, __ATOMIC_RELAXED);
}

static void complete(struct passage *p, int64_t result, int error)
{
	int saved;

	if (shared)
		count_in_vain(p->call, result, error);
	if (!p->event && !p->rule)
		return;
	saved = errno;
	hesitate();
	if (p->action == ACT_DELAY)
		come_late(p->arg);
	if (p->event) {
		p->event->result = result;
		p->event->error = error;
		p->event->returned = witness_now();
		show(p->event, EVENT_RETURNED);
	}
	hesitate(); /* what came of the call has been seen already */
	if (p->action == ACT_STOP)
		NEXT(kill)(0, SIGSTOP);
	errno = saved;
}

int64_t witness_leave(struct passage *p, int64_t result)
{
	complete(p, result, result == -1 ? errno : 0);
	return result;
}

int witness_leave_code(struct passage *p, int code)
{
	complete(p, code, code);
	return code;
}

bool witness_fails(const struct passage *p)
{
	if (p->action != ACT_FAIL)
		return false;
	errno = (int)p->arg;
	return true;
}

void witness_undo(struct passage *p)
{
	if (p->rule) {
		add(&p->rule->seen, UINT32_MAX); /* minus one */
		add(&p->rule->fired, UINT32_MAX);
	}
	if (p->event)
		p->event->action = ACT_NONE;
}

bool witness_followed(const struct passage *p, int64_t result)
{
	if (result != -1)
		return true;
	return p->action != ACT_FAIL && errno != EFAULT && errno != EBADF &&
	       errno != EINVAL && errno != ENOTSOCK && errno != EMSGSIZE &&
	       errno != ENOSYS;
}

void witness_note(struct passage *p, const void *data, size_t n)
{
	if (!p->event)
		return;
	if (n > WITNESS_BYTES)
		n = WITNESS_BYTES;
	memcpy(p->event->bytes, data, n);
	p->event->n_bytes = (uint8_t)n;
}

void witness_note_path(struct passage *p, const char *path, int64_t result)
{
	if (p->event && witness_followed(p, result))
		witness_note(p, path, strnlen(path, WITNESS_BYTES));
}

void witness_set(struct passage *p, int i, int64_t arg)
{
	if (p->event)
		p->event->arg[i] = arg;
}

void witness_timed(void)
{
	if (shared)
		__atomic_fetch_or(&shared->timed, 1, __ATOMIC_RELAXED);
}

/* ---- the life of a process ---- */

/* The call does not come back, so the slot stays as it was entered. */
void witness_exits(int status)
{
	if (shared && !__atomic_exchange_n(&exit_seen, 1, __ATOMIC_RELAXED))
		witness_enter(CALL_EXIT, status, 0, 0);
}

static void at_exit(int status, void *unused)
{
	(void)unused;
	witness_exits(status);
}

/* Runs in every forked child, also in those of the C library's own making. */
static void renew(void)
{
	__atomic_exchange_n(&pid, getpid(), __ATOMIC_RELAXED);
	__atomic_exchange_n(&exit_seen, 0, __ATOMIC_RELAXED);
	tid = 0;
	witness_alone();
}

void witness_child(void)
{
	int saved = errno;
	struct witness_event *e =
		shared ? take_slot(CALL_FORK, (int64_t[3]){0}) : NULL;

	if (e) {
		e->returned = e->entered;
		show(e, EVENT_RETURNED);
	}
	errno = saved;
}

static struct witness *attach(const char *path)
{
	struct witness *w = MAP_FAILED;
	struct stat about;
	int fd = NEXT(openat)(AT_FDCWD, path,
			      O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1)
		return NULL;
	if (!fstat(fd, &about) && S_ISREG(about.st_mode) &&
	    about.st_size == (off_t)sizeof(*w))
		w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE, MAP_SHARED,
			 fd, 0);
	NEXT(close)(fd);
	if (w != MAP_FAILED && w->magic != WITNESS_MAGIC) {
		munmap(w, sizeof(*w));
		w = MAP_FAILED;
	}
	return w == MAP_FAILED ? NULL : w;
}

__attribute__((constructor)) static void begin(void)
{
	int saved = errno;
	const char *path = getenv("WITNESS");
	struct witness *w;
	uint32_t nobody = 0;

	/* cppcheck-suppress comparePointers ; they are ends of one array */
	for (struct next *n = __start_witness_next; n < __stop_witness_next;
	     n++)
		witness_look_up(n);
	w = path ? attach(path) : NULL;
	if (w) {
		pid = getpid();
		__atomic_compare_exchange_n(&w->first_pid, &nobody,
					    (uint32_t)pid, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
		pthread_atfork(NULL, NULL, renew);
		on_exit(at_exit, NULL);
		shared = w;
	}
	errno = saved;
}
