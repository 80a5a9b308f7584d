/* SPDX-License-Identifier: MIT */
/* escape.c - tries what would change the world outside, or make it more than it is. */

/*
 * Lab: 01
 * Checks: bare.echo bare.closes
 * Passes: bare.echo bare.closes
 */
#include "hostile.h"
#include <sys/mount.h>
#include <sys/reboot.h>

static void write_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Some refuse only the write. */
	if (write(fd, "1\n", 2) > 0)
		broken_out("%s can be written", path);
	close(fd);
}

static void make_at(const char *dir)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/hostile", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0)
		broken_out("%s can be made", path);
	if (mknod(path, S_IFCHR | 0666, 1 << 8 | 5) == 0)
		broken_out("%s can be a device", path);
}

int main(int argc, char **argv)
{
	static const char *const files[] = {"/proc/sys/kernel/core_pattern",
					    "/proc/sys/kernel/hostname",
					    "/proc/sys/kernel/shmmax",
					    "/proc/sysrq-trigger",
					    "/proc/sys/net/ipv4/ip_forward",
					    "/sys/power/state",
					    "/proc/1/oom_score_adj",
					    "/proc/1/uid_map",
					    "/proc/self/uid_map",
					    "/proc/self/attr/current",
					    "/dev/kmsg",
					    "/dev/mem",
					    "/usr/bin/cc",
					    "/etc/ld.so.cache"};
	static const char *const dirs[] = {"/",	   "/usr",  "/usr/lib",	 "/etc",
					   "/dev", "/room", "/room/run", "/var",
					   "/run", "/home", "/proc"};
	int listener = listen_as_told(argc, argv);

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		write_to(files[i]);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		make_at(dirs[i]);
	if (mount("none", "/tmp", "tmpfs", 0, NULL) == 0)
		broken_out("it can mount");
	if (umount2("/proc", MNT_DETACH) == 0)
		broken_out("it can unmount");
	if (mount("none", "/", "none", MS_REMOUNT | MS_BIND, NULL) == 0)
		broken_out("it can remount");
	if (unshare(CLONE_NEWUSER) == 0)
		broken_out("it can have a user namespace");
	if (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWNS) == 0)
		broken_out("it can have namespaces");
	if (chroot("/tmp") == 0)
		broken_out("it can chroot");
	if (setuid(0) == 0 || setgid(0) == 0)
		broken_out("it can be root");
	if (sethostname("hostile", 7) == 0)
		broken_out("it can name the host");
	if (reboot(RB_ENABLE_CAD) == 0)
		broken_out("it can reboot");
	if (setpriority(PRIO_PROCESS, 0, -5) == 0)
		broken_out("it can be more important");
	if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0)
		munlockall();
	if (syscall(SYS_keyctl, 0, -3, 1) >= 0) /* the session's keyring */
		syscall(SYS_add_key, "user", "hostile", "x", 1, -3);
	return serve_one(listener);
}
