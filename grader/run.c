/* SPDX-License-Identifier: MIT */
/* run.c - one check, or one build, in a process and a world of its own */
#include "run.h"

#include "check.h"
#include "room.h"
#include "sandbox.h"
#include "verdict.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define USUAL_PORT 7007
#define COMPILER_SAID_MAX 4000
#define OWN_FILES (CONNECTIONS_MAX + 4 * PROGRAMS_MAX)
#define COMPILER_PATIENCE 60 /* some 15 s of CPU time; usual are 0.05 */

const char compiler_flags[] = "-std=gnu17 -Wall -Wextra -g -O1 -Icommon";

static void make_dir(struct trial *t, const char *name)
{
	char *path = text("%s/%s/%s", t->set->room, t->dir, name);

	if (mkdir(path, 0755) < 0)
		give_up(t, text("%s: %s", path, strerror(errno)));
	free(path);
}

/* Held open, so that it stays the same whatever the program does to its name. */
static int open_dir(struct trial *t, const char *name)
{
	char *path = text("%s/%s/%s", t->set->room, t->dir, name);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		give_up(t, text("%s: %s", path, strerror(errno)));
	free(path);
	return fd;
}

/* The file shared with the witness, empty of faults. */
static int make_witness(struct trial *t)
{
	char *path = text("%s/%s/notes/witness", t->set->room, t->dir);
	const uint32_t magic = WITNESS_MAGIC;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(struct witness)) < 0 ||
	    pwrite(fd, &magic, sizeof(magic),
		   offsetof(struct witness, magic)) != sizeof(magic))
		give_up(t, text("%s: %s", path, strerror(errno)));
	free(path);
	return fd;
}

/* Without a network of one's own the kernel has to say which port is free.
 * Another program may take it in between; that is why there is a sandbox. */
uint16_t fresh_port(struct trial *t)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int fd;

	if (t->set->sandbox)
		return t->port ? (uint16_t)(t->port + 1) : USUAL_PORT;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &size) < 0)
		give_up(t, text("a free port: %s", strerror(errno)));
	close(fd);
	return ntohs(at.sin_port);
}

static uint64_t hash(uint64_t seed, const char *s)
{
	for (; *s; s++)
		seed = (seed ^ (unsigned char)*s) * 0x100000001b3u;
	return seed;
}

/* A check may hold as many connections as the program it is about. */
static void raise_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < OWN_FILES) {
		l.rlim_cur = l.rlim_max < OWN_FILES ? l.rlim_max : OWN_FILES;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static void prepare(struct trial *t)
{
	raise_descriptors();
	t->port = fresh_port(t);
	t->path = "socket";
	sandbox_furnish(t->set->room, t->dir);
	if (!t->check)
		return;
	make_dir(t, "box");
	make_dir(t, "notes");
	t->notes = open_dir(t, "notes");
	t->box = open_dir(t, "box");
	t->witness = make_witness(t);
	t->random = hash(t->set->seed, t->check->id);
}

/* All that makes an atomic operation becomes a call (inside/ordered.c); those
 * that -fno-inline-atomics forgets are put in terms of others. */
static const char *const ordered[] = {
	"-fno-inline-atomics",
	"-D__atomic_test_and_set(p,o)="
	"__atomic_exchange_n((volatile unsigned char *)(p),1,o)",
	"-D__atomic_clear(p,o)="
	"__atomic_store_n((volatile unsigned char *)(p),0,o)",
	"-D__sync_fetch_and_add(p,v,...)=__atomic_fetch_add(p,v,5)",
	"-D__sync_fetch_and_sub(p,v,...)=__atomic_fetch_sub(p,v,5)",
	"-D__sync_fetch_and_or(p,v,...)=__atomic_fetch_or(p,v,5)",
	"-D__sync_fetch_and_and(p,v,...)=__atomic_fetch_and(p,v,5)",
	"-D__sync_fetch_and_xor(p,v,...)=__atomic_fetch_xor(p,v,5)",
	"-D__sync_add_and_fetch(p,v,...)=__atomic_add_fetch(p,v,5)",
	"-D__sync_sub_and_fetch(p,v,...)=__atomic_sub_fetch(p,v,5)",
	"-D__sync_or_and_fetch(p,v,...)=__atomic_or_fetch(p,v,5)",
	"-D__sync_and_and_fetch(p,v,...)=__atomic_and_fetch(p,v,5)",
	"-D__sync_xor_and_fetch(p,v,...)=__atomic_xor_fetch(p,v,5)",
	"-D__sync_lock_test_and_set(p,v,...)=__atomic_exchange_n(p,v,5)",
	"-D__sync_lock_release(p,...)=__atomic_store_n(p,0,5)",
	"-D__sync_val_compare_and_swap(p,o,v,...)=({__typeof__(*(p)) o_=(o);"
	"__atomic_compare_exchange_n(p,&o_,v,0,5,5);o_;})",
	"-D__sync_bool_compare_and_swap(p,o,v,...)=({__typeof__(*(p)) o_=(o);"
	"__atomic_compare_exchange_n(p,&o_,v,0,5,5);})",
};

/* What the compiler said, harmless to print. */
static char *compiler_said(const struct program *p)
{
	size_t n = p->complained.n < COMPILER_SAID_MAX ? p->complained.n
						       : COMPILER_SAID_MAX;
	char *s = must_calloc(1, n + 1);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = p->complained.data[i];

		s[i] = (char)(c == '\n' || (c >= 32 && c < 127) ? c : '?');
	}
	return s;
}

static struct program *compile(struct trial *t, const struct job *job)
{
	char *out = text("%s/out/%s/%s%s", t->root, t->lab->name, job->program,
			 job->tool == SANITIZERS ? ".sanitized"
			 : job->tool == HELGRIND ? ".ordered"
						 : "");
	char *source = text("%s.c", job->program);
	const char *argv[48] = {
		"cc",
		"-std=gnu17",
		"-Wall",
		"-Wextra",
		"-g",
		"-gdwarf-4",
		"-O1",
		"-fdiagnostics-color=never",
		"-fmax-errors=10",
		"-pipe", /* else the assembler names a file that is gone */
		"-I",
		cell_path(t, "common"),
		"-o",
		out,
		source,
		cell_path(t, "common/common.a"),
		"-pthread",
		/* A function of the student's own wins over common/'s. */
		"-Wl,-z,muldefs",
	};
	size_t n = 0;
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
					  "TMPDIR=/tmp", NULL};

	while (argv[n])
		n++;
	if (job->tool == SANITIZERS) {
		argv[n++] = "-fsanitize=address,undefined";
		argv[n++] = "-fno-omit-frame-pointer";
	} else if (job->tool == HELGRIND) {
		memcpy(argv + n, ordered, sizeof(ordered));
		n += sizeof(ordered) / sizeof(*ordered);
		argv[n++] = cell_path(t, "run/ordered.so");
	}
	argv[n] = NULL;
	return launch(t,
		      &(struct command){
			      .dir = text("%s/src/%s", t->root, t->lab->name),
			      .path = "/usr/bin/cc",
			      .argv = argv,
			      .env = env,
			      .tool = PLAIN,
		      });
}

static _Noreturn void build(struct trial *t, const struct job *job)
{
	struct program *p;
	json_t *v;

	t->patience = COMPILER_PATIENCE;
	p = compile(t, job);
	p->line = must_strdup("cc");
	wait_for_rest(t);
	if (p->spawn_error)
		give_up(t, text("the compiler could not be started: %s",
				strerror(p->spawn_error)));
	if (!p->ended) {
		static const char late[] = "cc: stopped: it did not come to an "
					   "end\n";

		bytes_add(&p->complained, late, sizeof(late) - 1);
	}
	v = json_pack("{s:s, s:s}", "status",
		      p->ended && p->status == 0 ? VERDICT_PASS : VERDICT_FAIL,
		      "compiler", compiler_said(p));
	finish(t, v);
}

static _Noreturn void job_main(struct trial *t, const struct job *job)
{
	signal(SIGPIPE, SIG_IGN);
	prepare(t);
	if (!job->check)
		build(t, job);
	job->check->body(t);
	pass(t);
}

pid_t run_job(const struct settings *set, const struct job *job, int *report)
{
	char *dir = set->sandbox ? must_strdup("trial")
				 : text("trial-%d", job->number);
	char *path = text("%s/%s", set->room, dir);
	struct trial *t = must_calloc(1, sizeof(*t));
	int end[2];
	pid_t pid;

	*t = (struct trial){
		.set = set,
		.lab = job->lab,
		.check = job->check,
		.dir = dir,
		.root = set->sandbox ? "/room" : set->room,
		.control = -1,
		.patience = 1,
		.witness = -1,
		.notes = -1,
		.box = -1,
		.listener = -1,
		.skip_serve = job->skip_serve,
		.began = now_ns(),
		.connection = must_calloc(CONNECTIONS_MAX + 1,
					  sizeof(*t->connection)),
		.steps = json_array(),
		.faults = json_array(),
	};
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		die_errno("%s", path);
	if (pipe2(end, O_CLOEXEC) < 0)
		die_errno("pipe");
	pid = room_fork_trial(set->sandbox, path);
	if (pid == 0) {
		close(end[0]);
		t->report = end[1];
		job_main(t, job);
	}
	close(end[1]);
	*report = end[0];
	json_decref(t->steps);
	json_decref(t->faults);
	free(t->connection);
	free(t);
	free(path);
	return pid;
}
