/* SPDX-License-Identifier: MIT */
/* reach-into-one.c - tries to get at the memory and the descriptors of all others. */

/*
 * PID 1 of the sandbox is the grader's own, and the only process there is
 * besides: trace it, read and write its memory, take its descriptors.
 *
 * Lab: 01
 * Checks: bare.echo bare.closes
 * Passes: bare.echo bare.closes
 */
#include "hostile.h"
#include <sys/ptrace.h>

static void open_some(int pid, const char *what, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	if (open(path, flags | O_CLOEXEC) >= 0)
		broken_out("%s can be opened", path);
}

static void reach_into(int pid)
{
	char byte = 0;
	struct iovec mine = {&byte, 1}, theirs = {(void *)0x400000, 1};
	int pidfd;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		broken_out("process %d can be traced", pid);
	if (process_vm_readv(pid, &mine, 1, &theirs, 1, 0) >= 0 ||
	    errno != EPERM)
		broken_out("process %d can be read", pid);
	if (process_vm_writev(pid, &mine, 1, &theirs, 1, 0) >= 0 ||
	    errno != EPERM)
		broken_out("process %d can be written", pid);
	open_some(pid, "mem", O_RDWR);
	open_some(pid, "maps", O_RDONLY);
	open_some(pid, "environ", O_RDONLY);
	open_some(pid, "fd/0", O_RDONLY);
	open_some(pid, "fd/1", O_WRONLY);
	open_some(pid, "root/etc/passwd", O_RDONLY);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (int fd = 0; pidfd >= 0 && fd < 64; fd++)
		if (syscall(SYS_pidfd_getfd, pidfd, fd, 0) >= 0)
			broken_out("process %d gives away descriptor %d", pid,
				   fd);
}

int main(int argc, char **argv)
{
	int listener = listen_as_told(argc, argv);

	for (int pid = 1; pid < 100; pid++)
		if (pid != getpid() && (kill(pid, 0) == 0 || errno == EPERM))
			reach_into(pid);
	return serve_one(listener);
}
