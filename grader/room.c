/* SPDX-License-Identifier: MIT */
/* room.c - processes with a world of their own */
#include "room.h"

#include "base.h"
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Limits of the memory that holds everything.  They are ceilings, not
 * reservations. */
#define JUDGE_TMPFS "size=1g,nr_inodes=100000,mode=755"
#define TRIAL_TMPFS "size=64m,nr_inodes=2000,mode=755"

/* fork() into new namespaces: glibc has no call for it. */
static pid_t fork_into(int namespaces)
{
	return (pid_t)syscall(SYS_clone, (long)namespaces | SIGCHLD, 0L, 0L, 0L,
			      0L);
}

static void die_with_parent(int alive_pipe)
{
	char go;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(alive_pipe, &go, 1) != 1)
		_exit(EXIT_GRADER); /* the parent died before it was set */
}

static int write_map(pid_t child, const char *which, unsigned outside)
{
	char *path = text("/proc/%d/%s", (int)child, which);
	char *map = text("0 %u 1", outside);
	int r = put_file(path, map);

	free(map);
	free(path);
	return r;
}

/* Root, and not one that is alone in a user namespace of somebody else's: such
 * a root can become nobody, and is nobody outside. */
static bool can_change_user(void)
{
	char *map = slurp("/proc/self/uid_map", 4096);
	unsigned inside, count;
	bool there = false;
	int used;

	for (const char *p = map;
	     p && sscanf(p, "%u %*u %u%n", &inside, &count, &used) == 2;
	     p += used)
		there |= inside <= SANDBOX_UID && SANDBOX_UID - inside < count;
	free(map);
	return geteuid() == 0 && there;
}

/* The parent's half of a user namespace's birth. */
static int map_users(pid_t child, bool root)
{
	char *path = text("/proc/%d/setgroups", (int)child);
	int r = 0;

	/* Without privilege the kernel wants this first (user_namespaces(7)).
	 * Root must not: the child still has to drop root's groups. */
	if (!root)
		r = put_file(path, "deny");
	free(path);
	if (r == 0)
		r = write_map(child, "uid_map", root ? SANDBOX_UID : geteuid());
	if (r == 0)
		r = write_map(child, "gid_map", root ? SANDBOX_UID : getegid());
	return r;
}

static int become_user(bool was_root)
{
	if (was_root && (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 ||
			 setresuid(0, 0, 0) < 0))
		return -1;
	/* A change of user makes /proc/self root's; undo that. */
	return prctl(PR_SET_DUMPABLE, 1);
}

static int furnish_judge(void)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, JUDGE_TMPFS) <
		    0 ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL) < 0)
		return -1;
	return 0;
}

/* To list the sockets of one network namespace the kernel walks the table of
 * all, which has 262,144 rows on a machine with 24 GiB: half of the CPU time of a
 * grading went there.  Those made below this one get a table of their own, of
 * this size, from Linux 6.1 on (ip-sysctl.rst). */
static void bound_socket_tables(void)
{
	put_file("/proc/sys/net/ipv4/tcp_child_ehash_entries", "8192");
}

/* The child's half of a judge's birth: it is let go twice, when its users are
 * mapped and when the parent has heard that all is well. */
static void settle_in(bool root, int go, int tell)
{
	int problem = 0;

	setsid(); /* no kill() of a process group shall ever reach our caller */
	die_with_parent(go);
	if (become_user(root) < 0 || furnish_judge() < 0)
		problem = errno;
	bound_socket_tables();
	/* setresuid() has cleared it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(tell, &problem, sizeof(problem)) < 0 || problem)
		_exit(EXIT_GRADER);
	die_with_parent(go);
	close(tell);
	close(go);
}

/* The parent's half; 0, or the errno of what was refused. */
static int raise_judge(pid_t child, bool root, int go, int hear)
{
	int problem;

	if (map_users(child, root) < 0 || write(go, "g", 1) < 0)
		return errno;
	if (read(hear, &problem, sizeof(problem)) != sizeof(problem))
		return ECHILD;
	if (!problem && write(go, "g", 1) < 0)
		problem = errno;
	return problem;
}

static pid_t fork_judge_sandboxed(int *error)
{
	bool root = can_change_user();
	int go[2], told[2];
	pid_t child;

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(told, O_CLOEXEC) < 0)
		die_errno("pipe");
	child = fork_into(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
			  CLONE_NEWIPC | CLONE_NEWNET);
	*error = child < 0 ? errno : 0;
	if (child == 0) {
		close(go[1]);
		close(told[0]);
		settle_in(root, go[0], told[1]);
		return 0;
	}
	close(go[0]);
	close(told[1]);
	if (child > 0)
		*error = raise_judge(child, root, go[1], told[0]);
	close(go[1]);
	close(told[0]);
	if (child > 0 && *error) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		child = -1;
	}
	return child;
}

static char *scratch_below_tmpdir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = text("%s/grade.XXXXXX", tmp && *tmp ? tmp : "/tmp");

	if (!mkdtemp(dir))
		die_errno("%s", dir);
	return dir;
}

pid_t room_fork_judge(bool sandbox, const char **dir)
{
	int error;
	pid_t child;

	if (sandbox) {
		child = fork_judge_sandboxed(&error);
		if (child < 0) {
			errno = error;
			die_errno("a room for judging cannot be made");
		}
		*dir = "/tmp";
		return child;
	}
	*dir = scratch_below_tmpdir();
	child = fork();
	if (child < 0)
		die_errno("fork");
	if (child == 0) {
		setsid();
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	}
	return child;
}

/* Besides 127.0.0.1 it gets another address: getaddrinfo() with AI_ADDRCONFIG
 * believes that a host with that one only has no IPv4 at all. */
static void loopback_up(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct ifreq alias = {.ifr_name = "lo:1"};
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(&alias.ifr_addr, &address, sizeof(address));
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ||
	    ioctl(fd, SIOCSIFADDR, &alias) < 0)
		die_errno("bringing the loopback interface up");
	close(fd);
}

/* System V objects count against no resource limit of a process. Best effort:
 * older kernels give these files to the real root alone. */
static void bound_sysv(void)
{
	put_file("/proc/sys/kernel/shmall", "4096");
	put_file("/proc/sys/kernel/shmmni", "64");
	put_file("/proc/sys/kernel/msgmni", "16");
	put_file("/proc/sys/kernel/sem", "32 256 32 16");
}

static void furnish_trial(const char *dir)
{
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL) < 0)
		die_errno("mounting /proc for a trial");
	if (mount("tmpfs", dir, "tmpfs", MS_NOSUID | MS_NODEV, TRIAL_TMPFS) < 0)
		die_errno("mounting a trial's directory");
	loopback_up();
	bound_sysv();
}

pid_t room_fork_trial(bool sandbox, const char *dir)
{
	int go[2];
	pid_t child;

	if (pipe2(go, O_CLOEXEC) < 0)
		die_errno("pipe");
	child = sandbox ? fork_into(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
				    CLONE_NEWPID)
			: fork();
	if (child < 0)
		die_errno("a room for a trial cannot be made");
	if (child == 0) {
		close(go[1]);
		die_with_parent(go[0]);
		close(go[0]);
		setsid();
		if (sandbox)
			furnish_trial(dir);
		else
			prctl(PR_SET_CHILD_SUBREAPER, 1);
		return 0;
	}
	close(go[0]);
	if (write(go[1], "g", 1) < 0)
		die_errno("waking a trial");
	close(go[1]);
	return child;
}

void room_kill_descendants(void)
{
	for (;;) {
		char *path = text("/proc/self/task/%d/children", getpid());
		char *list = slurp(path, 65536);
		bool some = false;

		free(path);
		if (!list)
			return;
		for (char *p = list, *end;; p = end) {
			long pid = strtol(p, &end, 10);

			if (end == p)
				break;
			kill((pid_t)pid, SIGKILL);
			some = true;
		}
		free(list);
		if (!some)
			return;
		/* The children of what died come to us, the subreaper. */
		waitpid(-1, NULL, 0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static int remove_entry(const char *path, const struct stat *st, int kind,
			struct FTW *where)
{
	(void)st, (void)where;
	if (kind == FTW_DNR)
		chmod(path, 0700);
	remove(path);
	return 0;
}

void room_remove_tree(const char *dir)
{
	nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The room inside the room: bubblewrap as a trial runs it, on `true`.  Success
 * is told by one word, anything else is what went wrong. */
static _Noreturn void try_bubblewrap(const char *dir, int report)
{
	char *room = text("%s/try", dir);
	int status = -1;
	pid_t trial;

	dup2(report, STDERR_FILENO);
	mkdir(room, 0755);
	trial = room_fork_trial(true, room);
	if (trial == 0) {
		sandbox_exec_true("/tmp", "try");
		_exit(127);
	}
	waitpid(trial, &status, 0);
	if (status == 0)
		fputs("works", stderr);
	_exit(0);
}

static const char *refusal(const char *what, const char *why)
{
	return text("%s (%.*s). It needs user namespaces: on Ubuntu `sysctl "
		    "kernel.apparmor_restrict_unprivileged_userns=0`, in "
		    "Docker --security-opt seccomp=unconfined --security-opt "
		    "systempaths=unconfined; inside a chroot the kernel "
		    "never allows them",
		    what, (int)strcspn(why, "\n"), why);
}

bool room_possible(const char **why)
{
	char said[512] = "";
	int error = 0, report[2];
	pid_t judge;
	ssize_t n;

	if (!sandbox_learn()) {
		*why = "bubblewrap is not installed (`make setup` installs it)";
		return false;
	}
	if (pipe2(report, O_CLOEXEC) < 0)
		die_errno("pipe");
	judge = fork_judge_sandboxed(&error);
	if (judge == 0)
		try_bubblewrap("/tmp", report[1]);
	close(report[1]);
	for (size_t at = 0; at < sizeof(said) - 1; at += (size_t)n)
		if ((n = read(report[0], said + at, sizeof(said) - 1 - at)) <=
		    0)
			break;
	close(report[0]);
	if (judge > 0)
		waitpid(judge, NULL, 0);
	if (judge < 0)
		*why = refusal("the kernel refuses a private room",
			       strerror(error));
	else if (strcmp(said, "works") != 0)
		*why = refusal("bubblewrap cannot confine a program here",
			       said);
	else
		return true;
	return false;
}
